/** Json is any value that survives a trip through JSON text; all stored and sent data is made of it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
	readonly [key: string]: Json;
}

/** isJsonObject tells a plain object from arrays, null and scalars. */
export function isJsonObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** assertNever makes a switch over a union exhaustive at compile time. */
export function assertNever(value: never): never {
	throw new TypeError(`Unreachable value: ${JSON.stringify(value)}`);
}
