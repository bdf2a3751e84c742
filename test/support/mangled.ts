/** ODD_VALUES are what a field never holds, where it was said to hold something else. */
export const ODD_VALUES: readonly unknown[] = [
	undefined,
	null,
	'\0\ud800\u202e',
	1e308,
	[],
	[null],
	{ id: {} },
	Array.from({ length: 500 }, () => 'x'),
	nested(1_000),
];

/** mangled yields copies of a payload in each of which one field, at any depth, holds something odd or is missing. */
export function* mangled(payload: unknown, values = ODD_VALUES): Generator<unknown> {
	for (const path of pathsIn(payload)) for (const value of values) yield withValue(payload, path, value);
}

function pathsIn(value: unknown): string[][] {
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([key, inner]) => [[key], ...pathsIn(inner).map((path) => [key, ...path])]);
}

function withValue(payload: unknown, [key = '', ...rest]: readonly string[], value: unknown): unknown {
	if (Array.isArray(payload)) {
		return payload.map((one, at) =>
			String(at) !== key ? one : rest.length === 0 ? value : withValue(one, rest, value),
		);
	}
	const fields = payload as Readonly<Record<string, unknown>>;
	return { ...fields, [key]: rest.length === 0 ? value : withValue(fields[key], rest, value) };
}

function nested(depth: number): unknown {
	let inner: unknown = 'x';
	for (let level = 0; level < depth; level++) inner = level % 2 === 0 ? [inner] : { a: inner };
	return inner;
}
