import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { InteractionSignature } from './interaction-signature.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const checked = new InteractionSignature(
	Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex'),
);
const NOW = 1_800_000_000_000;

function signed(text: string, at = NOW) {
	const timestamp = String(at / 1_000);
	const body = Buffer.from(text);
	return { timestamp, body, signature: sign(null, Buffer.from(timestamp + text), privateKey).toString('hex') };
}

describe('a signature', () => {
	it('is good for what Discord signed in the last five minutes', () => {
		expect(checked.isGenuine(signed('{"type":1}'), NOW + 1_000)).toBe(true);
		expect(checked.isGenuine(signed('{}', NOW - 299_000), NOW)).toBe(true);
		expect(checked.isGenuine(signed('{}', NOW - 301_000), NOW)).toBe(false);
		expect(checked.isGenuine(signed('{}', NOW + 301_000), NOW)).toBe(false);
	});

	it('is no good for anything else', () => {
		const good = signed('{"type":1}');
		expect(checked.isGenuine({ ...good, body: Buffer.from('{"type":2}') }, NOW)).toBe(false);
		expect(checked.isGenuine({ ...good, timestamp: String(NOW / 1_000 + 1) }, NOW)).toBe(false);
		for (const signature of [undefined, '', 'zz', good.signature.slice(2), `${good.signature}00`]) {
			expect(checked.isGenuine({ ...good, signature }, NOW)).toBe(false);
		}
		for (const timestamp of [undefined, '', 'now', '-1'])
			expect(checked.isGenuine({ ...good, timestamp }, NOW)).toBe(false);
	});
});
