import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLenientJson } from './lenient-json.ts';

describe('parseLenientJson', () => {
	it.each([
		['plain JSON', '{"a": 1}', { a: 1 }],
		['a code fence', '```json\n{"a": [1, 2]}\n```', { a: [1, 2] }],
		['prose around it', 'Sure! Here it is:\n{"a": "b"}\nTell me if {more} is needed.', { a: 'b' }],
		['an array', 'The list: ["x", "y"].', ['x', 'y']],
		['a footnote mark before it', 'As in [1] and [2]: {"a": 1}', { a: 1 }],
		['a longer list before it', 'Sources [1, 2, 3, 4, 5, 6, 7]. {"a": 1}', { a: 1 }],
		['quoted words in brackets before it', '["quoted" thing] {"a": 1}', { a: 1 }],
		['thoughts before it', '<think>maybe {"a": 0}?</think>{"a": 1}', { a: 1 }],
		['template brackets around it', '{{"a": 1}}', { a: 1 }],
		['trailing commas', '{"a": [1, 2,], "b": {"c": null,},}', { a: [1, 2], b: { c: null } }],
		['typographic quotes', '{“a”: “b”, „c“: "d"}', { a: 'b', c: 'd' }],
		['typographic quotes as text', '{"a": "he said “yes”",}', { a: 'he said “yes”' }],
		['raw line breaks in strings', '{"a": "one\ntwo",}', { a: 'one\ntwo' }],
		['unknown escapes', String.raw`{"a": "\d\u00e9\"",}`, { a: String.raw`\dé"` }],
		[
			'bare quotes in a string',
			'{"a": "he said "hi" there", "b": ["the "best" one"]}',
			{
				a: 'he said "hi" there',
				b: ['the "best" one'],
			},
		],
		['a byte order mark', '\uFEFF{"a": 1}', { a: 1 }],
	])('reads JSON with %s', (_, text, value) => {
		expect(parseLenientJson(text)).toEqual(value);
	});

	it.each([
		['{"a": [{"b": 1}, {"b": 2', { a: [{ b: 1 }, {}] }],
		['{"a": "a text that was cu', { a: 'a text that was cu' }],
		['{"a": "cut in an escape \\u00', { a: 'cut in an escape ' }],
		['{"a": 1, "cut key', { a: 1 }],
		['{"a": 1, "key":', { a: 1 }],
		['{"a": 1, "b": tru', { a: 1 }],
		['```json\n{"a": ["x", "y"],', { a: ['x', 'y'] }],
		['Here: [', []],
	])('closes what was cut: %s', (text, value) => {
		expect(parseLenientJson(text)).toEqual(value);
	});

	it.each([
		'',
		'no JSON here',
		'I would {rather} not.',
		'{"a": {"b": 1}, oops, "c": {"d": 2}}',
		'{"a": 1]',
		'{"a": 01}',
		'[1 2]',
	])('finds none in %j', (text) => {
		expect(parseLenientJson(text)).toBeUndefined();
	});

	it('gives no object another prototype', () => {
		const value = parseLenientJson('{"__proto__": {"polluted": true},}');
		expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
		expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
	});

	it.each([
		['open brackets', '['.repeat(400_000)],
		['open objects', '{"a":'.repeat(200_000)],
		['braces', '{'.repeat(400_000)],
		['quotes', '["'.repeat(200_000)],
		['spaced quotes', `["${'" '.repeat(400_000)}`],
		['backslashes', `{"a": "${'\\'.repeat(400_000)}`],
		['open thoughts', '<think>'.repeat(100_000)],
		['spaces', `{"a": 1 ${' '.repeat(400_000)}`],
		['digits', `[${'1'.repeat(400_000)} `],
	])('takes bounded time on endless %s', (_, text) => {
		parseLenientJson(text);
	});

	it('never throws, whatever it is given', () => {
		fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => void parseLenientJson(text)));
		const pieces = fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '\\', 'a', '1', 'true', ' ', '“', '”', '\n');
		fc.assert(fc.property(fc.array(pieces), (list) => void parseLenientJson(list.join(''))));
	});

	it('reads any JSON as JSON does, in prose too', () => {
		fc.assert(
			fc.property(fc.json({ noUnicodeString: false }), (text) => {
				expect(parseLenientJson(text)).toEqual(JSON.parse(text));
			}),
		);
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), (value) => {
				const text = JSON.stringify(value);
				expect(parseLenientJson(`Here it is: ${text} Done.`)).toEqual(JSON.parse(text));
			}),
		);
	});

	it('keeps a prefix of any object that was cut', () => {
		fc.assert(
			fc.property(fc.array(fc.integer(), { minLength: 2 }), fc.nat(), (list, at) => {
				const text = JSON.stringify({ list });
				const cut = text.slice(0, Math.max(9, at % text.length));
				const value = parseLenientJson(cut) as { list: number[] };
				expect(list.slice(0, value.list.length)).toEqual(value.list);
			}),
		);
	});
});
