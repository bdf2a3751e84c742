import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type Service, startService } from './service.ts';

/** startRedis starts a Redis whose journal is synced once a second, as BullMQ recommends for production; undefined where there is none. */
export async function startRedis(): Promise<Service | undefined> {
	if (spawnSync('redis-server', ['--version']).status !== 0) return undefined;
	const folder = mkdtempSync(join(tmpdir(), 'errand-bench-redis-'));
	const port = await freePort();
	const settings = { bind: '127.0.0.1', dir: folder, save: '', appendonly: 'yes', appendfsync: 'everysec' };
	const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
	const stop = await startService({
		command: 'redis-server',
		args: ['--port', String(port), '--maxmemory-policy', 'noeviction', ...args],
		cwd: folder,
		readyLine: 'Ready to accept connections',
		stopSignal: 'SIGTERM',
	});
	return {
		url: `redis://127.0.0.1:${port}`,
		stop: async () => {
			await stop();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
