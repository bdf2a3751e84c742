import { describe, expect, it } from 'vitest';
import { CoreError } from '../../domain/errors.ts';
import type { IModelLedger } from '../../ports/model-ledger.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { BriefLedger, played, playedModel, SILENT_LOG } from '../fixture/played-models.ts';
import { ModelRouter } from './model-router.ts';
import type { HealthChange } from './model-stand.ts';

/** Two models of one provider in a process whose line and replies can be broken. */
function setUp({ isAtHome = false } = {}) {
	const clock = new FakeClock(1_000_000);
	const world = { line: true, replies: true, hangs: false };
	const looks: number[] = [];
	const changes: (HealthChange & { at: number })[] = [];
	let asked = 0;
	const down = () => new CoreError('model-unavailable', 'It is down.', { hint: 'Wait.' });
	const answer = () => {
		asked += 1;
		if (!world.line) throw Object.assign(down(), { line: true, tries: 1 });
		if (!world.replies) throw Object.assign(down(), { status: 500, tries: 1 });
		return played('Hi.');
	};
	const probe = async (signal: AbortSignal) => {
		looks.push(clock.now() - 1_000_000);
		if (world.hangs) await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
		if (!world.line) throw down();
	};
	const router = new ModelRouter({
		models: ['p/one', 'p/two'].map((name, rank) => playedModel(name, answer, { probe, rank, isAtHome })),
		...{ config: undefined, clock, log: SILENT_LOG, secrets: [], ledger: new BriefLedger() as unknown as IModelLedger },
		pinOf: async () => undefined,
		onHealth: (change) => void changes.push({ ...change, at: clock.now() - 1_000_000 }),
	});
	const ask = (model?: string) =>
		router.reply(
			{ purpose: 'plan', model, messages: [{ role: 'user', text: 'Hi' }], maxTokens: 100 },
			{ signal: new AbortController().signal },
		);
	return { clock, world, looks, changes, router, ask, asked: () => asked };
}

describe('the health of models', () => {
	it('is looked at once at the start, then rarely while all is well, and not at all where traffic tells', async () => {
		const { clock, looks, changes, router, ask } = setUp();
		router.start();
		router.start();
		await clock.advance(1_000);
		expect(changes.map(({ name, health }) => `${name} ${health}`)).toEqual(['p/one up', 'p/two up']);
		await clock.advance(180_000);
		expect(looks).toEqual([0, 60_000, 120_000, 180_000]);
		for (let minute = 0; minute < 5; minute += 1) {
			await clock.advance(30_000);
			await ask('p/one');
			await ask('p/two');
			await clock.advance(15_000);
		}
		expect(looks).toHaveLength(4);
		expect(changes).toHaveLength(2);
		router.stop();
		router.stop();
		expect(clock.waiting).toBe(0);
	});

	it('shows within ten seconds that a provider is gone and within five that it is back, each once', async () => {
		const { clock, world, changes, router, ask } = setUp();
		router.start();
		await clock.advance(12_000);
		changes.length = 0;
		world.line = false;
		await expect(ask('p/one')).rejects.toMatchObject({ code: 'model-unavailable' });
		await clock.advance(5_000);
		expect(changes).toMatchObject([{ name: 'p/one', health: 'down', trouble: 'It is down.' }]);
		await clock.advance(60_000);
		expect(changes.map(({ name, health }) => `${name} ${health}`)).toEqual(['p/one down', 'p/two down']);
		expect(changes.every(({ at }) => at <= 12_000 + 10_000)).toBe(true);
		expect(router.views()).toMatchObject([
			{ health: 'down', since: 1_000_000 + (changes[0]?.at ?? 0) },
			{ health: 'down' },
		]);
		changes.length = 0;
		world.line = true;
		await clock.advance(5_000);
		expect(changes.map(({ name, health }) => `${name} ${health}`)).toEqual(['p/one up', 'p/two up']);
		router.stop();
	});

	it('shows within five seconds that one at home is gone, though nobody asks it, and takes two late answers for that', async () => {
		const { clock, world, looks, changes, router } = setUp({ isAtHome: true });
		router.start();
		await clock.advance(11_000);
		expect(looks).toEqual([0, 5_000, 10_000]);
		changes.length = 0;
		world.hangs = true;
		await clock.advance(5_000);
		world.hangs = false;
		await clock.advance(5_000);
		expect(changes).toEqual([]);
		world.line = false;
		await clock.advance(5_000);
		expect(changes.map(({ name, health }) => `${name} ${health}`)).toEqual(['p/one down', 'p/two down']);
		world.line = true;
		await clock.advance(5_000);
		expect(changes.slice(2).map(({ name, health }) => `${name} ${health}`)).toEqual(['p/one up', 'p/two up']);
		router.stop();
	});

	it('takes a provider that gives no sign of life for gone', async () => {
		const { clock, world, changes, router } = setUp();
		world.hangs = true;
		router.start();
		await clock.advance(5_000);
		expect(changes).toMatchObject([
			{ name: 'p/one', health: 'down', trouble: 'gave no sign of life for 4.5 s' },
			{ name: 'p/two', health: 'down' },
		]);
		router.stop();
	});

	it('spares a model whose replies fail, though its provider is there: it is tried once after each rest, which grow', async () => {
		const { clock, world, changes, router, ask, asked } = setUp();
		router.start();
		await clock.advance(1_000);
		changes.length = 0;
		world.replies = false;
		for (let n = 0; n < 3; n += 1) await expect(ask('p/one')).rejects.toThrow('It is down.');
		expect(asked()).toBe(3);
		// For a minute somebody asks every second.
		for (let second = 0; second < 60; second += 1) {
			await clock.advance(1_000);
			const error = await ask('p/one').catch((thrown: unknown) => thrown);
			expect(error).toMatchObject({ code: 'model-unavailable' });
			if (second === 5) expect(error).toMatchObject({ retryAfterMs: 24_000 });
		}
		expect(asked()).toBe(4);
		expect(changes.length).toBeLessThanOrEqual(3);
		// Others of the same provider go on.
		world.replies = true;
		expect((await ask()).text).toBe('Hi.');
		await clock.advance(60_000);
		expect((await ask('p/one')).text).toBe('Hi.');
		expect(router.views()[0]).toMatchObject({ health: 'up' });
		router.stop();
	});

	it('never flaps, however calls fail and succeed in turn', async () => {
		const { clock, world, changes, router, ask } = setUp();
		router.start();
		await clock.advance(1_000);
		changes.length = 0;
		for (let n = 0; n < 100; n += 1) {
			world.replies = n % 3 === 0;
			await ask('p/one').catch(() => undefined);
			await clock.advance(500);
		}
		expect(changes).toEqual([]);
		router.stop();
	});
});
