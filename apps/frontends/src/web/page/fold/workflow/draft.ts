import { isJsonObject, type Json, type JsonObject } from '@errand/core/domain/json.ts';

/** Draft is a workflow while it is worked on: what a definition says, sound or not. */
export type Draft = JsonObject;
/** DraftStep is one of its steps. */
export type DraftStep = JsonObject;
/** Path leads from a draft to a place in it: `['steps', 2, 'with', 'url']`. */
export type Path = readonly (string | number)[];

/** pathText is a path as problems write it: `steps.2.with.url`. */
export const pathText = (path: Path) => path.join('.');

/** pathOf reads it back. */
export const pathOf = (text: string): Path =>
	text === '' ? [] : text.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key));

/** valueAt is what stands at a path; undefined where nothing does. */
export function valueAt(value: Json, path: Path): Json | undefined {
	let at: Json | undefined = value;
	for (const key of path) {
		if (Array.isArray(at)) at = (at as readonly Json[])[Number(key)];
		else if (at !== undefined && isJsonObject(at) && Object.hasOwn(at, String(key))) at = at[String(key)];
		else return undefined;
	}
	return at;
}

/** withValue is a value with another one at a path; undefined takes it away, and keys on the way are made. */
export function withValue(value: Json | undefined, path: Path, wanted: Json | undefined): Json {
	const [key, ...rest] = path;
	if (key === undefined) return wanted ?? null;
	if (Array.isArray(value)) {
		const list = [...(value as readonly Json[])];
		if (wanted === undefined && rest.length === 0) list.splice(Number(key), 1);
		else list[Number(key)] = withValue(list[Number(key)], rest, wanted);
		return list;
	}
	const object: JsonObject = value !== undefined && isJsonObject(value) ? value : {};
	if (wanted === undefined && rest.length === 0) {
		return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
	}
	return { ...object, [key]: withValue(object[String(key)], rest, wanted) };
}

/** draftWith is a draft with another value at a path. */
export function draftWith(draft: Draft, path: Path, wanted: Json | undefined): Draft {
	const made = withValue(draft, path, wanted);
	return isJsonObject(made) ? made : draft;
}

/** stepsAt are the steps of the list at a path. */
export function stepsAt(draft: Draft, list: Path): readonly DraftStep[] {
	const found = valueAt(draft, list);
	return Array.isArray(found) ? (found as readonly Json[]).filter(isJsonObject) : [];
}

/** stepAt is the step at a path; undefined where there is none. */
export function stepAt(draft: Draft, path: Path): DraftStep | undefined {
	const found = valueAt(draft, path);
	return found !== undefined && isJsonObject(found) ? found : undefined;
}

/** isParallel tells whether the steps of the list at a path run side by side unless they say otherwise. */
export const isParallel = (list: Path) => list.at(-1) === 'parallel';

/** textOf is a member that is a text; empty where it is something else. */
export function textOf(object: JsonObject | undefined, key: string): string {
	const value = object?.[key];
	return typeof value === 'string' ? value : '';
}
