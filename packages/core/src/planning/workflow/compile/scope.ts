import { isJsonObject, type Json, type JsonObject } from '../../../domain/json.ts';
import { isReference, parseReference, referencesIn } from '../../../domain/task/references.ts';

/**
 * Scope is what the names in an expression stand for: values of a plan, in which references stand for what is not known before the
 * run. `input` may be known, or be made of what other steps give, where the workflow is a part of another.
 */
export interface Scope {
	readonly names: ReadonlyMap<string, Json>;
	/** The parameters; undefined where any may be given. */
	readonly parameters: ReadonlySet<string> | undefined;
	/** Ids of steps inside others, with the id of the step they are in, to say so to who names one. */
	readonly inside: ReadonlyMap<string, string>;
}

/** withNames is a scope in which some more names are known; they hide others of the same name. */
export function withNames(scope: Scope, names: Iterable<readonly [string, Json]>): Scope {
	return { ...scope, names: new Map([...scope.names, ...names]) };
}

/** Found is what stands at the end of a path: a value with references or none, or nothing. */
export type Along =
	| { readonly kind: 'value'; readonly value: Json }
	| { readonly kind: 'missing'; readonly key: string };

/** along follows keys into a value; what is behind a reference becomes a longer reference. */
export function along(value: Json, keys: readonly string[]): Along {
	let at = value;
	for (const [index, key] of keys.entries()) {
		if (isReference(at)) return { kind: 'value', value: { $from: [at.$from, ...keys.slice(index)].join('.') } };
		const next = childOf(at, key);
		if (next === undefined) return { kind: 'missing', key };
		at = next;
	}
	return { kind: 'value', value: at };
}

/** isKnown tells whether a value is known before the run. */
export function isKnown(value: Json): boolean {
	return rootsOf(value).length === 0;
}

/** isKnownBefore tells whether a value depends on nothing but the input, whether that is known yet or not. */
export function isKnownBefore(value: Json): boolean {
	return rootsOf(value).every((root) => root === 'input' || root === 'kept');
}

/** rootsOf lists the steps (and elements) that a value refers to. */
export function rootsOf(value: Json): readonly string[] {
	if (typeof value !== 'object' || value === null) return NONE;
	const known = ROOTS.get(value);
	if (known !== undefined) return known;
	const roots = referencesIn(value).map((reference) => parseReference(reference).stepId);
	ROOTS.set(value, roots);
	return roots;
}

/** Values are looked at again with every expression, and do not change. */
const ROOTS = new WeakMap<object, readonly string[]>();
const NONE: readonly string[] = [];

/** visibleRoots are all the roots that a scope's names may lead to. */
export function visibleRoots(scope: Scope): ReadonlySet<string> {
	return new Set([...scope.names.values()].flatMap(rootsOf));
}

/** pickFields is an object with only the fields that are used; anything else as it is. */
export function pickFields(value: Json, fields: ReadonlySet<string> | undefined): Json {
	if (fields === undefined || !isJsonObject(value) || isReference(value)) return value;
	return Object.fromEntries(Object.entries(value).filter(([key]) => fields.has(key)));
}

function childOf(value: Json, key: string): Json | undefined {
	if (Array.isArray(value)) return /^\d{1,9}$/.test(key) ? (value as readonly Json[])[Number(key)] : undefined;
	return isJsonObject(value) && Object.hasOwn(value, key) ? (value as JsonObject)[key] : undefined;
}
