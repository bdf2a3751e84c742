import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { firstHash, headText, sealHash, sealLine } from '../../domain/history/seal.ts';
import { asPersonId, asStreamId } from '../../domain/ids.ts';
import { historyCrypto, newHistorySigner } from '../files/history-signer.ts';
import { HistoryRows } from './history-rows.ts';
import { openSqliteStore } from './open-sqlite-store.ts';

const root = mkdtempSync(join(tmpdir(), 'errand-tampering-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const signer = newHistorySigner();
const stream = asStreamId('task-1');
let files = 0;
let path = '';

/** Five commits of two appends each; `task-1` has the odd positions. */
beforeEach(async () => {
	path = join(root, `history-${++files}.db`);
	const store = openSqliteStore({ path, signer });
	for (let seq = 0; seq < 5; seq++) {
		const append = { expectedSeq: seq, facts: [{ type: 'Said', v: 1, data: { seq } }], at: 1_000 };
		const index = { person: asPersonId('ann'), dueAt: null, summary: {} };
		await Promise.all([
			store.events.append({ ...append, stream, index }),
			store.events.append({ ...append, stream: asStreamId('task-2') }),
		]);
	}
	store.close();
});

function tamper(sql: string): void {
	const db = new DatabaseSync(path);
	db.exec(sql);
	db.close();
}

const exchange = `
	UPDATE appends SET stream = -stream WHERE position IN (3, 4);
	UPDATE appends SET stream = 3 + stream WHERE position IN (3, 4)`;

async function look() {
	const store = openSqliteStore({ path, signer });
	try {
		const verified = await store.audit.verify();
		const exported = await (async () => {
			for await (const line of store.audit.export(stream)) expect(line).not.toBe('');
		})().then(
			() => 'whole',
			(error: unknown) => error,
		);
		return { verified, exported };
	} finally {
		store.close();
	}
}

describe('a history changed behind its back', () => {
	it('is whole as long as nobody touches it', async () => {
		expect(await look()).toMatchObject({ verified: { ok: true }, exported: 'whole' });
	});

	it.each([
		['an edited payload', `UPDATE appends SET payload = replace(payload, '"seq":1', '"seq":7') WHERE position = 3`, 3],
		['a payload blanked without an erasure', 'UPDATE appends SET payload = NULL WHERE position = 3', 3],
		['an edited time', 'UPDATE appends SET at = 999 WHERE position = 3', 4],
		['an edited type', `UPDATE appends SET types = 'Sung:1' WHERE position = 3`, 4],
		['a removed append', 'DELETE FROM appends WHERE position = 3', 3],
		['two appends exchanged', exchange, 4],
		[
			'an edited seal',
			`UPDATE appends SET seal = iif(substr(seal, 1, 1) = '0', '1', '0') || substr(seal, 2) WHERE position = 4`,
			4,
		],
	])('shows %s', async (_, sql, position) => {
		tamper(sql);
		const { verified } = await look();
		expect(verified).toMatchObject({ ok: false, position });
	});

	it('does not export what was edited', async () => {
		tamper(`UPDATE appends SET payload = replace(payload, '"seq":1', '"seq":7') WHERE position = 3`);
		expect((await look()).exported).toMatchObject({ code: 'store-corrupt' });
	});

	it('does not export what was edited along with its hash', async () => {
		tamper(`UPDATE appends SET at = 999 WHERE position = 3`);
		expect((await look()).exported).toMatchObject({ code: 'store-corrupt' });
	});

	it.each([
		['a cut-off end', 'DELETE FROM appends WHERE position > 6'],
		['an edited end', 'UPDATE appends SET at = 2000 WHERE position = 10'],
		['an append without a seal', `INSERT INTO appends VALUES (11, 1, 6, 6, 1000, 'Said:1', 'x', NULL, 'x', NULL)`],
		['a foreign signature', `UPDATE signed_head SET signature = 'AAAA'`],
		['a renamed stream', `UPDATE streams SET name = 'task-3' WHERE name = 'task-1'`],
		['missing seals', 'UPDATE appends SET seal = NULL'],
	])('refuses to open with %s', (_, sql) => {
		tamper(sql);
		expect(() => openSqliteStore({ path, signer })).toThrow(expect.objectContaining({ code: 'store-corrupt' }));
	});

	it('refuses to open with another key', () => {
		const other = newHistorySigner();
		expect(() => openSqliteStore({ path, signer: other })).toThrow(expect.objectContaining({ code: 'store-corrupt' }));
	});

	it('shows a history that was sealed anew without the key', async () => {
		tamper(`UPDATE appends SET at = 999 WHERE position = 1`);
		const db = new DatabaseSync(path);
		let previous = firstHash;
		const rows = new HistoryRows(db);
		for (const { lastPosition } of rows.seals(0, 10)) {
			const covered = rows.between(lastPosition - 2, lastPosition);
			previous = sealHash(previous, covered.map(sealLine).join(''), historyCrypto.sha256);
			db.prepare('UPDATE appends SET seal = ? WHERE position = ?').run(previous, lastPosition);
		}
		db.close();
		expect(() => openSqliteStore({ path, signer })).toThrow(expect.objectContaining({ code: 'store-corrupt' }));

		const forger = newHistorySigner();
		const signature = forger.sign(headText({ position: 10, hash: previous }));
		tamper(`UPDATE signed_head SET hash = '${previous}', signature = '${signature}'`);
		expect(() => openSqliteStore({ path, signer })).toThrow(expect.objectContaining({ code: 'store-corrupt' }));
	});
});
