import { describe, expect, test } from 'vitest';
import { abilities, smallTalk } from './small-talk.ts';

describe('smallTalk', () => {
	test('greets back, in the language of a greeting', () => {
		expect(smallTalk('Hi there!')).toMatch(/^Hello!/);
		expect(smallTalk('Guten Morgen')).toMatch(/^Hallo!/);
		expect(smallTalk('bonjour')).toMatch(/^Bonjour/);
		expect(smallTalk('¡Hola!'.replace('¡', ''))).toMatch(/^¡Hola!/);
	});

	test('answers the weightiest of what was said', () => {
		expect(smallTalk('hello, how are you?')).toContain('running well');
		expect(smallTalk('Thanks a lot, bye 👋')).toContain('welcome');
		expect(smallTalk('Hey! What can you do?')).toBe(abilities());
	});

	test('says who it is and what it can do, with examples, reminders among it, and how it gets a model', () => {
		expect(smallTalk('who are you?')).toContain('I am Errand');
		expect(smallTalk('Are you an AI?')).toContain('I am Errand');
		expect(smallTalk('help')?.match(/^- “/gm)).toHaveLength(4);
		for (const told of ['**remind**', '`/help`', 'npm run setup-model']) expect(smallTalk('help')).toContain(told);
	});

	test('leaves goals alone, also polite ones', () => {
		for (const goal of [
			'hi, summarise https://a.example',
			'thanks, now compare them',
			'help me compare these',
			'No idea',
			'',
		]) {
			expect(smallTalk(goal)).toBeUndefined();
		}
		expect(smallTalk('hello '.repeat(1_000))).toBeUndefined();
	});
});
