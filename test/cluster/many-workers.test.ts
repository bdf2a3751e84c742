import { expect, test } from 'vitest';
import { measureManyWorkers } from '../simulation/many-workers.ts';
import { startRedis } from '../support/redis-server.ts';

test('three hundred workers are known to a gateway, and their heartbeats cost little', async () => {
	// One of its own, whose traffic is nobody else's.
	const redis = await startRedis();
	try {
		const many = await measureManyWorkers(redis.url, 300, 1_500);
		expect(many.known).toBe(300);
		// Two heartbeats a second each, and what the gateway reads; a beat that tells nothing new is small.
		expect(many.idle.commands).toBeLessThan(300 * 20);
		expect(many.idle.bytesIn).toBeLessThan(300 * 2_000);
		expect(many.busy.bytesIn + many.busy.bytesOut).toBeLessThan(300 * 10_000);
		expect(many.redisMemory).toBeLessThan(300 * 50_000);
	} finally {
		await redis.stop();
	}
});
