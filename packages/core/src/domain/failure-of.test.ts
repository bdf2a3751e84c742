import { expect, test } from 'vitest';
import { CoreError, type ErrorCode } from './errors.ts';
import { failureOf } from './failure-of.ts';

const coreError = (code: ErrorCode) => new CoreError(code, 'It did not work.', { hint: 'Do something else.' });

test.each(['fetch-failed', 'timed-out', 'rate-limited', 'disk-full'] as const)('tries %s again', (code) => {
	expect(failureOf(coreError(code))).toEqual({
		kind: 'retryable',
		code,
		message: 'It did not work.',
		hint: 'Do something else.',
	});
});

test.each(['invalid-input', 'address-refused', 'unreadable-document', 'too-large', 'internal'] as const)(
	'does not try %s again',
	(code) => {
		expect(failureOf(coreError(code))).toMatchObject({ kind: 'permanent', code, hint: 'Do something else.' });
	},
);

test('passes on the wait that an error asks for, and no nonsense', () => {
	const wait = (retryAfterMs: unknown) => failureOf(Object.assign(coreError('rate-limited'), { retryAfterMs }));
	expect(wait(5_000)).toHaveProperty('retryAfterMs', 5_000);
	for (const nonsense of [-1, '5', Number.NaN, null]) expect(wait(nonsense)).not.toHaveProperty('retryAfterMs');
});

test('takes an abort for a cancellation, however it is thrown', () => {
	const controller = new AbortController();
	controller.abort();
	const thrown = [
		controller.signal.reason,
		coreError('cancelled'),
		Object.assign(new Error('x'), { name: 'AbortError' }),
	];
	for (const error of thrown) expect(failureOf(error)).toMatchObject({ kind: 'cancelled', code: 'cancelled' });
});

test('tries anything unforeseen again, and tells what was thrown', () => {
	for (const error of [new TypeError('x is undefined'), 'x is undefined']) {
		const failure = failureOf(error);
		expect(failure).toMatchObject({ kind: 'retryable', code: 'internal' });
		expect(failure.message).toContain('x is undefined');
	}
	expect(failureOf(undefined).kind).toBe('retryable');
	expect(failureOf(new Error('y'.repeat(100_000))).message.length).toBeLessThan(3_000);
});
