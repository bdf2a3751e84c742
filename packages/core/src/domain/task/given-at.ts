import { isJsonObject, type Json } from '../json.ts';
import { isReference } from './references.ts';

/**
 * givenAt is what stands in an input at a path such as `download.url`, or at `steps.*.url`, where `*` is each element of a
 * list; a reference on the way there stands for all that it may hold.
 */
export function givenAt(input: Json, path: string): Json[] {
	return walk(input, path.split('.'));
}

function walk(input: Json, [key, ...rest]: readonly string[]): Json[] {
	if (isReference(input) || key === undefined) return [input];
	if (key === '*') return isList(input) ? input.flatMap((element) => walk(element, rest)) : [];
	const child = isJsonObject(input) && Object.hasOwn(input, key) ? input[key] : undefined;
	return child === undefined ? [] : walk(child, rest);
}

function isList(value: Json): value is readonly Json[] {
	return Array.isArray(value);
}
