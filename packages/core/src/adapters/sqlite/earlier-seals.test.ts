import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { asStreamId } from '../../domain/ids.ts';
import { newHistorySigner } from '../files/history-signer.ts';
import { openSqliteStore, type SqliteStore } from './open-sqlite-store.ts';

const root = mkdtempSync(join(tmpdir(), 'errand-earlier-seals-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const signer = newHistorySigner();
const stream = asStreamId('task-1');
let files = 0;
let path = '';

async function say(store: SqliteStore, from: number, to: number): Promise<void> {
	for (let seq = from; seq < to; seq++) {
		const facts = [{ type: 'Said', v: 1, data: { seq } }];
		await store.events.append({ stream, expectedSeq: seq, facts, at: 1_000, idempotencyKey: `key-${seq}` });
	}
}

function change(sql: string): void {
	const db = new DatabaseSync(path);
	db.exec(sql);
	db.close();
}

async function linesOf(store: SqliteStore): Promise<readonly string[]> {
	const lines: string[] = [];
	for await (const line of store.audit.export(stream)) lines.push(line);
	return lines;
}

/** A history of five commits as it was kept when seals had a table of their own. */
beforeEach(async () => {
	path = join(root, `history-${++files}.db`);
	const store = openSqliteStore({ path, signer });
	await say(store, 0, 5);
	store.close();
	change(`
		DROP VIEW seals;
		ALTER TABLE earlier_seals RENAME TO seals;
		INSERT INTO seals SELECT position, seal FROM appends WHERE seal IS NOT NULL;
		ALTER TABLE appends DROP COLUMN seal;
		PRAGMA user_version = 3`);
});

describe('a history whose seals have a table of their own', () => {
	it('goes on in one chain, verifies and is exported as ever', async () => {
		const store = openSqliteStore({ path, signer });
		const before = await linesOf(store);
		expect(await store.audit.verify()).toMatchObject({ ok: true, head: { position: 5 } });
		await say(store, 5, 8);
		const after = await linesOf(store);
		expect(after.slice(0, 5)).toEqual(before.slice(0, 5));
		expect(after).toHaveLength(9);
		store.close();
		const again = openSqliteStore({ path, signer });
		expect(await again.audit.verify()).toMatchObject({ ok: true, head: { position: 8 } });
		again.close();
	});

	it.each([
		['an edited one', `UPDATE earlier_seals SET hash = 'x' WHERE last_position = 3`, 3],
		['a removed one', 'DELETE FROM earlier_seals WHERE last_position = 3', 4],
		['an added one', `INSERT INTO earlier_seals VALUES (7, 'x')`, 7],
	])('shows %s, though later ones are kept with their commits', async (_, sql, position) => {
		const store = openSqliteStore({ path, signer });
		await say(store, 5, 9);
		store.close();
		change(sql);
		const changed = openSqliteStore({ path, signer });
		expect(await changed.audit.verify()).toMatchObject({ ok: false, position });
		changed.close();
	});
});
