import { Queue, Worker } from 'bullmq';
import { Pool } from 'pg';
import type { StepLoop } from './step-loop.ts';

const QUEUE = 'bare';

/**
 * openLoop opens the cluster's loop without us: for each step one row of facts in Postgres, committed, and one job through
 * BullMQ to a worker in another process; no rules, no fairness, no fencing.
 */
export async function openLoop(databaseUrl: string, redisUrl: string): Promise<StepLoop> {
	const pool = new Pool({ connectionString: databaseUrl, max: 8 });
	await pool.query('CREATE TABLE facts (stream text, seq int, data text, PRIMARY KEY (stream, seq))');
	const connection = bareConnection(redisUrl);
	const queue = new Queue(QUEUE, { connection, defaultJobOptions: { removeOnComplete: true } });
	const outcomes = new Map<string, () => void>();
	const answers = new Worker(
		`${QUEUE}-outcomes`,
		async ({ data }: { data: { step: string } }) => outcomes.get(data.step)?.(),
		{ connection, concurrency: 100, removeOnComplete: { count: 0 } },
	);
	answers.on('error', (error) => console.error(error));
	await answers.waitUntilReady();
	let count = 0;
	const append = (stream: string, seq: number, facts: unknown) =>
		pool.query({
			name: 'append',
			text: 'INSERT INTO facts (stream, seq, data) VALUES ($1, $2, $3)',
			values: [stream, seq, JSON.stringify(facts)],
		});
	return {
		async run(levels) {
			const stream = `task-${count++}`;
			let seq = 1;
			await append(stream, seq++, [{ type: 'TaskSubmitted', data: { goal: 'bench', levels } }]);
			for (const [level, width] of levels.entries()) {
				const steps = Array.from({ length: width }, async (_, index) => {
					const step = `${stream}.${level}-${index}`;
					const ended = new Promise<void>((resolve) => outcomes.set(step, resolve));
					await queue.add('step', { step });
					await ended;
					outcomes.delete(step);
					const data = { step, attempt: 1, run: 1, worker: 'bare', output: { ok: true } };
					await append(stream, seq++, [
						{ type: 'StepStarted', data },
						{ type: 'StepCompleted', data },
					]);
				});
				await Promise.all(steps);
			}
		},
		async close() {
			await answers.close();
			await queue.close();
			await pool.end();
		},
	};
}

/** bareConnection is how BullMQ reaches a Redis on this machine. */
export function bareConnection(redisUrl: string) {
	return { host: '127.0.0.1', port: Number(new URL(redisUrl).port), maxRetriesPerRequest: null };
}
