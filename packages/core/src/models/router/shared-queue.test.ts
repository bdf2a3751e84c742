import { describe, expect, it } from 'vitest';
import type { ISharedTurns, ProviderNews, TurnAnswer, TurnWanted } from '../../ports/shared-turns.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { BriefLedger, played, playedModel, SILENT_LOG } from '../fixture/played-models.ts';
import { ModelRouter } from './model-router.ts';
import { ProviderGate } from './provider-gate.ts';
import type { RoutedModel } from './routed-model.ts';

const never = new AbortController().signal;

/** What two processes share, in one; `isAway` is Redis’s being away. */
class PlayedTurns {
	isAway = false;
	waitMs: number | undefined;
	readonly running = new Set<string>();
	readonly #listeners = new Set<{ of: object; hear: (news: ProviderNews) => void }>();

	/** As one process sees it. */
	seen(): ISharedTurns {
		const of = {};
		return {
			take: async (wanted) => this.#take(wanted),
			giveBack: (_provider, id) => void this.running.delete(id),
			callOff: (_provider, id) => void this.running.delete(id),
			tell: (news) => {
				for (const listener of this.#listeners) if (listener.of !== of) listener.hear(news);
			},
			listen: (hear) => {
				const listener = { of, hear };
				this.#listeners.add(listener);
				return () => void this.#listeners.delete(listener);
			},
		};
	}

	#take({ id, limits: { concurrency = 1 } }: TurnWanted): TurnAnswer | undefined {
		if (this.isAway) return undefined;
		if (this.running.size >= concurrency) return { given: false, waitMs: this.waitMs };
		this.running.add(id);
		return { given: true, waitMs: this.running.size >= concurrency ? this.waitMs : 0 };
	}
}

function setUp(processes: number) {
	const clock = new FakeClock(0);
	const turns = new PlayedTurns();
	const gates = Array.from(
		{ length: processes },
		() => new ProviderGate({ name: 'p', limits: { concurrency: 2 }, clock, chance: () => 0, turns: turns.seen() }),
	);
	const enter = (gate: ProviderGate | undefined, signal = never) =>
		(gate as ProviderGate).enter({ person: 'ann', tokens: 10, signal });
	return { clock, turns, gates, enter };
}

describe('a gate beside those of other processes', () => {
	it('lets all processes together make no more calls than one may, and all of them in the end', async () => {
		const { clock, turns, gates, enter } = setUp(3);
		let most = 0;
		let made = 0;
		const calls = Array.from({ length: 30 }, async (_, at) => {
			const turn = await enter(gates[at % 3]);
			made += 1;
			most = Math.max(most, turns.running.size);
			await new Promise<void>((resolve) => clock.after(100, resolve));
			turn.leave(10);
		});
		for (let rounds = 0; rounds < 200 && made < 30; rounds += 1) await clock.advance(50);
		await clock.advance(1_000);
		await Promise.all(calls);
		expect([most, made, turns.running.size]).toEqual([2, 30, 0]);
	});

	it('keeps to the limits by itself where nobody can tell what the others do', async () => {
		const { clock, turns, gates, enter } = setUp(1);
		turns.isAway = true;
		const [one, two] = await Promise.all([enter(gates[0]), enter(gates[0])]);
		let third = false;
		const waiting = enter(gates[0]).then((turn) => {
			third = true;
			return turn;
		});
		await clock.advance(1_000);
		expect(third).toBe(false);
		one.leave(1);
		await clock.advance(1);
		(await waiting).leave(1);
		two.leave(1);
	});

	it('leaves no turn behind for somebody who no longer waits', async () => {
		const { clock, turns, gates, enter } = setUp(2);
		const held = await Promise.all([enter(gates[0]), enter(gates[0])]);
		const gone = new AbortController();
		const waiting = enter(gates[1], gone.signal);
		gone.abort();
		await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
		for (const turn of held) turn.leave(1);
		await clock.advance(2_000);
		expect(turns.running.size).toBe(0);
		const again = await Promise.all([enter(gates[1]), enter(gates[1])]);
		expect(turns.running.size).toBe(2);
		for (const turn of again) turn.leave(1);
	});

	it('counts no call that was never made', async () => {
		const clock = new FakeClock(0);
		const turns = new PlayedTurns();
		const limits = { concurrency: 1, requestsPerMinute: 2 };
		const gates = [1, 2].map(
			() => new ProviderGate({ name: 'p', limits, clock, chance: () => 0, turns: turns.seen() }),
		);
		await gates[0]?.enter({ person: 'ann', tokens: 10, signal: never });
		for (let times = 0; times < 4; times += 1) {
			const gone = new AbortController();
			const waiting = gates[1]?.enter({ person: 'ann', tokens: 10, signal: gone.signal });
			await clock.advance(1);
			gone.abort();
			await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
		}
		await clock.advance(3_000);
		expect(gates[1]?.waitMs(10)).toBe(0);
	});

	it('sends those home who wait when the process stops', async () => {
		const { gates, enter } = setUp(2);
		await Promise.all([enter(gates[0]), enter(gates[0])]);
		const waiting = enter(gates[1]);
		gates[1]?.stop();
		await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
	});
});

