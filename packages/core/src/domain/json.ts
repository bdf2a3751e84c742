/** Json is any value that survives a trip through JSON text; all stored and sent data is made of it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
	readonly [key: string]: Json;
}

/** isJsonObject tells a plain object from arrays, null and scalars. */
export function isJsonObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** asJson is data as JSON holds it: members that are undefined are left out. */
export function asJson<Data extends object>(
	data: Data,
): Data extends readonly unknown[] ? readonly Json[] : JsonObject {
	return JSON.parse(JSON.stringify(data));
}

/** assertNever makes a switch over a union exhaustive at compile time. */
export function assertNever(value: never): never {
	throw new TypeError(`Unreachable value: ${JSON.stringify(value)}`);
}
