import { expect, it } from 'vitest';
import { redactSecrets, redactText } from './redact.ts';

it('takes secrets out of texts, lists, objects and their keys', () => {
	const value = { note: 'login with hunter2!', list: ['hunter2', 3, null], hunter2: { deep: 'xhunter2x' } };
	expect(redactSecrets(value, ['hunter2'])).toEqual({
		note: 'login with [secret]!',
		list: ['[secret]', 3, null],
		'[secret]': { deep: 'x[secret]x' },
	});
	expect(value.note).toContain('hunter2');
});

it('recognises a short secret only where it stands alone', () => {
	expect(redactText('42', ['42'])).toBe('[secret]');
	expect(redactText('in 1942', ['42'])).toBe('in 1942');
});

it('takes a secret literally, whatever characters it has', () => {
	expect(redactText('a $& (.*) b', ['(.*)'])).toBe('a $& [secret] b');
});

it('changes nothing without secrets', () => {
	const value = { a: ['b'] };
	expect(redactSecrets(value, [])).toBe(value);
});