describe('routers of several processes', () => {
	function routers(models: readonly RoutedModel[], turns: PlayedTurns) {
		return [1, 2].map(() => {
			const clock = new FakeClock(0);
			const router = new ModelRouter({
				...{ models, clock, config: undefined, log: SILENT_LOG, secrets: [], turns: turns.seen(), chance: () => 0 },
				...{ ledger: new BriefLedger() as never, pinOf: async () => undefined, onHealth: () => {} },
			});
			const ask = () =>
				router.reply(
					{ purpose: 'plan', messages: [{ role: 'user', text: 'Well?' }], maxTokens: 10 },
					{ signal: never },
				);
			return { clock, router, ask };
		});
	}

	it('ask another provider at once where others have used up the minute of the first', async () => {
		const turns = new PlayedTurns();
		turns.waitMs = 40_000;
		const held = Promise.withResolvers<void>();
		const first = playedModel('a/one', async () => held.promise.then(() => played('One.')), {
			limits: { concurrency: 1 },
		});
		const second = playedModel('b/two', () => played('Two.'), { rank: 1 });
		const [here, there] = routers([first, second], turns);
		const slow = here?.ask();
		await here?.clock.advance(0);
		expect((await there?.ask())?.text).toBe('Two.');
		held.resolve();
		expect((await slow)?.text).toBe('One.');
	});

	it('wait for the only provider, and leave it alone for as long as another of them was told', async () => {
		const turns = new PlayedTurns();
		let asked = 0;
		const only = playedModel('a/one', () => {
			asked += 1;
			return played('One.');
		});
		const [here, there] = routers([only], turns);
		const teller = turns.seen();
		teller.tell({ kind: 'too-much', provider: 'a', forMs: 5_000 });
		const waiting = [here?.ask(), there?.ask()];
		await Promise.all([here?.clock.advance(4_000), there?.clock.advance(4_000)]);
		expect(asked).toBe(0);
		await Promise.all([here?.clock.advance(2_000), there?.clock.advance(2_000)]);
		await Promise.all(waiting);
		expect(asked).toBe(2);
	});

	it('look at a provider at once that another of them met trouble with', async () => {
		const turns = new PlayedTurns();
		let looks = 0;
		const model = playedModel('a/one', () => played('One.'), {
			probe: async () => {
				looks += 1;
			},
		});
		const [here] = routers([model], turns);
		here?.router.start();
		await here?.clock.advance(10_000);
		const before = looks;
		await here?.clock.advance(4_000);
		expect(looks).toBe(before);
		turns.seen().tell({ kind: 'trouble', provider: 'a' });
		expect(looks).toBe(before + 1);
		here?.router.stop();
	});
});
