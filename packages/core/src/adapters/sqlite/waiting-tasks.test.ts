import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { asPersonId, asStreamId } from '../../domain/ids.ts';
import { newHistorySigner } from '../files/history-signer.ts';
import { openSqliteStore } from './open-sqlite-store.ts';

it('looks again at tasks that wait, kept when those that waited for a new day owed nothing', async () => {
	const root = mkdtempSync(join(tmpdir(), 'errand-waiting-'));
	onTestFinished(() => rmSync(root, { recursive: true, force: true }));
	const [path, signer] = [join(root, 'history.db'), newHistorySigner()];
	const before = openSqliteStore({ path, signer });
	const kept = [
		['task-waits', { goal: 'x', status: 'waiting' }],
		['task-done', { goal: 'say "status":"waiting"', status: 'done' }],
		['backlog-1', { status: 'waiting' }],
	] as const;
	for (const [name, summary] of kept) {
		const index = { person: asPersonId('ann'), dueAt: null, summary };
		const facts = [{ type: 'Said', v: 1, data: {} }];
		await before.events.append({ stream: asStreamId(name), expectedSeq: 0, facts, at: 1_000, index });
	}
	before.close();
	const db = new DatabaseSync(path);
	db.exec('PRAGMA user_version = 4');
	db.close();
	const after = openSqliteStore({ path, signer });
	const open = await after.events.openStreams({ after: '', limit: 10 });
	after.close();
	expect(open).toEqual([{ stream: 'task-waits', dueAt: 0 }]);
});
