import { describe, expect, it } from 'vitest';
import { failureOf, troubleOf } from './twilio-failure.ts';

const failed = (error: object) => failureOf(troubleOf(Object.assign(new Error('said why'), error))).failure;

describe('an error of Twilio', () => {
	it.each([
		[{ status: 429, code: 20429 }, 'retryable', 'twilio-20429'],
		[{ status: 500, code: 20500 }, 'unknown-outcome', 'twilio-20500'],
		[{ status: 502 }, 'unknown-outcome', 'twilio-502'],
		[{ status: 503 }, 'retryable', 'twilio-503'],
		[{ status: 401, code: 20003 }, 'retryable', 'twilio-20003'],
		[{ status: 400, code: 21211 }, 'permanent', 'twilio-21211'],
		[{ status: 400, code: 21408 }, 'permanent', 'twilio-21408'],
		[{ status: 400, code: 21610 }, 'permanent', 'opted-out'],
		[{ status: 400, code: 21614 }, 'permanent', 'twilio-21614'],
		[{ status: 404, code: 20404 }, 'permanent', 'twilio-20404'],
		[{ code: 'ECONNREFUSED' }, 'retryable', 'twilio-econnrefused'],
		[{ code: 'ENOTFOUND' }, 'retryable', 'twilio-enotfound'],
		[{ code: 'ECONNRESET' }, 'unknown-outcome', 'twilio-econnreset'],
		[{ code: 'ECONNABORTED' }, 'unknown-outcome', 'twilio-econnaborted'],
		[{}, 'unknown-outcome', 'twilio-failed'],
	])('%j is %s', (error, kind, code) => {
		expect(failed(error)).toMatchObject({ kind, code });
	});

	it('says what to do where somebody can do something', () => {
		expect(failed({ status: 401, code: 20003 }).hint).toContain('TWILIO_AUTH_TOKEN');
		expect(failed({ status: 400, code: 21610 }).hint).toContain('START');
	});
});
