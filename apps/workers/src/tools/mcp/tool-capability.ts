import type { ArtifactRef } from '@errand/core/domain/capability.ts';
import { ArtifactRefSchema } from '@errand/core/domain/document.ts';
import { isJsonObject, type JsonObject } from '@errand/core/domain/json.ts';
import { schemaFromJson } from '@errand/core/planning/schema/from-json-schema.ts';
import type { ICapability, RunContext } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import type { CallHow } from './keeper-link.ts';
import type { KeeperReply, ToolCall, ToolResult } from './protocol.ts';
import type { KnownTool } from './read-tools.ts';
import type { McpServer } from './server-config.ts';
import { addressFields, effectsOf } from './tool-effects.ts';
import { ToolError } from './tool-error.ts';

/** CallTool calls a tool of a server within the session of a task. */
export type CallTool = (
	server: string,
	task: RunContext['taskId'],
	call: Omit<ToolCall, 'session'>,
	how: CallHow,
) => Promise<KeeperReply>;

const Output = z.object({
	/** All its words. */
	text: z.string(),
	/** Its parts as the server gave them; files are stored, and stand as `file`. */
	content: z.array(z.looseObject({ type: z.string() })),
	/** What the tool gives for programs. */
	structured: z.json().optional(),
	artifacts: z.array(ArtifactRefSchema),
});
type Output = z.infer<typeof Output>;

/** toolCapability makes a capability of a server's tool; what the server says about it is data, and so is what it gives. */
export function toolCapability(
	tool: KnownTool,
	{ name, server, call }: { readonly name: string; readonly server: McpServer; readonly call: CallTool },
): ICapability<unknown, Output> {
	// A tool may be called `__proto__`.
	const told = Object.hasOwn(server.effects, tool.name) ? server.effects[tool.name] : undefined;
	const effects = told ?? effectsOf(tool.hints);
	const { properties } = tool.inputSchema;
	const addresses = addressFields(tool.hints, isJsonObject(properties) ? Object.keys(properties) : []);
	return {
		name,
		version: 1,
		summary: summaryOf(tool, server.name),
		input: schemaFromJson(tool.inputSchema),
		output: Output,
		effects,
		pure: false,
		placement: 'inline',
		lasting: true,
		sessions: ['connection'],
		concurrency: CONCURRENCY,
		timeoutMs: server.timeoutMs,
		retry: { maxAttempts: 3, waitsMs: [1_000, 10_000] },
		...(addresses.length > 0 && { addresses }),
		async run(input, context) {
			context.taint(`mcp:${server.name}`);
			const args = isJsonObject(input) ? input : {};
			// Its own time limit says more than that of the step, so it comes first.
			const timeoutMs = Math.max(500, server.timeoutMs - 500);
			const { taskId, answers, signal, progress } = context;
			try {
				const how = { timeoutMs, signal, onProgress: progress };
				const reply = await call(server.name, taskId, { tool: tool.name, args, answers, timeoutMs }, how);
				if (reply.kind === 'asked') return context.ask(reply.questions);
				if (reply.kind !== 'result') throw new TypeError(`A keeper answered "${reply.kind}" to a call.`);
				return await outputOf(reply.result, context);
			} catch (error) {
				if (effects === 'external' && error instanceof ToolError && error.isOpen) throw unknownOutcome(error);
				throw error;
			}
		},
	};
}

/** Calls of one tool at once on one host. */
const CONCURRENCY = 8;

function summaryOf({ name, title, description }: KnownTool, server: string): string {
	const said = [title, description].filter((words) => words !== undefined);
	return `Tool of the MCP server "${server}". It says: ${said.length > 0 ? said.join(': ') : name}`;
}

async function outputOf({ text, content, structured, files }: ToolResult, context: RunContext): Promise<Output> {
	const artifacts: ArtifactRef[] = [];
	for (const file of files) artifacts.push(await context.saveArtifact(file));
	const parts = content.map((part) => {
		const { file, ...rest } = part;
		return typeof file === 'number' ? { ...rest, file: artifacts[file] } : part;
	});
	return {
		text,
		content: parts as (JsonObject & { type: string })[],
		...(structured !== undefined && { structured: structured as NonNullable<Output['structured']> }),
		artifacts,
	};
}

/** The server was asked to act on the world, and did not say whether it did. */
function unknownOutcome(error: ToolError): ToolError {
	return new ToolError('unknown-outcome', `${error.message} Whether it took effect is not known.`, {
		hint: 'Look at the place it acts on. If it did not happen, retry the step; if it did, skip it.',
		cause: error,
	});
}
