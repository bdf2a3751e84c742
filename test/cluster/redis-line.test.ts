import { openRedisLine } from '@errand/core/adapters/redis/open-redis-line.ts';
import { expect, inject, test, vi } from 'vitest';
import { freePort } from '../support/server-process.ts';
import { eventually, testLines } from './support/redis-lines.ts';

const lines = testLines();

test('says at once that Redis lets nobody in, and after a while that there is none', async () => {
	const options = { cluster: 'nobody', self: 'one', log: lines.log, patienceMs: 400 };
	const url = new URL(inject('redisUrl'));
	url.username = 'nobody';
	url.password = 'wrong';
	const refused = openRedisLine({ ...options, url: url.href, patienceMs: 60_000 });
	await expect(refused).rejects.toMatchObject({ code: 'invalid-config' });
	const away = openRedisLine({ ...options, url: `redis://127.0.0.1:${await freePort()}` });
	await expect(away).rejects.toMatchObject({ code: 'store-unreachable' });
});

test('tells of an outage once, lets commands fail after a bounded time, and comes back by itself', async () => {
	const { line, proxy } = await lines.openThroughProxy('one');
	const reading = line.connect('reading');
	const blocked = reading.blpop(`{${line.keys.cluster}:list}`, 30);
	const warned = vi.mocked(lines.log.warn);
	warned.mockClear();
	const changes: boolean[] = [];
	line.onReachableChange((reachable) => changes.push(reachable));
	proxy.cut();
	await eventually(() => expect(line.reachable()).toBe(false));
	await expect(line.commands.get('anything')).rejects.toThrow();
	expect(warned.mock.calls.map(([event]) => event)).toEqual(['redis unreachable']);
	proxy.heal();
	await eventually(() => expect(changes).toEqual([false, true]));
	// What blocks was waiting all the time.
	await line.commands.rpush(`{${line.keys.cluster}:list}`, 'x');
	expect(await blocked).toEqual([`{${line.keys.cluster}:list}`, 'x']);
});
