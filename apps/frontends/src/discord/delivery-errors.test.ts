import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { toDeliveryFailure } from './delivery-errors.ts';

function refused(status: number, code: number) {
	return new DiscordAPIError({ code, message: 'No.' }, code, status, 'POST', 'https://discord.com/api', {});
}

function broken(code: string) {
	return Object.assign(new Error('broken'), { code });
}

describe('a failed call', () => {
	it.each([
		['a closed direct channel', refused(403, 50_007), 'permanent'],
		['a channel that is gone', refused(404, 10_003), 'permanent'],
		['a body that is not taken', refused(400, 50_035), 'permanent'],
		['a wrong token, which can be set right', refused(401, 0), 'retryable'],
		['trouble of Discord’s own', new HTTPError(503, 'x', 'POST', 'https://discord.com/api', {}), 'retryable'],
		['a connection that was never made', broken('ECONNREFUSED'), 'retryable'],
		['one behind another error', new Error('fetch failed', { cause: broken('ENOTFOUND') }), 'retryable'],
		['a connection that was lost', broken('UND_ERR_SOCKET'), 'unknown-outcome'],
		['silence', Object.assign(new Error('aborted'), { name: 'AbortError' }), 'unknown-outcome'],
	])('because of %s', (_, error, kind) => {
		expect(toDeliveryFailure(error).failure.kind).toBe(kind);
	});

	it('because of a limit says how long to wait', () => {
		const error = new RateLimitError({
			timeToReset: 0,
			limit: 1,
			method: 'POST',
			hash: '',
			url: '',
			route: '',
			majorParameter: '',
			global: true,
			retryAfter: 45_000,
			sublimitTimeout: 0,
			scope: 'global',
		});
		expect(toDeliveryFailure(error).failure).toMatchObject({ kind: 'retryable', retryAfterMs: 45_000 });
	});
});
