import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type ServerProcess, startServerProcess } from './server-process.ts';
import { redisProgram, serversMissing } from './servers-missing.ts';

/** RedisServer is a private Redis on loopback with its data in a temporary folder. */
export interface RedisServer {
	readonly url: string;
	readonly port: number;
	readonly pid: number;
	/** Ends it for good and removes its data. */
	stop(): Promise<void>;
	/** SIGKILL; `restart` brings it back with what its journal holds. */
	kill(): Promise<void>;
	/** Ends it if it runs and starts it again on the same port; with `wipe` it comes back empty. */
	restart(options?: { readonly wipe?: boolean }): Promise<void>;
}

/** startRedis starts one; with `aof` it keeps a journal, synced once a second, as a production server does, or with every command. */
export async function startRedis({
	aof = false,
	synced = 'everysec',
}: {
	readonly aof?: boolean;
	readonly synced?: 'everysec' | 'always';
} = {}): Promise<RedisServer> {
	const command = redisProgram();
	if (command === undefined) throw new Error(serversMissing());
	const folder = mkdtempSync(join(tmpdir(), 'errand-test-redis-'));
	const removeData = () => rmSync(folder, { recursive: true, force: true });
	process.once('exit', removeData);
	const port = await freePort();
	const settings = {
		bind: '127.0.0.1',
		port: String(port),
		dir: folder,
		save: '',
		appendonly: aof ? 'yes' : 'no',
		appendfsync: synced,
		'maxmemory-policy': 'noeviction',
	};
	const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
	const start = () =>
		startServerProcess({
			command,
			args,
			cwd: folder,
			readyLine: 'Ready to accept connections',
			orphanSignal: 'KILL',
		});
	let server: ServerProcess = await start();
	return {
		url: `redis://127.0.0.1:${port}`,
		port,
		get pid() {
			return server.pid;
		},
		stop: async () => {
			await server.end('SIGKILL');
			process.off('exit', removeData);
			removeData();
		},
		kill: () => server.end('SIGKILL'),
		restart: async ({ wipe = false } = {}) => {
			await server.end(wipe ? 'SIGKILL' : 'SIGTERM');
			if (wipe) rmSync(join(folder, 'appendonlydir'), { recursive: true, force: true });
			server = await start();
		},
	};
}
