import { readFileSync } from 'node:fs';
import { CoreError, describeError } from '@errand/core/domain/errors.ts';
import { z } from 'zod';
import type { McpServer, McpServersConfig } from './mcp/server-config.ts';

/** McpVariables are the variables that values in the file may name: `${MCP_…}` and no others, so that no key of Errand's own gets out. */
export type McpVariables = Readonly<Record<string, string | undefined>>;

/** mcpVariables picks them from an environment. */
export function mcpVariables(environment: McpVariables): McpVariables {
	return Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith('MCP_')));
}

/**
 * readMcpServers reads the operator's file of MCP servers, in the form that other programs read, with Errand's own settings of
 * a server under `errand`. No file: no servers. Every mistake is in the one `invalid-config` error it throws.
 */
export function readMcpServers(path: string, variables: McpVariables = {}): McpServersConfig {
	const text = textOf(path);
	return text === undefined ? { servers: [] } : parseMcpServers(text, { path, variables });
}

/** parseMcpServers does so with the file's text. */
export function parseMcpServers(
	text: string,
	{ path, variables }: { readonly path: string; readonly variables: McpVariables },
): McpServersConfig {
	const written = FileSchema.safeParse(jsonOf(text, path));
	if (!written.success) throw mistaken(path, written.error.issues.map(issueWords));
	const mistakes: string[] = [];
	const servers = Object.entries(written.data.mcpServers).flatMap(([name, entry]) => {
		if (!NAME.test(name))
			mistakes.push(`"${name.slice(0, 50)}": a server is named with letters, digits, _ and -, at most 30`);
		const read = EntrySchema.safeParse(entry);
		if (!read.success) {
			mistakes.push(...read.error.issues.map((issue) => `mcpServers.${name}: ${issueWords(issue)}`));
			return [];
		}
		if (read.data.disabled === true) return [];
		const filled = new FilledIn(variables);
		const server = serverOf(name, read.data, filled);
		mistakes.push(...filled.mistakes.map((mistake) => `mcpServers.${name}: ${mistake}`));
		return [server];
	});
	if (mistakes.length > 0) throw mistaken(path, mistakes);
	return { servers };
}

const FileSchema = z.looseObject({ mcpServers: z.record(z.string(), z.unknown()) });
const NAME = /^[a-z0-9][a-z0-9_-]{0,29}$/i;

const EffectsSchema = z.enum(['none', 'idempotent', 'external']);
const absolute = z.string().startsWith('/', 'must be an absolute path');
const OwnSchema = z.strictObject({
	tools: z.array(z.string().min(1)).optional(),
	effects: z.record(z.string(), EffectsSchema).default({}),
	timeoutMs: z.int().min(1_000).max(3_600_000).default(60_000),
	startMs: z.int().min(100).max(600_000).default(60_000),
	network: z
		.union([z.boolean(), z.literal('host')])
		.default(false)
		.transform((allowed) => (allowed === 'host' ? allowed : allowed ? 'guarded' : 'none')),
	folders: z.array(z.strictObject({ path: absolute, write: z.boolean().default(false) })).default([]),
	memoryMb: z.int().min(16).max(65_536).default(512),
	jail: z.boolean().default(true),
	keepHome: z.boolean().default(false),
});
/** Other programs keep settings of their own beside these. */
const EntrySchema = z
	.looseObject({
		type: z.enum(['stdio', 'http', 'streamable-http', 'streamableHttp']).optional(),
		command: z.string().min(1).optional(),
		args: z.array(z.string()).default([]),
		env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string()).default({}),
		cwd: absolute.optional(),
		url: z.url({ protocol: /^https?$/ }).optional(),
		headers: z.record(z.string(), z.string()).default({}),
		disabled: z.boolean().optional(),
		errand: OwnSchema.prefault({}),
	})
	.refine(({ command, url }) => (command === undefined) !== (url === undefined), 'give either command or url');
type Entry = z.infer<typeof EntrySchema>;

function serverOf(name: string, entry: Entry, filled: FilledIn): McpServer {
	const { tools, effects, timeoutMs, startMs, network, folders, memoryMb, jail, keepHome } = entry.errand;
	const reach: McpServer['reach'] =
		entry.command === undefined
			? { kind: 'http', url: filled.in(entry.url ?? ''), headers: filled.each(entry.headers, () => true) }
			: {
					kind: 'stdio',
					command: entry.command,
					args: entry.args.map((arg) => filled.in(arg)),
					env: filled.each(entry.env, (key) => SECRET_KEY.test(key)),
					cwd: entry.cwd,
					...{ network, folders, memoryMb, jail, keepHome },
				};
	return { name, reach, tools, effects, timeoutMs, startMs, secrets: [...filled.secrets] };
}

const SECRET_KEY = /token|key|secret|passw|auth|credential/i;
/** Shorter ones would be found in words that are none. */
const MIN_SECRET_LENGTH = 8;

/** Puts values in place of `${MCP_NAME}`, and remembers what is secret. */
class FilledIn {
	readonly mistakes: string[] = [];
	readonly secrets = new Set<string>();
	readonly #variables: McpVariables;

	constructor(variables: McpVariables) {
		this.#variables = variables;
	}

	in(text: string): string {
		return text.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
			const value = this.#variables[name];
			if (!name.startsWith('MCP_')) this.mistakes.push(`\${${name}} names a variable that does not begin with MCP_`);
			else if (value === undefined) this.mistakes.push(`\${${name}} names a variable that is not set`);
			else this.#keepSecret(value);
			return value ?? '';
		});
	}

	each(texts: Readonly<Record<string, string>>, isSecret: (key: string) => boolean): Record<string, string> {
		return Object.fromEntries(
			Object.entries(texts).map(([key, text]) => {
				const value = this.in(text);
				if (isSecret(key)) for (const part of [value, ...value.split(/\s+/)]) this.#keepSecret(part);
				return [key, value];
			}),
		);
	}

	#keepSecret(value: string): void {
		if (value.length >= MIN_SECRET_LENGTH) this.secrets.add(value);
	}
}

function textOf(path: string): string | undefined {
	try {
		return readFileSync(path, 'utf8');
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
		throw mistaken(path, [describeError(error)]);
	}
}

function jsonOf(text: string, path: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		throw mistaken(path, [`it is not JSON: ${describeError(error).slice(0, 200)}`]);
	}
}

function issueWords({ path, message }: { readonly path: readonly PropertyKey[]; readonly message: string }): string {
	return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}

function mistaken(path: string, mistakes: readonly string[]): CoreError {
	return new CoreError('invalid-config', `Cannot use the MCP servers of ${path}: ${mistakes.join('; ')}.`, {
		hint: 'Mend the file (docs/mcp-servers.md shows its form), or set ERRAND_MCP_SERVERS to another one.',
	});
}
