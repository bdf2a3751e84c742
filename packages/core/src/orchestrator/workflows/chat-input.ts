import type { Json, JsonObject } from '../../domain/json.ts';
import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';
import { propertiesOf, readInput } from '../../domain/workflow/read-input.ts';

/** ChatInput is what somebody wrote after a workflow's name, as its input. */
export interface ChatInput {
	readonly input: JsonObject;
	/** Parameters that are needed and were not given. */
	readonly missing: readonly string[];
}

/** `key=value`, `key: value`, `key="several words"`. */
const PAIR = /(?:^|\s)([a-z]\w{0,60})\s?[=:](?!\/\/)\s?(?:"([^"]*)"|“([^”]*)”|(\S+))/gi;

/** chatInput reads parameters by their names, and the rest by what kind of value they are; one text alone may go without a name. */
export function chatInput(definition: WorkflowDefinition, words: string): ChatInput {
	const properties = new Map(propertiesOf(definition));
	const named: Record<string, Json> = {};
	const rest = words.replaceAll(PAIR, (whole, key: string, ...found: (string | undefined)[]) => {
		const schema = properties.get(key);
		if (schema === undefined) return whole;
		named[key] = valueFor(schema, found.slice(0, 3).find((part) => part !== undefined) ?? '');
		return ' ';
	});
	const open = [...properties].filter(([name]) => !Object.hasOwn(named, name));
	const read = rest.trim() === '' ? {} : readRest(definition, new Map(open), rest.trim());
	const input = { ...read, ...named };
	const required = definition.input?.['required'];
	const needed = (Array.isArray(required) ? required : []).filter((name) => typeof name === 'string');
	const missing = needed.filter(
		(name) => !Object.hasOwn(input, name) && properties.get(name)?.['default'] === undefined,
	);
	return { input, missing };
}

function readRest(definition: WorkflowDefinition, open: ReadonlyMap<string, JsonObject>, rest: string): JsonObject {
	const texts = [...open].filter(([, { type, format }]) => type === 'string' && format === undefined);
	const [only, ...others] = texts;
	// `/run research-brief heat pumps in old houses`: all of it is meant.
	if (open.size === 1 && only !== undefined && others.length === 0) return { [only[0]]: rest };
	const properties = Object.fromEntries(open);
	const read = readInput({ ...definition, input: { properties } as WorkflowDefinition['input'] }, rest);
	const required = definition.input?.['required'];
	const unread = texts.filter(
		([name]) => !Object.hasOwn(read, name) && Array.isArray(required) && (required as readonly Json[]).includes(name),
	);
	const [text, ...more] = unread;
	return text === undefined || more.length > 0 ? read : { ...read, [text[0]]: rest };
}

function valueFor({ type }: JsonObject, words: string): Json {
	if (type === 'string' || type === undefined) return words;
	if (type === 'array' && !words.startsWith('[')) return words.split(',').map((part) => part.trim());
	try {
		return JSON.parse(words) as Json;
	} catch {
		// Whoever checks the input says what is wrong with it.
		return words;
	}
}
