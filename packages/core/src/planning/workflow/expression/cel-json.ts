import type { Json } from '../../../domain/json.ts';

/** toCel turns JSON into what CEL works with: whole numbers are its integers, other numbers its doubles. */
export function toCel(value: Json): unknown {
	if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
	if (typeof value !== 'object' || value === null) return value;
	if (Array.isArray(value)) return value.map(toCel);
	return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, toCel(part)]));
}

/** fromCel turns what CEL gives back into JSON; throws a TypeError for what JSON cannot hold. */
export function fromCel(value: unknown): Json {
	switch (typeof value) {
		case 'bigint':
			return Number(value);
		case 'number':
			if (Number.isFinite(value)) return value;
			throw new TypeError(`It gives ${value}, which is no number that can be kept.`);
		case 'string':
		case 'boolean':
			return value;
		case 'object':
			return value === null ? null : fromObject(value);
		default:
			throw new TypeError('It gives nothing that can be kept.');
	}
}

function fromObject(value: object): Json {
	if (Array.isArray(value)) return value.map(fromCel);
	if (value instanceof Set) return [...value].map(fromCel);
	if (value instanceof Date) return value.toISOString();
	if (value instanceof Map) return fromEntries([...value]);
	const prototype: unknown = Object.getPrototypeOf(value);
	if (prototype === Object.prototype || prototype === null) return fromEntries(Object.entries(value));
	// A duration: it is kept in milliseconds, like every time in a plan.
	if ('seconds' in value && 'nanos' in value) return Number(value);
	if ('value' in value && typeof value.value === 'bigint') return Number(value.value);
	throw new TypeError('It gives a type or bytes, which cannot be kept; turn it into a text with string().');
}

function fromEntries(entries: readonly (readonly [unknown, unknown])[]): Json {
	return Object.fromEntries(entries.map(([key, part]) => [String(key), fromCel(part)]));
}
