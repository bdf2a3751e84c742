import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workerAcl } from '@errand/core/adapters/redis/worker-acl.ts';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { freePort } from '../support/server-process.ts';

const SCRIPT = join(import.meta.dirname, '../../deploy/redis.sh');

it('the Redis of deploy/ keeps what it is told, and keeps workers to the keys and channels of their Errand', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'errand-redis-'));
	const port = await freePort();
	const env = {
		...process.env,
		REDIS_DIR: folder,
		ERRAND_CLUSTER: 'home',
		REDIS_PASSWORD: 'a',
		REDIS_WORKER_PASSWORD: 'b',
	};
	const server = spawn('sh', [SCRIPT, '--port', String(port), '--bind', '127.0.0.1'], { env, stdio: 'ignore' });
	const exited = once(server, 'exit');
	const gateway = new Redis({ port, password: 'a', retryStrategy: () => 50, maxRetriesPerRequest: 100 });
	const worker = new Redis({
		port,
		username: 'worker',
		password: 'b',
		retryStrategy: () => 50,
		maxRetriesPerRequest: 100,
	});
	for (const client of [gateway, worker]) client.on('error', () => {});
	try {
		expect(await gateway.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
		expect(await gateway.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
		expect(await worker.set('{home:sessions}:holder:x', '1')).toBe('OK');
		expect(await worker.eval('return redis.call("GET", KEYS[1])', 1, '{home:sessions}:holder:x')).toBe('1');
		expect(await worker.publish('home:task:t1', 'half way')).toBe(0);
		await expect(worker.set('{other:sessions}:holder:x', '1')).rejects.toThrow('NOPERM');
		await expect(worker.publish('other:task:t1', 'half way')).rejects.toThrow('NOPERM');
		await gateway.call('ACL', 'SETUSER', 'model', 'on', '>b', ...workerAcl('home'));
		const ruled = async (user: string) => String(await gateway.call('ACL', 'GETUSER', user));
		expect(await ruled('worker')).toBe(await ruled('model'));
		await expect(worker.flushall()).rejects.toThrow('NOPERM');
		await expect(worker.config('GET', 'port')).rejects.toThrow('NOPERM');
	} finally {
		gateway.disconnect();
		worker.disconnect();
		server.kill();
		await exited;
		await rm(folder, { recursive: true, force: true });
	}
});
