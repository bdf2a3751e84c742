import { isJsonObject, type Json } from '../json.ts';
import { oneLine } from './one-line.ts';

/** RenderedGoal is a template with its places filled; `missing` are the paths that lead nowhere in this payload. */
export interface RenderedGoal {
	readonly goal: string;
	readonly missing: readonly string[];
}

const PLACE = /\{\{\s*([\w$.-]{1,200})\s*\}\}/g;

/** templateProblem says what is wrong with a template, before it is ever used; undefined if nothing is. */
export function templateProblem(template: string): string | undefined {
	const places = [...template.matchAll(PLACE)].length;
	if (places > 50) return `it has ${places} places to fill; at most 50 are taken`;
	const rest = template.replace(PLACE, '');
	return /\{\{|\}\}/.test(rest)
		? 'a place to fill is written {{path.to.value}}, in letters, digits, _ and -'
		: undefined;
}

/**
 * renderGoal fills a template's `{{path.to.value}}` from a payload. What stands in a payload is a stranger's: words come
 * in quotation marks, in one line and bounded; numbers and truth values as they are; what is not there as nothing. `$payload`
 * is all of it, and `own` are values of Errand's.
 */
export function renderGoal(template: string, payload: Json, own: Readonly<Record<string, string>> = {}): RenderedGoal {
	const missing: string[] = [];
	const goal = template.replace(PLACE, (_place, path: string) => {
		const value = Object.hasOwn(own, path) ? own[path] : path === '$payload' ? payload : valueIn(payload, path);
		if (value !== undefined && value !== null) return shown(value);
		missing.push(path);
		return '';
	});
	return { goal: goal.trim(), missing: [...new Set(missing)] };
}

/**
 * isWholeGoal tells whether a template says by itself what is to be done, and with which pages: nothing of a payload comes
 * into it, and it needs none. A call then only says when.
 */
export function isWholeGoal(template: string): boolean {
	return template.search(PLACE) === -1 && /https?:\/\/\S/i.test(template);
}

/** valueIn follows a path into a payload, through own properties and list indexes; a name maps over a list, once. */
export function valueIn(payload: Json, path: string): Json | undefined {
	let value: Json | undefined = payload;
	for (const key of path.split('.')) {
		value = Array.isArray(value) ? inList(value, key) : ownValue(value, key);
		if (value === undefined) return undefined;
	}
	return value;
}

function inList(list: readonly Json[], key: string): Json | undefined {
	if (/^\d{1,6}$/.test(key)) return list[Number(key)];
	const mapped = list.slice(0, 100).flatMap((element) => ownValue(element, key) ?? []);
	return mapped.length === 0 ? undefined : mapped;
}

function ownValue(value: Json | undefined, key: string): Json | undefined {
	return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function shown(value: Json): string {
	if (typeof value === 'number' || typeof value === 'boolean') return String(value);
	if (typeof value === 'string') return quoted(value);
	const flat = Array.isArray(value) && value.every((element) => typeof element !== 'object');
	return quoted(flat ? value.slice(0, 100).join(', ') : JSON.stringify(value));
}

function quoted(text: string): string {
	const line = oneLine(text);
	return line === '' ? '' : `"${line}"`;
}
