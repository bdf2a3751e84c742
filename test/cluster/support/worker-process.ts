import { join, resolve } from 'node:path';
import { workerAcl } from '@errand/core/adapters/redis/worker-acl.ts';
import { Redis } from 'ioredis';
import { type Program, startProgram } from '../../harness/program.ts';
import { freePort } from '../../support/server-process.ts';

/** WorkerProcess is a worker as it ships, in a process of its own. */
export interface WorkerProcess extends Program {
	/** Where it says how it is. */
	readonly url: string;
	/** The folder that nobody else uses. */
	readonly localDir: string;
}

/** startWorkerProcess starts one on a folder that all workers of a test share. In Redis it may do what a worker may, and nothing else. */
export async function startWorkerProcess(options: {
	readonly dataDir: string;
	readonly name: string;
	readonly redisUrl: string;
	readonly cluster: string;
	readonly args?: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
}): Promise<WorkerProcess> {
	const { dataDir, name, redisUrl, cluster, args = ['--concurrency', '4'], env } = options;
	const port = await freePort();
	const localDir = join(dataDir, `local-${name}`);
	const program = startProgram({
		entry: resolve(import.meta.dirname, '../../../apps/workers/src/main.ts'),
		args: ['--name', name, ...args],
		env: {
			PATH: process.env['PATH'],
			HOME: process.env['HOME'],
			CHROMIUM_PATH: process.env['CHROMIUM_PATH'],
			OLLAMA_HOST: '127.0.0.1:9',
			REDIS_URL: await asWorker(redisUrl, cluster),
			ERRAND_CLUSTER: cluster,
			ERRAND_DATA_DIR: dataDir,
			ERRAND_LOCAL_DIR: localDir,
			ERRAND_WORKER_PORT: String(port),
			...env,
		},
	});
	return Object.assign(program, { url: `http://127.0.0.1:${port}`, localDir });
}

async function asWorker(redisUrl: string, cluster: string): Promise<string> {
	const admin = new Redis(redisUrl);
	const name = `worker-${cluster}`;
	await admin.acl('SETUSER', name, 'reset', 'on', '>for-tests', ...workerAcl(cluster));
	admin.disconnect();
	const url = new URL(redisUrl);
	url.username = name;
	url.password = 'for-tests';
	return url.href;
}
