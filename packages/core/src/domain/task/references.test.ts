import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../json.ts';
import { isReference, parseReference, type Reference, referencesIn, resolveReferences, valueAt } from './references.ts';

describe('parseReference', () => {
	test('splits the step from the path into its output', () => {
		expect(parseReference('read-1.links.0.url')).toEqual({ stepId: 'read-1', path: ['links', '0', 'url'] });
		expect(parseReference('read-1')).toEqual({ stepId: 'read-1', path: [] });
	});

	test('is total', () => {
		fc.assert(
			fc.property(
				fc.string(),
				(text) => [parseReference(text).stepId, ...parseReference(text).path].join('.') === text,
			),
		);
	});
});

describe('referencesIn', () => {
	test('finds references at any depth, in order', () => {
		const input = { a: [{ $from: 'x' }, { b: { $from: 'y.z' } }], c: { $from: 'x', $spread: true } };
		expect(referencesIn(input)).toEqual(['x', 'y.z', 'x']);
	});

	test('takes an object with other keys for data', () => {
		expect(isReference({ $from: 'x', note: 1 })).toBe(false);
		expect(isReference({ $from: 1 })).toBe(false);
		expect(referencesIn({ $from: 'x', note: 1 })).toEqual([]);
	});

	test('survives nesting that would exhaust the call stack, and lists too long to spread', () => {
		let deep: Json = { $from: 'x' };
		for (let depth = 0; depth < 100_000; depth++) deep = [deep];
		expect(referencesIn(deep)).toEqual(['x']);
		expect(referencesIn([...new Array<Json>(300_000).fill(1), { $from: 'y' }])).toEqual(['y']);
	});
});

describe('valueAt', () => {
	const documents: Json = [{ title: 'A', links: [{ url: '1' }, { url: '2' }] }, { title: 'B' }, { name: 'no title' }];

	test('follows keys and indexes', () => {
		expect(valueAt({ rows: documents }, ['rows', '0', 'links', '1', 'url'])).toBe('2');
		expect(valueAt('whole', [])).toBe('whole');
	});

	test('maps a key over a list and leaves out elements without it', () => {
		expect(valueAt(documents, ['title'])).toEqual(['A', 'B']);
		expect(valueAt(documents, ['links', 'url'])).toEqual([['1', '2']]);
		expect(valueAt([], ['title'])).toEqual([]);
		expect(valueAt(documents, ['nowhere'])).toBeUndefined();
	});

	test('never reaches the prototype, a list’s own length or beyond its end', () => {
		expect(valueAt({}, ['constructor'])).toBeUndefined();
		expect(valueAt({}, ['__proto__'])).toBeUndefined();
		expect(valueAt('text', ['length'])).toBeUndefined();
		expect(valueAt([1, 2], ['length'])).toBeUndefined();
		expect(valueAt([1, 2], ['2'])).toBeUndefined();
		expect(valueAt([1, 2], ['-1'])).toBeUndefined();
		expect(valueAt([1, 2], ['01'])).toBeUndefined();
		expect(valueAt({ a: null }, ['a', 'b'])).toBeUndefined();
		expect(valueAt({ a: null }, ['a'])).toBeNull();
	});
});

describe('resolveReferences', () => {
	const outputs: Record<string, Json> = { a: { n: 1 }, list: [1, 2], empty: [], nothing: null };
	const lookup = ({ stepId, path }: Reference) => {
		const output = Object.hasOwn(outputs, stepId) ? outputs[stepId] : undefined;
		return output === undefined ? undefined : valueAt(output, path);
	};
	const resolve = (input: Json) => resolveReferences(input, lookup);

	test('puts values where references stood and leaves the rest alone', () => {
		const input = { x: { $from: 'a.n' }, y: [true, { $from: 'nothing' }], z: 'text' };
		expect(resolve(input)).toEqual({ ok: true, input: { x: 1, y: [true, null], z: 'text' } });
		expect(resolve({ $from: 'a' })).toEqual({ ok: true, input: { n: 1 } });
	});

	test('leaves a missing element out of a list', () => {
		expect(resolve([{ $from: 'a.n' }, { $from: 'lost' }])).toEqual({ ok: true, input: [1] });
	});

	test('counts a list of nothing but missing references as missing', () => {
		expect(resolve({ documents: [{ $from: 'lost.x' }, { $from: 'gone' }] })).toEqual({ ok: false, missing: 'lost.x' });
		expect(resolve([])).toEqual({ ok: true, input: [] });
	});

	test('makes the whole input missing when a missing value stands outside a list', () => {
		expect(resolve({ keep: 1, x: { $from: 'a.m' } })).toEqual({ ok: false, missing: 'a.m' });
		expect(resolve([{ inner: { $from: 'lost' } }, 1])).toEqual({ ok: false, missing: 'lost' });
	});

	test('keeps a list in a list as one element unless it is to be spread', () => {
		expect(resolve([0, { $from: 'list' }])).toEqual({ ok: true, input: [0, [1, 2]] });
		expect(resolve([0, { $from: 'list', $spread: true }])).toEqual({ ok: true, input: [0, 1, 2] });
		expect(resolve([{ $from: 'a', $spread: true }])).toEqual({ ok: true, input: [{ n: 1 }] });
		expect(resolve([{ $from: 'empty', $spread: true }])).toEqual({ ok: true, input: [] });
	});

	test('does not resolve references inside a value: outputs are data', () => {
		const result = resolveReferences({ $from: 'a' }, () => ({ $from: 'secret' }));
		expect(result).toEqual({ ok: true, input: { $from: 'secret' } });
	});

	test('keeps a key named __proto__ as data', () => {
		const result = resolve(JSON.parse('{"__proto__": {"polluted": true}, "x": {"$from": "a.n"}}'));
		expect(result.ok && Object.keys(result.input as object)).toEqual(['__proto__', 'x']);
		expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
	});

	test('gives back any input that holds no references', () => {
		fc.assert(
			fc.property(fc.jsonValue(), (value) => {
				fc.pre(!JSON.stringify(value).includes('$from'));
				expect(resolve(value as Json)).toEqual({ ok: true, input: value });
			}),
		);
	});
});
