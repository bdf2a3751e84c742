import type { z } from 'zod';
import { isJsonObject, type Json } from '../domain/json.ts';
import { isReference } from '../domain/task/references.ts';
import type { CapabilityDeclaration } from '../ports/capability.ts';

type Issue = z.core.$ZodIssue;

const MAX_PROBLEMS = 5;

/**
 * inputProblems holds an input against its capability's schema before the references in it have values: what stands at or
 * under a reference is believed, and so is the length of a list that holds one. Everything else must fit.
 */
export function inputProblems(capability: CapabilityDeclaration, input: Json): string[] {
	const parsed = capability.input.safeParse(input);
	if (parsed.success) return [];
	return parsed.error.issues
		.flatMap((issue) => unexcused(issue, [], input))
		.slice(0, MAX_PROBLEMS)
		.map(({ path, message }) => {
			const place = path.length === 0 ? '' : ` at "${path.map(String).join('.')}"`;
			return `The input of "${capability.name}" does not fit${place}: ${message}`;
		});
}

interface Complaint {
	readonly path: readonly PropertyKey[];
	readonly message: string;
}

/** What is left of an issue once references are believed. The alternatives of a union have paths that begin at the union. */
function unexcused(issue: Issue, above: readonly PropertyKey[], input: Json): Complaint[] {
	const path = [...above, ...issue.path];
	if (isExcused(path, input)) return [];
	if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ path, message: sentence(issue.message) }];
	const alternatives = issue.errors.map((errors) => errors.flatMap((inner) => unexcused(inner, path, input)));
	// The alternative with the fewest complaints is the one that was most likely meant.
	return alternatives.reduce((best, other) => (other.length < best.length ? other : best));
}

function isExcused(path: readonly PropertyKey[], input: Json): boolean {
	let value: Json | undefined = input;
	for (const key of path) {
		if (value === undefined) return false;
		if (isReference(value)) return true;
		value = child(value, key);
	}
	if (value === undefined) return false;
	return isReference(value) || (Array.isArray(value) && value.some((element: Json) => isReference(element)));
}

function child(value: Json, key: PropertyKey): Json | undefined {
	if (Array.isArray(value)) return typeof key === 'number' ? value[key] : undefined;
	return isJsonObject(value) && typeof key === 'string' && Object.hasOwn(value, key) ? value[key] : undefined;
}

function sentence(message: string): string {
	return message.endsWith('.') ? message : `${message}.`;
}
