import { isJsonObject, type Json, type JsonObject } from '@errand/core/domain/json.ts';
import { z } from 'zod';
import { isDeeperThan } from './json-depth.ts';
import { plainWords } from './plain-words.ts';

/** KnownTool is a tool of a server, as far as Errand uses what the server said about it. */
export const KnownTool = z.object({
	name: z.string(),
	title: z.string().optional(),
	description: z.string().optional(),
	inputSchema: z.custom<JsonObject>(isJsonObject),
	hints: z.object({
		readOnlyHint: z.boolean().optional(),
		destructiveHint: z.boolean().optional(),
		idempotentHint: z.boolean().optional(),
		openWorldHint: z.boolean().optional(),
	}),
});
export type KnownTool = z.infer<typeof KnownTool>;

/** ReadTools are the tools of a server that can be used, and why others cannot, by name. */
export const ReadTools = z.object({ tools: z.array(KnownTool), refused: z.record(z.string(), z.string()) });
export type ReadTools = z.infer<typeof ReadTools>;

/**
 * readTools takes of a server's list what makes sense, whatever the rest is: a tool needs a name and an input schema of
 * bounded size. Where more are offered than can be used, the first ones are taken.
 */
export function readTools(listed: readonly unknown[], wanted?: readonly string[]): ReadTools {
	const tools: KnownTool[] = [];
	const refused = new Map<string, string>();
	const seen = new Set<string>();
	let left = 0;
	for (const each of listed) {
		if (!isJsonObject(each) || typeof each['name'] !== 'string' || each['name'] === '') continue;
		const name = each['name'].slice(0, MAX_NAME_LENGTH);
		if (seen.has(name) || (wanted !== undefined && !wanted.includes(name))) continue;
		seen.add(name);
		if (tools.length === MAX_TOOLS) left++;
		else {
			const tool = toolOf(name, each);
			if (typeof tool !== 'string') tools.push(tool);
			else if (refused.size < MAX_TOOLS) refused.set(plainWords(name, 100), tool);
		}
	}
	if (left > 0)
		refused.set(`${left} more`, `the first ${MAX_TOOLS} tools are used; name the ones you want in errand.tools`);
	for (const name of wanted ?? []) if (!seen.has(name)) refused.set(name, 'the server has no such tool');
	return { tools, refused: Object.fromEntries(refused) };
}

export const MAX_TOOLS = 500;
const MAX_NAME_LENGTH = 200;
const MAX_SCHEMA_LENGTH = 64 * 1024;
const MAX_WORDS = 600;
const MAX_DEPTH = 100;

function toolOf(name: string, said: JsonObject): KnownTool | string {
	const schema = said['inputSchema'] ?? { type: 'object' };
	if (!isJsonObject(schema) || !takesObject(schema)) return 'its input schema does not describe an object';
	if (isDeeperThan(MAX_DEPTH, schema)) return 'its input schema is nested too deep';
	if (JSON.stringify(schema).length > MAX_SCHEMA_LENGTH) return 'its input schema is larger than 64 KB';
	const annotations = said['annotations'];
	const told = isJsonObject(annotations) ? annotations : {};
	return {
		name,
		title: words(said['title']) ?? words(told['title']),
		description: words(said['description']),
		inputSchema: schema,
		hints: Object.fromEntries(
			HINTS.flatMap((hint) => (typeof told[hint] === 'boolean' ? [[hint, told[hint]] as const] : [])),
		),
	};
}

const HINTS = ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'] as const;

function takesObject({ type }: JsonObject): boolean {
	return type === undefined || type === 'object';
}

function words(text: Json | undefined): string | undefined {
	if (typeof text !== 'string') return undefined;
	const line = plainWords(text, MAX_WORDS);
	return line === '' ? undefined : line;
}
