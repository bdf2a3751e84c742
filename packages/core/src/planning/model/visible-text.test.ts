import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VisibleText } from './visible-text.ts';

function shown(...pieces: string[]): string[] {
	const seen: string[] = [];
	const visible = new VisibleText((text) => seen.push(text));
	for (const piece of pieces) visible.add(piece);
	return seen;
}

describe('VisibleText', () => {
	test('shows words from their beginning, and nothing twice', () => {
		expect(shown(' ', 'Hi', ' ', 'there', '')).toEqual(['Hi', 'Hi there']);
	});

	test('holds back JSON, fences and thoughts, wherever they begin', () => {
		for (const text of ['{"steps":', '[{"id"', '```json\n{', '~~~\nx', '<think>so', ' \n{ "questions"'])
			expect(shown(...text), text).toEqual([]);
		for (const text of ['Sure:\n\n```json\n{"steps":[]}\n```', 'Sure: {"steps":[]}', 'Sure: <tool_call>{"name":1}'])
			expect(shown(...text).at(-1), text).toBe('Sure:');
		expect(shown('<thinking>a', 'b</thinking>', 'Done.')).toEqual(['Done.']);
	});

	test('shows what only looked like it', () => {
		expect(shown(...'Use `x` and a < b, {y}.').at(-1)).toBe('Use `x` and a < b, {y}.');
		expect(shown(...'Like this:\n```js\nlet a;\n```\nDone.').at(-1)).toBe('Like this:\n```js\nlet a;\n```\nDone.');
	});

	test('starts over with a reply that is tried again', () => {
		const seen: string[] = [];
		const visible = new VisibleText((text) => seen.push(text));
		visible.add('Hel');
		visible.restart();
		visible.add('Good day');
		expect(seen).toEqual(['Hel', 'Good day']);
	});

	test('never shows a part of a plan, however it is cut into pieces', () => {
		const plan = 'Here it is:\n```json\n{"steps": [{"id": "a"}]}\n```';
		fc.assert(
			fc.property(fc.array(fc.nat(plan.length), { maxLength: 8 }), (cuts) => {
				const at = [0, ...cuts.sort((a, b) => a - b), plan.length];
				const pieces = at.slice(1).map((end, index) => plan.slice(at[index], end));
				for (const text of shown(...pieces)) expect('Here it is:'.startsWith(text)).toBe(true);
			}),
		);
	});
});
