import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { ProviderGate, type Turn } from './provider-gate.ts';
import type { ProviderLimits } from './routed-model.ts';

const never = new AbortController().signal;

function setUp(limits: ProviderLimits) {
	const clock = new FakeClock(0);
	const gate = new ProviderGate({ name: 'p', limits, clock, chance: () => 0 });
	const enter = (person = 'ann', tokens = 10, signal = never) => gate.enter({ person, tokens, signal });
	return { clock, gate, enter };
}

/** The most that fell into any span of so many ms. */
function mostWithin(ms: number, starts: readonly { at: number; tokens: number }[]) {
	let requests = 0;
	let tokens = 0;
	for (const { at } of starts) {
		const span = starts.filter((one) => one.at >= at && one.at < at + ms);
		requests = Math.max(requests, span.length);
		tokens = Math.max(
			tokens,
			span.reduce((sum, one) => sum + one.tokens, 0),
		);
	}
	return { requests, tokens };
}

describe('the gate to a provider', () => {
	it('keeps every limit in a load of 1,000 calls, and lets all of them through', async () => {
		const { clock, enter } = setUp({ concurrency: 7, requestsPerMinute: 120, tokensPerMinute: 9_000 });
		const starts: { at: number; tokens: number }[] = [];
		let running = 0;
		let most = 0;
		const calls = Array.from({ length: 1_000 }, async (_, at) => {
			const tokens = 20 + ((at * 37) % 100);
			const turn = await enter(`person ${at % 13}`, tokens);
			starts.push({ at: clock.now(), tokens });
			running += 1;
			most = Math.max(most, running);
			await new Promise<void>((resolve) => clock.after(300 + ((at * 71) % 900), resolve));
			running -= 1;
			turn.leave(tokens);
		});
		for (let minute = 0; minute < 20 && starts.length < 1_000; minute += 1) await clock.advance(60_000);
		await clock.advance(10_000);
		await Promise.all(calls);
		expect(most).toBe(7);
		const { requests, tokens } = mostWithin(60_000, starts);
		expect(requests).toBeLessThanOrEqual(120);
		expect(tokens).toBeLessThanOrEqual(9_000);
		// And not much less than it may.
		expect(tokens).toBeGreaterThan(8_000);
	});

	it('says how long one would wait behind those who wait, by the calls and tokens of a minute', async () => {
		const { gate, enter } = setUp({ concurrency: 1, requestsPerMinute: 4, tokensPerMinute: 1_000 });
		const turn = await enter();
		expect(gate.waitMs(10)).toBeLessThan(10_000);
		const stop = new AbortController();
		const waiting = [enter(), enter(), enter('bob', 10, stop.signal)];
		expect(gate.waitMs(10)).toBeGreaterThanOrEqual(60_000);
		stop.abort();
		await expect(waiting.pop()).rejects.toMatchObject({ code: 'cancelled' });
		expect(gate.waitMs(10)).toBeLessThan(10_000);
		expect(gate.waitMs(980)).toBeGreaterThanOrEqual(60_000);
		turn.leave();
		for (const one of waiting) (await one).leave();
		expect(gate.waitMs(10)).toBe(0);
		expect(gate.waitMs(980)).toBeGreaterThanOrEqual(60_000);
	});

	it('serves people in turn, however much one of them has waiting', async () => {
		const { enter } = setUp({ concurrency: 1 });
		const order: string[] = [];
		const turns: Turn[] = [await enter('ann')];
		const waiting = ['ann', 'ann', 'ann', 'bob', 'cid', 'bob'].map(async (person) => {
			const turn = await enter(person);
			order.push(person);
			turn.leave();
		});
		turns[0]?.leave();
		await Promise.all(waiting);
		expect(order).toEqual(['ann', 'bob', 'cid', 'ann', 'bob', 'ann']);
	});

	it('takes out who no longer waits, and serves those behind', async () => {
		const { gate, enter } = setUp({ concurrency: 1 });
		const turn = await enter();
		const stop = new AbortController();
		const given = enter('ann', 10, stop.signal);
		const next = enter('bob');
		expect(gate.waiting).toBe(2);
		stop.abort();
		await expect(given).rejects.toMatchObject({ code: 'cancelled' });
		turn.leave();
		turn.leave();
		await next;
		expect([gate.waiting, gate.running]).toEqual([0, 1]);
	});

	it('is closed for as long as a provider wishes that said “too much”, and narrower after that until answers come', async () => {
		const { clock, gate, enter } = setUp({ concurrency: 8 });
		const turns = await Promise.all(Array.from({ length: 8 }, () => enter()));
		gate.tooMuch(4_000);
		// The rest of the same storm counts once.
		gate.tooMuch(4_000);
		for (const turn of turns) turn.leave();
		let entered: Turn[] = [];
		const waiting = Array.from({ length: 12 }, () => enter().then((turn) => void entered.push(turn)));
		await clock.advance(3_999);
		expect(entered).toHaveLength(0);
		await clock.advance(1);
		expect(entered).toHaveLength(4);
		for (let round = 0; round < 40 && gate.running > 0; round += 1) {
			const now = entered;
			entered = [];
			for (const turn of now) {
				gate.answered();
				turn.leave();
			}
			await clock.advance(1);
		}
		await Promise.all(waiting);
		const again = Array.from({ length: 8 }, () => gate.tryEnter(1));
		expect(again.filter((turn) => turn !== undefined).length).toBeGreaterThan(4);
	});

	it('sends all home at once where a provider wishes to be left alone for long', async () => {
		const { gate, enter } = setUp({ concurrency: 1 });
		await enter();
		const waiting = enter('bob');
		gate.tooMuch(120_000);
		await expect(waiting).rejects.toMatchObject({ code: 'model-unavailable', retryAfterMs: 30_000 });
		await expect(enter('cid')).rejects.toMatchObject({ code: 'model-unavailable' });
		// Half a minute later one may see whether that still holds.
		expect(gate.shutUntil).toBe(30_000);
	});

	it('sends home who waits where nothing has moved for ten minutes', async () => {
		const { clock, enter } = setUp({ concurrency: 1 });
		await enter();
		const waiting = enter('bob');
		const refused = expect(waiting).rejects.toMatchObject({ code: 'model-unavailable' });
		await clock.advance(600_001);
		await refused;
		expect(clock.waiting).toBe(0);
	});

	it('lets a request alone that is larger than the tokens of a whole minute', async () => {
		const { clock, enter } = setUp({ tokensPerMinute: 100 });
		(await enter('ann', 90)).leave(90);
		let entered = false;
		const large = enter('ann', 500).then(() => {
			entered = true;
		});
		await clock.advance(59_000);
		expect(entered).toBe(false);
		await clock.advance(2_000);
		await large;
	});
});
