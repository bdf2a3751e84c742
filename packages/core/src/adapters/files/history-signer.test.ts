import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { historyCrypto, newHistorySigner, openHistorySigner } from './history-signer.ts';

const folder = mkdtempSync(join(tmpdir(), 'errand-signer-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('openHistorySigner', () => {
	it('makes a key on first use, readable by its owner only, and finds it again', () => {
		const path = join(folder, 'keys', 'history.key');
		const first = openHistorySigner(path);
		const second = openHistorySigner(path);
		expect(second.publicKey).toBe(first.publicKey);
		expect(second.verify('text', first.sign('text'))).toBe(true);
		expect(statSync(path).mode & 0o077).toBe(0);
	});

	it('knows its own signatures from others, over other texts or by other keys', () => {
		const signer = newHistorySigner();
		const signature = signer.sign('text');
		expect(signer.verify('texts', signature)).toBe(false);
		expect(newHistorySigner().verify('text', signature)).toBe(false);
		expect(signer.verify('text', 'no signature')).toBe(false);
		expect(historyCrypto.verifySignature('text', signature, signer.publicKey)).toBe(true);
		expect(historyCrypto.verifySignature('text', signature, 'no key')).toBe(false);
	});

	it('refuses a key file that holds something else', () => {
		const path = join(folder, 'broken.key');
		writeFileSync(path, 'not a key');
		expect(() => openHistorySigner(path)).toThrow(expect.objectContaining({ code: 'store-corrupt' }));
	});
});
