import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** fileDamage says what SQLite's full check of a file found; undefined if it is sound. It runs beside this thread and its appends. */
export async function fileDamage(path: string): Promise<string | undefined> {
	const worker = new Worker(new URL('./integrity-worker.ts', import.meta.url), { workerData: { path } });
	const [found]: unknown[] = await once(worker, 'message');
	return found === 'ok' ? undefined : String(found);
}
