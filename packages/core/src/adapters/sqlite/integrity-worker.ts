import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

// Runs SQLite's own check of every page and index in a thread of its own, because it cannot be done in pieces.
const { path }: { path: string } = workerData;
const db = new DatabaseSync(path, { readOnly: true });
try {
	parentPort?.postMessage(db.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check']);
} finally {
	db.close();
}
