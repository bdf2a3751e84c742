import { describe, expect, it } from 'vitest';
import { parseNotify } from './notify-words.ts';

const now = { questions: 'sms', answers: 'web' };

describe('words after /notify', () => {
	it.each([
		['telegram', { questions: 'telegram', answers: 'telegram' }],
		['on Discord', { questions: 'discord', answers: 'discord' }],
		['questions telegram', { questions: 'telegram', answers: 'web' }],
		['questions on telegram, answers on discord', { questions: 'telegram', answers: 'discord' }],
		['questions and answers telegram', { questions: 'telegram', answers: 'telegram' }],
		['answers off', { questions: 'sms' }],
		['off', {}],
	])('%s', (text, notify) => {
		expect(parseNotify(text, now)).toEqual(notify);
	});

	it.each(['', 'me', 'questions', 'questions fax', 'telegram answers', 'off off off off off off off', '__proto__'])(
		'that are no place are refused with an example: %s',
		(text) => {
			expect(() => parseNotify(text, now)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
		},
	);
});
