import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenWorkflow } from 'openworkflow';
import { BackendSqlite } from 'openworkflow/sqlite';
import type { StepLoop } from '../loops/step-loop.ts';

/**
 * openLoop opens openworkflow on SQLite (WAL, synchronous FULL, as it comes) with a worker of 50 runs at once in this
 * process. Its own way to wait for a result looks once a second, so the end of the workflow's function is taken instead:
 * a little before the result is stored.
 */
export async function openLoop(): Promise<StepLoop> {
	const folder = mkdtempSync(join(tmpdir(), 'errand-bench-openworkflow-'));
	const backend = BackendSqlite.connect(join(folder, 'openworkflow.db'));
	const engine = new OpenWorkflow({ backend });
	const ended = new Map<number, () => void>();
	let begins: ((at?: number) => void) | undefined;
	const noop = () => {
		begins?.();
		begins = undefined;
		return { ok: true };
	};
	let count = 0;
	const graph = engine.defineWorkflow<{ id: number; levels: readonly number[] }, null>(
		{ name: 'graph' },
		async ({ input, step }) => {
			for (const [level, width] of input.levels.entries()) {
				const steps = Array.from({ length: width }, (_, index) => step.run({ name: `${level}-${index}` }, noop));
				await Promise.all(steps);
			}
			ended.get(input.id)?.();
			return null;
		},
	);
	const worker = engine.newWorker({ concurrency: 50 });
	await worker.start();
	return {
		async run(levels, begun) {
			begins = begun;
			const id = count++;
			const end = new Promise<void>((resolve) => ended.set(id, resolve));
			await graph.run({ id, levels });
			await end;
			ended.delete(id);
		},
		async close() {
			await worker.stop();
			await backend.stop();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
