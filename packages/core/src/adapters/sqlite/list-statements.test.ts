import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asPersonId, asStreamId } from '../../domain/ids.ts';
import { newHistorySigner } from '../files/history-signer.ts';
import { countStatement, listStatement, nthStatement, type Statement } from './list-statements.ts';
import { migrate } from './migrations.ts';
import { openSqliteStore } from './open-sqlite-store.ts';
import { SqliteStreamIndex } from './sqlite-stream-index.ts';

const ann = asPersonId('ann');
const OF_PERSON = 'SEARCH streams USING INDEX streams_of_person (person=? AND <expr>=? AND rowid<?)';
const ALONE = 'SEARCH streams USING COVERING INDEX streams_of_person (person=? AND <expr>=?)';

describe('lists of somebody with 100,000 streams of another kind', () => {
	const db = new DatabaseSync(':memory:');
	afterAll(() => db.close());
	beforeAll(() => {
		migrate(db, 0);
		const insert = db.prepare(`
			WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $many)
			INSERT INTO streams (name, person, summary) SELECT $kind || n, 'ann', '{"n":' || n || '}' FROM numbers`);
		insert.run({ kind: 'task-', many: 20 });
		insert.run({ kind: 'schedule-', many: 100_000 });
	});
	const planOf = ({ text, values }: Statement) =>
		db
			.prepare(`EXPLAIN QUERY PLAN ${text}`)
			.all(values)
			.map((row) => String(row['detail']));

	it('read one range of an index, in the order of the list', async () => {
		expect(planOf(listStatement({ prefix: 'task-', person: ann, limit: 20 }))).toEqual([OF_PERSON]);
		const listed = await new SqliteStreamIndex(db).list({ prefix: 'task-', person: ann, limit: 30 });
		expect(listed.map(({ summary }) => summary['n'])).toEqual(Array.from({ length: 20 }, (_, n) => 20 - n));
	});

	it('read of all people only what is of the kind, or gave up', () => {
		const ofKind = ['SEARCH streams USING INDEX streams_of_kind (<expr>=? AND rowid<?)'];
		expect(planOf(listStatement({ prefix: 'agent-', limit: 20 }))).toEqual(ofKind);
		const gaveUp = planOf(listStatement({ prefix: 'task-', having: 'deadLetters', limit: 20 }));
		expect(gaveUp[0]).toContain('USING INDEX dead_letters');
	});

	it('count, and find by number, without a look at the table', async () => {
		expect(planOf(countStatement({ prefix: 'schedule-', person: ann }))).toContain(ALONE);
		expect(planOf(nthStatement({ prefix: 'schedule-', person: ann, number: 9 }))).toContain(ALONE);
		const index = new SqliteStreamIndex(db);
		expect(await index.nth({ prefix: 'schedule-', person: ann, number: 99_999 })).toBe('schedule-99999');
		const upTo = asStreamId('schedule-77777');
		expect(await index.count({ prefix: 'schedule-', person: ann, upTo })).toBe(77_777);
	});
});

describe('a history of the version before', () => {
	const root = mkdtempSync(join(tmpdir(), 'errand-lists-'));
	afterAll(() => rmSync(root, { recursive: true, force: true }));

	it('is brought up to date when it is opened, and lists and numbers what it held', async () => {
		const options = { path: join(root, 'history.db'), signer: newHistorySigner() };
		const first = openSqliteStore(options);
		for (const name of ['task-a', 'conversation-a', 'task-b']) {
			const index = { person: ann, dueAt: null, summary: { name } };
			const facts = [{ type: 'Said', v: 1, data: {} }];
			await first.events.append({ stream: asStreamId(name), expectedSeq: 0, facts, at: 1_000, index });
		}
		first.close();
		const before = new DatabaseSync(options.path);
		before.exec(`
			DROP VIEW seals; ALTER TABLE earlier_seals RENAME TO seals;
			INSERT INTO seals SELECT position, seal FROM appends WHERE seal IS NOT NULL;
			ALTER TABLE appends DROP COLUMN seal;
			DROP INDEX streams_of_person; DROP INDEX streams_of_kind; DROP INDEX unlisted_streams;
			CREATE INDEX streams_of_person ON streams (person) WHERE person IS NOT NULL;
			PRAGMA user_version = 2`);
		before.close();
		const second = openSqliteStore(options);
		expect(await second.index.list({ prefix: 'task-', person: ann, limit: 9 })).toMatchObject([
			{ stream: 'task-b' },
			{ stream: 'task-a' },
		]);
		expect(await second.index.nth({ prefix: 'task-', person: ann, number: 2 })).toBe('task-b');
		expect(await second.audit.verify()).toMatchObject({ ok: true });
		second.close();
	});
});
