import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
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

test('asks again whether it is a cluster where Redis was too busy to say, though the connection goes on', async () => {
	const redis = new URL(inject('redisUrl'));
	const asked: string[] = [];
	const server = createServer((client) => {
		const upstream = connect(Number(redis.port), redis.hostname);
		upstream.pipe(client);
		client.on('data', (sent) => {
			const isQuestion = /info\r\n\$7\r\ncluster/i.test(String(sent));
			if (isQuestion) asked.push(String(sent));
			if (isQuestion && asked.length === 1) client.write('-BUSY Redis is busy running a script.\r\n');
			else upstream.write(sent);
		});
		for (const [one, other] of [
			[client, upstream],
			[upstream, client],
		] as const) {
			one.on('error', () => {});
			one.on('close', () => other.destroy());
		}
	}).listen(0, '127.0.0.1');
	lines.cleanUp(() => server.close());
	await once(server, 'listening');
	const url = new URL(redis);
	url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
	const line = await openRedisLine({ url: url.href, cluster: 'busy', self: 'one', log: lines.log });
	lines.cleanUp(() => line.close());
	expect(line.reachable()).toBe(true);
	expect(asked).toHaveLength(2);
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
