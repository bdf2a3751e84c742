import { CoreError } from '../errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { parseLenientJson } from '../lenient-json.ts';
import { Mending, readItems } from './read-items.ts';
import { FIRST_TAG, type TagMetadata } from './state.ts';
import type { TasksFile, TasksFileTag } from './tasks-file.ts';

/**
 * parseTasksFile reads a tasks.json, tagged or of the old form with one list, and mends what people and programs break: ids as
 * text, `completed`, missing fields, byte order marks, trailing commas. Fields it does not know are kept. What is no whole tasks
 * file is refused, so that a file that was cut short is never taken for one whose tasks were deleted.
 */
export function parseTasksFile(text: string): TasksFile {
	const mending = new Mending();
	const value = readJson(text, mending);
	checkBounds(value);
	if (Array.isArray(value)) return legacy({ tasks: value }, mending);
	if (!isJsonObject(value)) throw unreadable('it holds no object');
	return Array.isArray(value['tasks']) ? legacy(value, mending) : tagged(value, mending);
}

function readJson(text: string, mending: Mending): Json {
	const body = text.replace(/^\uFEFF/, '');
	if (body.trim() === '') throw unreadable('it is empty');
	if (body.length > LONG && isDeep(body)) throw tooDeep();
	try {
		return JSON.parse(body) as Json;
	} catch (error) {
		if (/^<{7} /m.test(body)) throw unreadable('a merge left its marks (<<<<<<<) in it');
		if (!isWhole(body)) throw unreadable('it is cut short, or a bracket is missing');
		const value = parseLenientJson(body);
		if (value === undefined) throw unreadable(error instanceof Error ? error.message : 'it is no JSON');
		mending.note('It was not quite JSON, such as by a trailing comma.');
		return value;
	}
}

/** More could not be kept: what goes over a tasks file would take minutes, or the stack would end before its depth does. */
function checkBounds(whole: Json): void {
	let objects = 0;
	let level: Json[] = [whole];
	for (let depth = 0; level.length > 0; depth += 1) {
		if (depth > DEEPEST) throw tooDeep();
		const inside: Json[] = [];
		for (const value of level) {
			if (typeof value !== 'object' || value === null) continue;
			objects += 1;
			if (objects > MOST_OBJECTS) throw tooMany();
			for (const one of Object.values(value)) if (typeof one === 'object' && one !== null) inside.push(one);
		}
		level = inside;
	}
}

/** Brackets alone take a hundred times their length once they are read, so long texts are looked at before. */
function isDeep(text: string): boolean {
	let depth = 0;
	for (let at = 0; at < text.length; at += 1) {
		const char = text[at];
		if (char === '"') at = endOfString(text, at);
		else if (char === '{' || char === '[') depth += 1;
		else if (char === '}' || char === ']') depth -= 1;
		if (depth > DEEPEST) return true;
	}
	return false;
}

function endOfString(text: string, begin: number): number {
	let at = begin + 1;
	while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
	return at;
}

const LONG = 1_000_000;
const DEEPEST = 60;
/** Tasks with their subtasks, and the lists and objects in them. */
const MOST_OBJECTS = 300_000;

function tooDeep(): CoreError {
	return new CoreError('too-large', 'The tasks file is nested too deeply.', {
		hint: `Tasks, their subtasks and what is in them may be ${DEEPEST} levels deep.`,
	});
}

function tooMany(): CoreError {
	return new CoreError('too-large', `The tasks file holds more than a backlog can: over ${MOST_OBJECTS} objects.`, {
		hint: 'Make several files of it.',
	});
}

function unreadable(why: string): CoreError {
	return new CoreError('unreadable-document', `The tasks file cannot be read: ${why}.`, {
		hint: 'Mend it by hand, or bring back an older version of it.',
	});
}

/** Every bracket that opens closes. */
function isWhole(text: string): boolean {
	let depth = 0;
	let inString = false;
	for (let at = 0; at < text.length; at += 1) {
		const char = text[at];
		if (inString) {
			if (char === '\\') at += 1;
			else if (char === '"') inString = false;
		} else if (char === '"') inString = true;
		else if (char === '{' || char === '[') depth += 1;
		else if (char === '}' || char === ']') depth -= 1;
		if (depth < 0) return false;
	}
	return depth === 0 && !inString;
}

function legacy({ tasks = [], metadata = null, ...others }: JsonObject, mending: Mending): TasksFile {
	const first = tagOf(FIRST_TAG, { tasks, metadata }, mending);
	const rest = tagged(others, mending);
	const tags = [first, ...rest.tags.filter(({ name }) => name !== FIRST_TAG)];
	return { ...rest, format: 'legacy', tags, mended: mending.said };
}

function tagged(value: JsonObject, mending: Mending): TasksFile {
	const tags: TasksFileTag[] = [];
	const extra: [string, Json][] = [];
	for (const [name, content] of Object.entries(value)) {
		const isTag = isJsonObject(content) && Array.isArray(content['tasks']) && name !== '__proto__';
		if (isTag) tags.push(tagOf(name, content, mending));
		else extra.push([name, content]);
	}
	const beside = extra.length === 0 ? {} : { extra: Object.fromEntries(extra) };
	return { format: 'tagged', tags, ...beside, mended: mending.said };
}

function tagOf(name: string, { tasks, metadata, ...extra }: JsonObject, mending: Mending): TasksFileTag {
	const items = readItems(Array.isArray(tasks) ? tasks : [], mending.within(name));
	const beside = Object.keys(extra).length === 0 ? {} : { extra };
	return { name, items, metadata: metadataOf(metadata ?? null), ...beside };
}

function metadataOf(value: Json): TagMetadata {
	if (!isJsonObject(value)) return {};
	const { created, updated, description, ...others } = value;
	const extra: Record<string, Json> = { ...others };
	const texts: Record<string, string> = {};
	for (const [name, one] of Object.entries({ created, updated, description })) {
		if (typeof one === 'string') texts[name] = one;
		else if (one !== undefined) extra[name] = one;
	}
	return { ...texts, ...(Object.keys(extra).length === 0 ? {} : { extra }) };
}
