import { isCoreError } from '@errand/core/domain/errors.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { callApi, type Platform } from './api-call.ts';
import { StandInPlatform } from './fixture/stand-in-platform.ts';

const PLATFORM: Platform = { name: 'Somewhere', reachHint: 'Look at the network.', statusHints: {} };
const open: StandInPlatform[] = [];

afterEach(async () => {
	await Promise.all(open.splice(0).map((platform) => platform.close()));
});

async function listen(platform: StandInPlatform): Promise<URL> {
	open.push(platform);
	return new URL('/thing', await platform.listen());
}

async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
	const error: unknown = await promise.catch((reason: unknown) => reason);
	return isCoreError(error) ? error.code : undefined;
}

describe('a call of a platform', () => {
	it('brings back status, headers and JSON', async () => {
		const url = await listen(new StandInPlatform(({ body }) => ({ status: 201, body: { got: body } })));
		const answer = await callApi(PLATFORM, { method: 'POST', url, body: { a: 1 } });
		expect(answer).toMatchObject({
			status: 201,
			body: { got: { a: 1 } },
			headers: { 'content-type': 'application/json' },
		});
	});

	it('gives up on a platform that does not answer, in time', async () => {
		const url = await listen(new StandInPlatform(() => 'hang'));
		expect(await codeOf(callApi(PLATFORM, { method: 'GET', url, timeoutMs: 50 }))).toBe('timed-out');
	});

	it('breaks off when whoever asks may not ask any longer', async () => {
		const platform = new StandInPlatform(() => 'hang');
		const url = await listen(platform);
		const asking = new AbortController();
		const call = codeOf(callApi(PLATFORM, { method: 'GET', url, signal: asking.signal }));
		while (platform.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
		asking.abort();
		expect(await call).toBe('cancelled');
	});

	it('says that nobody listens', async () => {
		const platform = new StandInPlatform(() => 'hang');
		const url = await listen(platform);
		await platform.close();
		expect(await codeOf(callApi(PLATFORM, { method: 'GET', url }))).toBe('fetch-failed');
	});
});
