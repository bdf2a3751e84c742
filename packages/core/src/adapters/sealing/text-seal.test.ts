import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { textSeal } from './text-seal.ts';

const key = randomBytes(32);

test('opens what it sealed, under the same name and with the same key only', () => {
	const { seal, open } = textSeal(key);
	const text = JSON.stringify({ cookies: Array.from({ length: 500 }, (_, n) => ({ name: `ключ${n}` })) });
	const sealed = seal('t1/main', text);
	expect(open('t1/main', sealed)).toBe(text);
	expect(sealed.length).toBeLessThan(text.length / 2);
	expect(seal('t1/main', text)).not.toBe(sealed);
	expect(open('t2/main', sealed)).toBeUndefined();
	expect(textSeal(randomBytes(32)).open('t1/main', sealed)).toBeUndefined();
});

test('opens nothing that was changed', () => {
	const { seal, open } = textSeal(key);
	const bytes = Buffer.from(seal('t1/main', 'secret'), 'base64');
	bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
	expect(open('t1/main', bytes.toString('base64'))).toBeUndefined();
	for (const broken of ['', 'AAAA', '%']) expect(open('t1/main', broken)).toBeUndefined();
});
