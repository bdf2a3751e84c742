import { describe, expect, it } from 'vitest';
import type { Json } from '../../../domain/json.ts';
import { evaluateText } from './evaluate-expression.ts';
import { parseExpression } from './parse-expression.ts';
import { fillTemplate, readTemplate } from './template.ts';

const values = { n: 10, d: 1.5, t: 'Bees, Wax', l: [3, 1, 2], o: { a: { b: null }, 'x y': 1 } };
const gives = (text: string): Json | string => {
	const found = evaluateText(text, values);
	return found.ok ? found.value : `${found.missing ? 'missing' : 'wrong'}: ${found.message}`;
};

describe('an expression', () => {
	it.each<[string, Json]>([
		['n / 4', 2.5],
		['n / 5', 2],
		['(1 + 2) * (4 / (2 + 2)) - n', -7],
		['n + d * 2', 13],
		['n == 10.0 && n > 9.5', true],
		['size(l) + l.size()', 6],
		['l.map(x, x * 2).filter(x, x > 2).sum()', 10],
		['l.sort().join("-") + "!"', '1-2-3!'],
		['[1, 1, "1"].distinct()', [1, '1']],
		['t.lower().replace("bees", "ants").split(", ")', ['ants', 'wax']],
		['t.contains("Wax") ? t.upper() : ""', 'BEES, WAX'],
		['text(o) + text(null) + text(1.5)', '{"a":{"b":null},"x y":1}1.5'],
		['o["x y"] + o.a.b == null ? 1 : 2', 'wrong: no such overload: dyn<int> + dyn<null>'],
		['has(o.z) || has(o.a)', true],
		['timestamp("2027-01-31T09:00:00Z") + duration("90m")', '2027-01-31T10:30:00.000Z'],
		['milliseconds("1h30m") + round(2.5)', 5_400_003],
		['{"k": [n, "x"]}', { k: [10, 'x'] }],
		['o.z', 'missing: No such key: z'],
		['l[7]', 'missing: No such key: index out of bounds, index 7 >= size 3'],
		['n / 0', 'wrong: division by zero'],
		['o.constructor', 'missing: No such key: constructor'],
	])('%s gives %j', (text, wanted) => {
		expect(gives(text)).toEqual(wanted);
	});

	it('knows its names, its path, and whether it is cheap', () => {
		const read = (text: string) => {
			const found = parseExpression(text);
			if (!found.ok) throw new Error(found.message);
			return found.expression;
		};
		expect([...read('a.b + c.map(a, a + d.e) + input.x').names.keys()]).toEqual(['a', 'c', 'd', 'input']);
		expect(read('a.b[0]["c"].d').path).toEqual({ name: 'a', keys: ['b', '0', 'c', 'd'] });
		expect(read('a["b.c"]').path).toBeUndefined();
		expect([read('a + size(b)').cheap, read('a.matches("x")').cheap, read('a.map(x, x)').cheap]).toEqual([
			true,
			false,
			false,
		]);
		expect(parseExpression('a +')).toMatchObject({ ok: false });
		expect(parseExpression(`${'('.repeat(5_000)}1${')'.repeat(5_000)}`)).toMatchObject({ ok: false });
	});
});

describe('a template', () => {
	it('keeps the kind of a value that stands alone, and writes others into the text', () => {
		const template = {
			whole: '${l}',
			text: 'n=${n}, l=${l}, b=${o.a.b}.',
			braces: '${ {"a": "}"}.a }',
			literal: '$${n}',
			list: ['${n}'],
		};
		expect(fillTemplate(template, values)).toEqual({
			ok: true,
			value: { whole: [3, 1, 2], text: 'n=10, l=[3,1,2], b=.', braces: '}', literal: '${n}', list: [10] },
		});
		expect(fillTemplate(['${z}'], values)).toMatchObject({ ok: false, expression: 'z' });
		expect(readTemplate('a ${b')).toMatchObject({ ok: false, offset: 2 });
	});
});
