import { setTimeout as wait } from 'node:timers/promises';
import { RedisSharedTurns } from '@errand/core/adapters/redis/redis-shared-turns.ts';
import type { ProviderNews, TurnWanted } from '@errand/core/ports/shared-turns.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { MAY_STARVE } from './support/may-starve.ts';
import { eventually, testLines } from './support/redis-lines.ts';

const lines = testLines();
const opened: RedisSharedTurns[] = [];
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

afterEach(() => {
	for (const turns of opened.splice(0)) turns.stop();
});

async function open(self: string, ttlMs = 10_000) {
	const line = await lines.open(self);
	const turns = new RedisSharedTurns({ line, log: silent, ttlMs });
	opened.push(turns);
	return { line, turns };
}

const wanted = (id: string, change: Partial<TurnWanted> = {}): TurnWanted => ({
	...{ provider: 'alder', id, tokens: 10, limits: { concurrency: 2 }, ...change },
});

describe('turns that processes share through Redis', () => {
	it('are as many as one provider may have, however often each is asked for', async () => {
		const [{ turns: here }, { turns: there }] = await Promise.all([open('one'), open('two')]);
		expect(await here.take(wanted('a'))).toEqual({ given: true, waitMs: 0 });
		expect(await here.take(wanted('a'))).toEqual({ given: true, waitMs: 0 });
		expect(await there.take(wanted('b'))).toEqual({ given: true, waitMs: undefined });
		expect(await there.take(wanted('c'))).toEqual({ given: false, waitMs: undefined });
		expect(await there.take(wanted('d', { provider: 'birch' }))).toEqual({ given: true, waitMs: 0 });
		here.giveBack('alder', 'a');
		here.giveBack('alder', 'a');
		await eventually(async () => expect(await there.take(wanted('c'))).toMatchObject({ given: true }));
		expect(await here.take(wanted('e'))).toMatchObject({ given: false });
	});

	it('count calls and tokens of a minute, as reckoned and then as they were', async () => {
		const [{ turns: here }, { turns: there }] = await Promise.all([open('one'), open('two')]);
		const limits = { requestsPerMinute: 4, tokensPerMinute: 100 };
		expect(await here.take(wanted('a', { limits, tokens: 90 }))).toMatchObject({ given: true });
		const refused = await there.take(wanted('b', { limits, tokens: 20 }));
		expect(refused?.given).toBe(false);
		expect(refused?.waitMs).toBeGreaterThan(50_000);
		here.giveBack('alder', 'a', 30);
		here.giveBack('alder', 'a', 30);
		await eventually(async () =>
			expect(await there.take(wanted('b', { limits, tokens: 20 }))).toMatchObject({ given: true }),
		);
		// 50 are gone; one larger than what is left waits, two more calls fit.
		expect(await here.take(wanted('c', { limits, tokens: 51 }))).toMatchObject({ given: false });
		expect(await here.take(wanted('d', { limits, tokens: 1 }))).toMatchObject({ given: true });
		const last = await here.take(wanted('e', { limits, tokens: 1 }));
		expect(last?.given).toBe(true);
		expect(last?.waitMs).toBeGreaterThan(50_000);
		expect(await there.take(wanted('f', { limits, tokens: 1 }))).toMatchObject({ given: false });
	});

	it('are as if never taken where the call was not made', async () => {
		const { turns } = await open('one');
		const limits = { requestsPerMinute: 1, tokensPerMinute: 100 };
		for (const id of ['a', 'b', 'c']) {
			expect(await turns.take(wanted(id, { limits, tokens: 90 }))).toMatchObject({ given: true });
			turns.callOff('alder', id);
			turns.callOff('alder', id);
		}
		expect(await turns.take(wanted('d', { limits, tokens: 90 }))).toMatchObject({ given: true });
		expect(await turns.take(wanted('e', { limits, tokens: 1 }))).toMatchObject({ given: false });
	});

	it('are free again once the process that had them is gone, and not while it goes on', MAY_STARVE, async () => {
		const [{ turns: dying }, { turns: living }, { turns: other }] = await Promise.all([
			open('dying', 1_500),
			open('living', 1_500),
			open('other', 1_500),
		]);
		await dying.take(wanted('a'));
		await living.take(wanted('b'));
		dying.stop();
		await eventually(async () => expect(await other.take(wanted('c'))).toMatchObject({ given: true }));
		await wait(2_000);
		expect(await other.take(wanted('d'))).toMatchObject({ given: false });
	});

	it('are known again to a Redis that lost everything', MAY_STARVE, async () => {
		const [{ turns: here, line }, { turns: there }] = await Promise.all([open('one', 1_500), open('two', 1_500)]);
		await Promise.all([here.take(wanted('a')), here.take(wanted('b'))]);
		await line.commands.del(...(['running', 'begun', 'tokens'] as const).map((part) => line.keys.turns('alder', part)));
		await eventually(async () => expect(await line.commands.zcard(line.keys.turns('alder', 'running'))).toBe(2));
		expect(await there.take(wanted('c'))).toMatchObject({ given: false });
	});

	it('are not waited for while Redis is away, and news reaches the others only', async () => {
		const [{ turns: here, line }, { turns: there }] = await Promise.all([open('one'), open('two')]);
		const heard: ProviderNews[] = [];
		const own: ProviderNews[] = [];
		const stops = [there.listen((news) => heard.push(news)), here.listen((news) => own.push(news))];
		const news = { kind: 'too-much', provider: 'alder', forMs: 2_000 } as const;
		await eventually(async () => {
			here.tell(news);
			await wait(20);
			expect(heard[0]).toMatchObject(news);
		});
		expect(own).toEqual([]);
		for (const stop of stops) stop();
		await line.close();
		expect(await here.take(wanted('z'))).toBeUndefined();
		here.tell(news);
		here.giveBack('alder', 'z', 5);
	});
});
