import { describe, expect, it } from 'vitest';
import { asksMemory, mayBeRemembered, readMemorySentence } from './memory-words.ts';

describe('sentences about the memory', () => {
	it.each([
		['Remember that I prefer aisle seats.', 'I prefer aisle seats.'],
		['please remember: my sister is called Ada', 'my sister is called Ada'],
		['Don’t forget that the bins go out on Tuesday', 'the bins go out on Tuesday'],
		['Can you keep in mind that I am vegetarian', 'I am vegetarian'],
		['note that I work in Berlin', 'I work in Berlin'],
	])('%s', (said, text) => {
		expect(readMemorySentence(said)).toEqual({ kind: 'remember', text });
	});

	it.each([
		['forget that I prefer aisle seats', 'I prefer aisle seats'],
		['Please forget what I told you about my sister.', 'my sister'],
		['forget everything about heat pumps', 'heat pumps'],
	])('%s', (said, about) => {
		expect(readMemorySentence(said)).toEqual({ kind: 'forget', about });
	});

	it.each(['What do you know about me?', 'what do you remember about me', 'Show me what you have stored about me'])(
		'%s wants to see it',
		(said) => expect(readMemorySentence(said)).toEqual({ kind: 'show' }),
	);

	it.each([
		'forget it',
		'forget that',
		'never mind',
		'remember',
		'remember that',
		'Do you remember the film with the two robots?',
		'Summarise https://a.example/ and remember the date',
		'Write a note that says hello',
		'remember that\nand a second line',
		`remember that ${'x'.repeat(500)}`,
	])('%s is none', (said) => expect(readMemorySentence(said)).toBeUndefined());

	it.each([
		'What did you find out about heat pumps?',
		'what have you found on trains to Rome',
		'Do you remember my sister?',
	])('%s asks the memory', (said) => expect(asksMemory(said)).toBe(true));

	it.each(['Find out about heat pumps', 'What did the president say about trade?', 'What is in this contract?'])(
		'%s does not',
		(said) => expect(asksMemory(said)).toBe(false),
	);

	it('tells questions about one’s own things', () => {
		expect(['What is my sister called?', 'Which seat do I prefer?', 'where do I live'].map(mayBeRemembered)).toEqual([
			true,
			true,
			true,
		]);
		expect(['What is the capital of France?', 'Summarise my file'].map(mayBeRemembered)).toEqual([false, false]);
	});

	it('are read in linear time', () => {
		for (const text of [
			'please '.repeat(20_000),
			`remember that${' '.repeat(100_000)}`,
			`what is ${'my '.repeat(50)}`,
		]) {
			readMemorySentence(text);
			asksMemory(text);
			mayBeRemembered(text);
		}
	});
});
