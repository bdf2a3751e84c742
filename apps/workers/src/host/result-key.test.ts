import type { Json } from '@errand/core/domain/json.ts';
import { expect, test } from 'vitest';
import { resultKey } from './result-key.ts';

const key = (input: Json, name = 'text.compare', version = 1, answers: { question: string; answer: Json }[] = []) =>
	resultKey({ name, version }, { input, answers });

test('is the same for equal inputs, in whatever order their keys stand', () => {
	expect(key({ a: 1, b: { c: [1, 2], d: null } })).toBe(key({ b: { d: null, c: [1, 2] }, a: 1 }));
	expect(key({ 10: 'x', 9: 'y' })).toBe(key({ 9: 'y', 10: 'x' }));
});

test('differs with the input, the capability, its version and the answers', () => {
	const answer = (text: string) => key(1, 'text.compare', 1, [{ question: 'Which?', answer: text }]);
	const inputs: Json[] = [null, '', '1', 1, [], {}, [1, 2], [2, 1], { a: 1 }, { a: '1' }, { a: { b: 1 } }];
	const keys = [...inputs.map((input) => key(input)), key(1, 'text.write'), key(1, 'text.compare', 2)];
	keys.push(answer('this'), answer('that'));
	expect(new Set(keys).size).toBe(keys.length);
});

test('tells a key called __proto__ from none', () => {
	const odd: Json = JSON.parse('{"__proto__": {"a": 1}}');
	expect(key(odd)).not.toBe(key({}));
});
