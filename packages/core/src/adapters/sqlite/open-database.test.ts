import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { asStreamId } from '../../domain/ids.ts';
import { newHistorySigner } from '../files/history-signer.ts';
import { openSqliteStore } from './open-sqlite-store.ts';

const root = mkdtempSync(join(tmpdir(), 'errand-open-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const signer = newHistorySigner();
let files = 0;
const newPath = () => join(root, `history-${++files}.db`);
const open = (path: string) => openSqliteStore({ path, signer });

async function written(appends = 50): Promise<string> {
	const path = newPath();
	const store = open(path);
	const append = (seq: number) => {
		const facts = [{ type: 'Said', v: 1, data: { text: 'x'.repeat(1_000) } }];
		return store.events.append({ stream: asStreamId('task-1'), expectedSeq: seq, facts, at: 1_000 });
	};
	await Promise.all(Array.from({ length: appends }, (_, seq) => append(seq)));
	// Opening checks the last commit only.
	await append(appends);
	store.close();
	return path;
}

/** The refusal, after which the file must be as it was. */
function refused(path: string): unknown {
	const before = readFileSync(path);
	try {
		open(path).close();
		return 'opened';
	} catch (error) {
		expect(readFileSync(path).equals(before)).toBe(true);
		return error;
	}
}

describe('opening a history', () => {
	it('refuses a file of a newer Errand, names both versions and leaves it alone', async () => {
		const path = await written();
		const db = new DatabaseSync(path);
		db.exec('PRAGMA user_version = 99');
		db.close();
		expect(refused(path)).toMatchObject({ code: 'store-newer', message: expect.stringContaining('version 99') });
	});

	it('refuses a file that is no database', () => {
		const path = newPath();
		writeFileSync(path, 'Dear diary,\n'.repeat(100));
		expect(refused(path)).toMatchObject({ code: 'store-corrupt', hint: expect.stringContaining('backup') });
	});

	it('refuses a database of another program', () => {
		const path = newPath();
		const db = new DatabaseSync(path);
		db.exec('CREATE TABLE bookmarks (url TEXT)');
		db.close();
		expect(refused(path)).toMatchObject({ code: 'store-corrupt', message: expect.stringContaining('another program') });
	});

	it('refuses a file that was cut off', async () => {
		const path = await written();
		truncateSync(path, 16_384);
		expect(refused(path)).toMatchObject({ code: 'store-corrupt' });
	});

	it.each([
		['the first page', 100],
		['the tables', 4_096 * 3],
	])('refuses a file overwritten from %s on', async (_, offset) => {
		const path = await written();
		const bytes = readFileSync(path);
		bytes.fill(0xa5, offset);
		writeFileSync(path, bytes);
		expect(refused(path)).toMatchObject({ code: 'store-corrupt' });
	});

	it('finds a damaged page in the middle when it verifies', async () => {
		const path = await written(500);
		const bytes = readFileSync(path);
		bytes.fill(0xa5, 4_096 * 40, 4_096 * 41);
		writeFileSync(path, bytes);
		const store = open(path);
		expect(await store.audit.verify()).toMatchObject({ ok: false });
		store.close();
	});

	it('finds an index that does not fit its table when it verifies', async () => {
		const path = await written();
		const db = new DatabaseSync(path, { defensive: false });
		db.exec(`PRAGMA writable_schema = ON;
			UPDATE sqlite_schema SET sql = replace(sql, 'IS NOT NULL', 'IS NULL') WHERE name = 'idempotency_keys'`);
		db.close();
		const store = open(path);
		expect(await store.audit.verify()).toMatchObject({ ok: false, message: expect.stringContaining('index') });
		store.close();
	});

	it('begins anew in an empty file, as a crash before the first commit leaves it', () => {
		const path = newPath();
		writeFileSync(path, '');
		open(path).close();
		expect(readFileSync(path).length).toBeGreaterThan(0);
	});

	it('keeps a new history to its owner, and the files beside it too', () => {
		const path = newPath();
		const store = open(path);
		for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o077).toBe(0);
		store.close();
	});

	it('says what is wrong when the folder is missing', () => {
		const path = join(root, 'missing', 'history.db');
		expect(() => open(path)).toThrow(
			expect.objectContaining({ code: 'internal', message: expect.stringContaining(path) }),
		);
	});
});
