import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { fetchFile, fileName } from './fetch-file.ts';

test.each([
	['attachment; filename="a b.pdf"', 'http://x.test/y', 'a b.pdf'],
	['attachment; filename=plain.csv', 'http://x.test/y', 'plain.csv'],
	[`attachment; filename="fallback.txt"; filename*=UTF-8''r%C3%A9sum%C3%A9.txt`, 'http://x.test/', 'résumé.txt'],
	[`attachment; filename*=UTF-8''broken%zz.txt`, 'http://x.test/', 'broken%zz.txt'],
	['', 'http://x.test/files/report%202.pdf?x=1', 'report 2.pdf'],
	['inline', 'http://x.test/', 'download'],
])('names a file by %j at %s', (disposition, url, name) => {
	expect(fileName(disposition, url)).toBe(name);
});

test('a fetch that is called off while it is being set up ends as such, and no rejection goes unheard', async () => {
	const stop = new AbortController();
	const page: Pick<Page, 'close'> = { close: async () => {} };
	const session = { on: () => session, send: () => new Promise<never>(() => {}) } as unknown as CDPSession;
	const context: Pick<BrowserContext, 'newPage' | 'newCDPSession'> = {
		newPage: async () => page as Page,
		newCDPSession: async () => {
			stop.abort();
			await new Promise((resolve) => setTimeout(resolve, 20));
			return session;
		},
	};
	const options = { url: 'http://x.test/', referrer: '', maxBytes: 10, timeoutMs: 60_000, signal: stop.signal };
	await expect(fetchFile(context as BrowserContext, options)).rejects.toMatchObject({ code: 'timed-out' });
	await expect(fetchFile(context as BrowserContext, options)).rejects.toMatchObject({ code: 'timed-out' });
});
