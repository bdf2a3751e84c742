import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StepLoop } from './step-loop.ts';

/** openLoop opens the loop without us: facts as JSON rows in SQLite, group commit, an inline no-op handler, no rules at all. */
export function openLoop(): StepLoop {
	const folder = mkdtempSync(join(tmpdir(), 'errand-bare-'));
	const db = new DatabaseSync(join(folder, 'bare.db'));
	db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
	db.exec('CREATE TABLE facts (stream TEXT, seq INTEGER, data TEXT, PRIMARY KEY (stream, seq)) WITHOUT ROWID');
	const insert = db.prepare('INSERT INTO facts (stream, seq, data) VALUES (?, ?, ?)');
	let queued: { row: [string, number, string]; done: () => void }[] = [];
	const flush = () => {
		const batch = queued;
		queued = [];
		db.exec('BEGIN');
		for (const { row } of batch) insert.run(...row);
		db.exec('COMMIT');
		for (const { done } of batch) done();
	};
	const append = (stream: string, seq: number, facts: unknown) =>
		new Promise<void>((done) => {
			if (queued.length === 0) setImmediate(flush);
			queued.push({ row: [stream, seq, JSON.stringify(facts)], done });
		});
	let count = 0;
	return {
		async run(levels, begun) {
			const stream = `task-${count++}`;
			let seq = 1;
			await append(stream, seq++, [{ type: 'TaskSubmitted', data: { goal: 'bench', levels } }]);
			for (const [level, width] of levels.entries()) {
				const steps = Array.from({ length: width }, async (_, index) => {
					if (seq === 2) begun?.();
					const output = noop();
					const data = { stepId: `${level}-${index}`, attempt: 1, run: 1, worker: 'bare', output };
					// The outcome of a step and the start of the next are one append.
					await append(stream, seq++, [
						{ type: 'StepStarted', data },
						{ type: 'StepCompleted', data },
					]);
				});
				await Promise.all(steps);
			}
		},
		close() {
			db.close();
			rmSync(folder, { recursive: true });
		},
	};
}

function noop(): { ok: boolean } {
	return { ok: true };
}
