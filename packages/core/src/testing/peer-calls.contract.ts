import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CoreError } from '../domain/errors.ts';
import { type IPeerCalls, MAX_CALL_LENGTH } from '../ports/peer-calls.ts';

/** peerCallsContract declares what every IPeerCalls promises; `setup` gives the one that serves and the one that asks. */
export function peerCallsContract(
	name: string,
	setup: () => Promise<{ readonly serves: IPeerCalls; readonly asks: IPeerCalls }>,
	teardown: () => Promise<void>,
): void {
	describe(`${name} keeps the contract of calls between processes`, () => {
		let serves: IPeerCalls;
		let asks: IPeerCalls;
		const patient = { timeoutMs: 10_000 };
		/** Serving begins in a moment. */
		const answered = (name: string, request: string) =>
			vi.waitFor(() => asks.ask(name, request, patient), { timeout: 10_000, interval: 20 });
		beforeEach(async () => {
			({ serves, asks } = await setup());
		});
		afterEach(teardown);

		test('brings each its own answer', async () => {
			serves.serve('twice', async (text) => {
				await wait(text === 'slow' ? 50 : 0);
				return text + text;
			});
			expect(await answered('twice', 'ho')).toBe('hoho');
			const both = await Promise.all(['slow', 'ü'].map((text) => asks.ask('twice', text, patient)));
			expect(both).toEqual(['slowslow', 'üü']);
		});

		test('says at once that nobody serves a name, and again once nobody does any more', async () => {
			await expect(asks.ask('nobody', 'x', patient)).rejects.toMatchObject({ code: 'frontend-down' });
			const stop = serves.serve('soon over', async () => 'here');
			expect(await answered('soon over', 'x')).toBe('here');
			stop();
			const askedAgain = () => expect(asks.ask('soon over', 'x', { timeoutMs: 200 })).rejects;
			await vi.waitFor(() => askedAgain().toMatchObject({ code: 'frontend-down' }), { timeout: 10_000 });
		});

		test('waits no longer than asked to', async () => {
			serves.serve('slow', (text) => (text === 'at once' ? Promise.resolve('now') : new Promise(() => undefined)));
			await answered('slow', 'at once');
			await expect(asks.ask('slow', 'never', { timeoutMs: 50 })).rejects.toMatchObject({ code: 'timed-out' });
		});

		test('brings a refusal as it was worded', async () => {
			serves.serve('full', async () => {
				throw new CoreError('disk-full', 'There is no room.', { hint: 'Make some.' });
			});
			const refusal = { code: 'disk-full', message: 'There is no room.', hint: 'Make some.' };
			await vi.waitFor(() => expect(asks.ask('full', 'x', patient)).rejects.toMatchObject(refusal), {
				timeout: 10_000,
			});
		});

		test('refuses what is too large, in both directions', async () => {
			const large = 'x'.repeat(MAX_CALL_LENGTH + 1);
			serves.serve('large', async (text) => (text === 'more' ? large : text.slice(1)));
			await answered('large', 'x');
			expect(await asks.ask('large', large.slice(1), patient)).toHaveLength(MAX_CALL_LENGTH - 1);
			for (const text of ['more', large])
				await expect(asks.ask('large', text, patient)).rejects.toMatchObject({ code: 'too-large' });
		});
	});
}
