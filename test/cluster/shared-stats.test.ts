import { randomUUID } from 'node:crypto';
import { openRedisLine, type RedisLine } from '@errand/core/adapters/redis/open-redis-line.ts';
import { SharedStats } from '@errand/core/adapters/redis/shared-stats.ts';
import { WorkerStats } from '@errand/core/domain/dispatch/worker-stats.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { afterEach, describe, expect, inject, it } from 'vitest';

const log = { debug() {}, info() {}, warn: console.warn, error: console.error };
const open: { stop(): Promise<void> }[] = [];
const lines: RedisLine[] = [];
afterEach(async () => {
	for (const one of open.splice(0)) await one.stop();
	for (const line of lines.splice(0)) await line.close();
});

describe('gateways', () => {
	it('learn from each other, before and after each other’s time, each run once', async () => {
		const cluster = `stats-${randomUUID().slice(0, 8)}`;
		const clock = new FakeClock();
		const gateway = async (self: string) => {
			const line = await openRedisLine({ url: inject('redisUrl'), cluster, self, log });
			lines.push(line);
			const stats = new WorkerStats({ halfLifeMs: 60_000 });
			const shared = new SharedStats({ line, stats, clock, log, everyMs: 1_000 });
			await shared.start();
			open.push(shared);
			return { line, stats, shared };
		};
		const run = { worker: 'w1', capability: 'web.read', ms: 100, microUsd: 0 };
		const known = ({ stats }: { stats: WorkerStats }) => {
			const { ok, failed } = stats.tally('web.read', 'w1', clock.now());
			return [Math.round(ok * 100) / 100, Math.round(failed * 100) / 100];
		};

		const first = await gateway('first');
		first.stats.record({ ...run, ok: true }, clock.now());
		await first.shared.stop();
		const second = await gateway('second');
		expect(known(second)).toEqual([1, 0]);

		second.stats.record({ ...run, ok: false }, clock.now());
		const third = await gateway('third');
		await second.shared.stop();
		// Twice over: what was heard before is replaced, not added.
		for (let round = 0; round < 2; round++) await new SharedStats({ ...parts(third), clock, log }).stop();
		expect(known(third)).toEqual([1, 1]);

		await clock.advance(60_000);
		await new SharedStats({ ...parts(third), clock, log }).stop();
		expect(known(third)).toEqual([0.5, 0.5]);

		await clock.advance(400_000);
		await new SharedStats({ ...parts(third), clock, log }).stop();
		expect(await third.line.commands.hlen(third.line.keys.workerStats)).toBe(1);
		expect(known(third)).toEqual([0, 0]);
	});
});

function parts({ line, stats }: { line: RedisLine; stats: WorkerStats }) {
	return { line, stats };
}
