import { readFileSync } from 'node:fs';
import { CoreError, describeError } from '@errand/core/domain/errors.ts';
import { parse } from 'yaml';
import { z } from 'zod';

const Agent = z.strictObject({
	/** Where its card is found, or the card's own address. */
	url: z.url({ protocol: /^https?$/ }),
	/** Sent as a bearer token. */
	token: z.string().min(1).optional(),
	headers: z.record(z.string(), z.string()).default({}),
	/** How long a task there may take, ms. */
	timeoutMs: z
		.int()
		.min(1_000)
		.max(24 * 3_600_000)
		.default(10 * 60_000),
	effects: z.enum(['none', 'idempotent', 'external']).default('external'),
});
const AgentsFile = z.strictObject({
	agents: z.record(z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/, 'small letters, digits and - only'), Agent),
});

/** RemoteAgentConfig is an agent elsewhere, as the operator wrote it down. */
export interface RemoteAgentConfig extends z.infer<typeof Agent> {
	readonly name: string;
}

/** readAgents reads the operator's file of agents, YAML or JSON. Every mistake is in the one `invalid-config` error it throws. */
export function readAgents(path: string): readonly RemoteAgentConfig[] {
	const read = AgentsFile.safeParse(yamlIn(path));
	if (read.success) return Object.entries(read.data.agents).map(([name, agent]) => ({ ...agent, name }));
	const mistakes = read.error.issues.map(({ path: place, message }) => `${place.join('.') || 'the file'}: ${message}`);
	throw new CoreError('invalid-config', `The file of agents "${path}" cannot be used: ${mistakes.join('; ')}.`, {
		hint: 'It reads `agents:`, and for each a name with `url` and, where it is needed, `token`.',
	});
}

function yamlIn(path: string): unknown {
	try {
		return parse(readFileSync(path, 'utf8'), { maxAliasCount: 100 });
	} catch (error) {
		throw new CoreError('invalid-config', `The file of agents "${path}" cannot be read: ${describeError(error)}`, {
			hint: 'Set ERRAND_AGENTS to a YAML or JSON file that can be read.',
			cause: error,
		});
	}
}
