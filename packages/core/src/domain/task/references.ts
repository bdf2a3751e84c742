import { asStepId, type StepId } from '../ids.ts';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';

/** ITEM is what a `forEach` step's input calls the element it handles; no step may have this id. */
export const ITEM = asStepId('item');

/** elementAt names one element of the list that a path leads to, counted after the path was followed (also over lists): `docs.title.@3`. */
export const elementAt = (list: string, index: number): string => `${list}.@${index}`;

/** Reference names a place in another step's output (or in the item of a `forEach`). */
export interface Reference {
	readonly stepId: StepId;
	readonly path: readonly string[];
}

/** Resolution is an input with its references replaced, or the first one whose value does not exist. */
export type Resolution = { readonly ok: true; readonly input: Json } | { readonly ok: false; readonly missing: string };

/** parseReference takes `stepId.path.0.x` apart. It is total: whether such a step exists is `planProblems`' business. */
export function parseReference(text: string): Reference {
	const [stepId = '', ...path] = text.split('.');
	return { stepId: asStepId(stepId), path };
}

/** isReference tells `{"$from": "…"}`, with or without `"$spread": true`, from an object that is just data. */
export function isReference(value: Json): value is { readonly $from: string; readonly $spread?: boolean } {
	if (!isJsonObject(value) || typeof value['$from'] !== 'string') return false;
	return Object.keys(value).every((key) => key === '$from' || (key === '$spread' && typeof value[key] === 'boolean'));
}

/** referencesIn lists every `$from` of an input, in order, repeats included. */
export function referencesIn(input: Json): string[] {
	const found: string[] = [];
	// A stack of its own: an input is only bounded in bytes, and 64 KB of brackets would exhaust the call stack.
	const stack: Json[] = [input];
	for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
		if (typeof value !== 'object' || value === null) continue;
		if (isReference(value)) found.push(value.$from);
		else for (const part of Object.values(value).reverse()) stack.push(part);
	}
	return found;
}

/**
 * valueAt follows a path through own properties and list indexes; `undefined` means there is nothing there. A key that is
 * no index maps over a list: `title` on a list of documents is the list of their titles, without those that have none.
 */
export function valueAt(value: Json, path: readonly string[]): Json | undefined {
	const mark = path.findIndex(isElementMark);
	if (mark === -1) return placeIn(value, path);
	const list = placeIn(value, path.slice(0, mark));
	if (list === undefined) return undefined;
	const key = path[mark] ?? '';
	const element = isList(list) ? list[Number(key.slice(1))] : placeIn(list, [key]);
	return element === undefined ? undefined : valueAt(element, path.slice(mark + 1));
}

const isElementMark = (key: string): boolean => key.charCodeAt(0) === 64 && /^@\d{1,9}$/.test(key);

function placeIn(value: Json, path: readonly string[]): Json | undefined {
	const [key, ...rest] = path;
	if (key === undefined) return value;
	if (isList(value)) {
		if (/^(?:0|[1-9]\d{0,9})$/.test(key)) {
			const element = value[Number(key)];
			return element === undefined ? undefined : placeIn(element, rest);
		}
		const mapped = value.map((element) => placeIn(element, path)).filter((found) => found !== undefined);
		return mapped.length === 0 && value.length > 0 ? undefined : mapped;
	}
	if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined;
	const found = value[key];
	return found === undefined ? undefined : placeIn(found, rest);
}

/**
 * resolveReferences puts values in the place of references; `lookup` gives the value at a reference, `undefined` if it is
 * missing. A missing element of a list is left out, and a list of references alone that ends up empty is missing itself;
 * anywhere else one missing value makes the whole input missing. A list in a list stays one element, unless its reference
 * says `"$spread": true`.
 */
export function resolveReferences(input: Json, lookup: (reference: Reference) => Json | undefined): Resolution {
	if (isReference(input)) {
		const value = lookup(parseReference(input.$from));
		return value === undefined ? { ok: false, missing: input.$from } : { ok: true, input: value };
	}
	if (isList(input)) return resolveList(input, lookup);
	if (!isJsonObject(input)) return { ok: true, input };
	return resolveObject(input, lookup);
}

function resolveList(list: readonly Json[], lookup: (reference: Reference) => Json | undefined): Resolution {
	const resolved: Json[] = [];
	let missing: string | undefined;
	for (const element of list) {
		const result = resolveReferences(element, lookup);
		if (result.ok) {
			const spread = isReference(element) && element.$spread === true && isList(result.input);
			if (spread) for (const part of result.input as readonly Json[]) resolved.push(part);
			else resolved.push(result.input);
		} else if (isReference(element)) missing ??= result.missing;
		else return result;
	}
	if (resolved.length > 0 || missing === undefined) return { ok: true, input: resolved };
	return { ok: false, missing };
}

function resolveObject(object: JsonObject, lookup: (reference: Reference) => Json | undefined): Resolution {
	const entries: [string, Json][] = [];
	for (const [key, value] of Object.entries(object)) {
		const result = resolveReferences(value, lookup);
		if (!result.ok) return result;
		entries.push([key, result.input]);
	}
	// `fromEntries` defines properties, so that a key like `__proto__` stays data.
	return { ok: true, input: Object.fromEntries(entries) };
}

function isList(value: Json): value is readonly Json[] {
	return Array.isArray(value);
}
