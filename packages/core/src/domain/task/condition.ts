import { isJsonObject, type Json } from '../json.ts';
import type { When, WhenTest } from './plan.ts';

/** conditionHolds evaluates a `when` over outputs; `lookup` gives the value at `stepId.path`, or undefined when there is none. */
export function conditionHolds(when: When, lookup: (path: string) => Json | undefined): boolean {
	if ('all' in when) return when.all.every((part) => conditionHolds(part, lookup));
	if ('any' in when) return when.any.some((part) => conditionHolds(part, lookup));
	return testHolds(when, lookup(when.path)) !== (when.not ?? false);
}

/** conditionPaths lists every path a `when` looks at. */
export function conditionPaths(when: When): string[] {
	if ('all' in when) return when.all.flatMap(conditionPaths);
	if ('any' in when) return when.any.flatMap(conditionPaths);
	return [when.path];
}

function testHolds(test: WhenTest, value: Json | undefined): boolean {
	switch (test.op) {
		case 'exists':
			return value !== undefined && value !== null;
		case 'equals':
			return sameJson(value, test.value ?? null);
		case 'contains':
			return contains(value, test.value ?? null);
		case 'gt':
			return typeof value === 'number' && typeof test.value === 'number' && value > test.value;
		case 'lt':
			return typeof value === 'number' && typeof test.value === 'number' && value < test.value;
	}
}

function contains(value: Json | undefined, wanted: Json): boolean {
	if (typeof value === 'string') {
		return typeof wanted === 'string' && value.toLowerCase().includes(wanted.toLowerCase());
	}
	if (Array.isArray(value)) return value.some((element: Json) => sameJson(element, wanted));
	return isJsonObject(value) && typeof wanted === 'string' && Object.hasOwn(value, wanted);
}

function sameJson(one: Json | undefined, other: Json): boolean {
	return one === other || JSON.stringify(one) === JSON.stringify(other);
}
