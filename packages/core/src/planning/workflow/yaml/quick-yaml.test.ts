import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument, stringify } from 'yaml';
import { quickYaml } from './quick-yaml.ts';

/** What all of YAML says a text means; undefined where it is wrong. */
function meaning(text: string): unknown {
	const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent' });
	return document.errors.length > 0 ? undefined : document.toJS();
}

function expectSame(text: string): void {
	const quick = quickYaml(text);
	if (quick !== undefined) expect(quick, text).toEqual(meaning(text));
}

const pieces = [
	...[
		'a: 1',
		'b:',
		'c: text',
		'- x',
		'- ',
		'-',
		'- a: 1',
		'd: "q\\n"',
		"e: 'it''s'",
		'  f: null',
		'    - g',
		'# note',
		'',
	],
	...[
		'a: b: c',
		'k: [1, two, "3"]',
		'k: { a: 1, b: [x] }',
		'k: {a: 1',
		'k: |',
		'  more',
		'n: 1e3',
		'n: 0x1f',
		'n: 1d',
		'n: -0',
	],
	...[
		'v: a #c',
		'v: a#c',
		'v: ${x.y}',
		'v: "${a}"',
		'? a',
		'x: &a 1',
		'y: *a',
		'--- ',
		'z: ~',
		'__proto__: 1',
		'true: 1',
		'- - 1',
	],
	...[
		'- "a": 1',
		'w: [a, b]c',
		'u: http://x/y?a=b',
		'u: - a',
		'm: -',
		'l: [',
		'  - n: 1',
		'      o: 2',
		'p: .5',
		'q: 2001-01-01',
		'r: "a" b',
	],
	...[
		's: @x',
		't: [a: 1]',
		't: [-1, - 1]',
		'j: {a: , b: 1}',
		'i: [1, ]',
		' odd: 1',
		'h: yes',
		'g: [ a b, c d ]',
		'g: [\'a\', "b"]',
		'é: 1',
		'f: é',
	],
];

describe('plain YAML read quickly', () => {
	it('means what all of YAML says it means, or is not read', () => {
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.nat(6), fc.constantFrom(...pieces)), { maxLength: 9 }), (lines) => {
				expectSame(lines.map(([indent, piece]) => ' '.repeat(indent % 2 === 0 ? indent : 0) + piece).join('\n'));
			}),
			{ numRuns: Number(process.env['ERRAND_PROPERTY_RUNS'] ?? 400) },
		);
	});

	it.each([
		'a:\n\u00a0\u00a0b: 2\n  c: 3',
		'a: x\u00a0',
		'a: 1\n\u00a0# x: y\nb: 2',
		'a:\n  - b: 1\n\u3000\u3000\u3000\u3000c: 2',
	])('takes no sign for a space that is none to YAML: %j', (text) => {
		expectSame(text);
		expect(quickYaml(text)).toBeUndefined();
	});

	it('means the same whatever data was written', () => {
		fc.assert(
			fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
				expectSame(stringify({ value, list: [value, { value }] }));
			}),
			{ numRuns: Number(process.env['ERRAND_PROPERTY_RUNS'] ?? 150) },
		);
	});

	it.each([
		['name: a\nsteps:\n- id: x\n  with: { url: "${a.b}", n: [1, two] }\n', true],
		['a:\n  b:\n    - c: 1\n      d:\n        - e\n', true],
		['a: |\n  text\n', false],
		['a: &x 1\nb: *x\n', false],
		['a: 1\na: 2\n', false],
		['a: 1\n\tb: 2\n', false],
		['', false],
	])('reads %j: %s', (text, quick) => {
		expect(quickYaml(text) !== undefined).toBe(quick);
		expectSame(text);
	});
});
