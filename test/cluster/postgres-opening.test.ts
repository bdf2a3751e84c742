import type { Statement } from '@errand/core/adapters/postgres/postgres-line.ts';
import { countStatement, listStatement } from '@errand/core/adapters/postgres/postgres-stream-index.ts';
import { asPersonId, asStreamId } from '@errand/core/domain/ids.ts';
import { describe, expect, it } from 'vitest';
import { newDatabase, openHistory, sql } from './support/open-new-history.ts';

const NOBODY = 'postgresql://errand@127.0.0.1:9/errand';
const append = {
	stream: asStreamId('task-1'),
	expectedSeq: 0,
	facts: [{ type: 'Said', v: 1, data: {} }],
	at: 1_000,
	index: { person: asPersonId('ann'), dueAt: null, summary: { goal: 'tea' } },
};

describe('opening a history in Postgres', () => {
	it('makes the tables once, however many processes start at the same moment', async () => {
		const url = await newDatabase();
		const histories = await Promise.all(Array.from({ length: 5 }, () => openHistory(url)));
		const results = await Promise.all(histories.map(({ events }) => events.append({ ...append })));
		expect(results.map(({ kind }) => kind).toSorted()).toEqual(['appended', ...Array(4).fill('conflict')]);
		await Promise.all(histories.map((each) => each.close()));
		expect(await sql(url, 'SELECT version FROM errand.schema_version')).toHaveLength(1);
	});

	it('brings the lists of the version before up to date, though several processes open it at once', async () => {
		const url = await newDatabase();
		const first = await openHistory(url);
		for (const name of ['task-a', 'schedule-a', 'task-b'])
			await first.events.append({ ...append, stream: asStreamId(name) });
		await first.close();
		await sql(
			url,
			`DROP INDEX errand.streams_of_person;
			CREATE INDEX streams_of_person ON errand.streams (person, kind, id) WHERE person IS NOT NULL;
			UPDATE errand.streams SET due_at = NULL, summary = '{"status":"waiting"}' WHERE name = 'task-a';
			UPDATE errand.streams SET due_at = NULL WHERE name <> 'task-a';
			UPDATE errand.schema_version SET version = 4`,
		);
		const histories = await Promise.all(Array.from({ length: 3 }, () => openHistory(url)));
		const { events, index } = histories[0] ?? first;
		// It may wait for the budget of a day, which once was nothing to look after.
		expect(await events.openStreams({ after: '', limit: 9 })).toEqual([{ stream: 'task-a', dueAt: 0 }]);
		const person = asPersonId('ann');
		expect(await index.list({ prefix: 'task-', person, limit: 9 })).toMatchObject([
			{ stream: 'task-b' },
			{ stream: 'task-a' },
		]);
		expect(await index.count({ prefix: 'task-', person, upTo: asStreamId('task-b') })).toBe(2);
		expect(await index.nth({ prefix: 'task-', person, number: 2 })).toBe('task-b');
		await Promise.all(histories.map((each) => each.close()));

		// 100,000 streams of another kind are not in the way of 20 tasks.
		await sql(
			url,
			`INSERT INTO errand.streams (name, chain, home, person, summary)
			SELECT kind || n, '', '', 'ann', json_build_object('goal', repeat('tea ', 60))
			FROM (VALUES ('task-', 20), ('schedule-', 100000)) AS many (kind, up_to), generate_series(1, up_to) AS n`,
		);
		await sql(url, 'VACUUM ANALYZE errand.streams');
		const planOf = async ({ text, values = [] }: Statement) => {
			const literal = values.reduce((all: string, value, at) => all.replaceAll(`$${at + 1}`, `'${value}'`), text);
			const rows = await sql<{ 'QUERY PLAN': string }>(url, `EXPLAIN ${literal}`);
			return rows.map((row) => row['QUERY PLAN']).join('\n');
		};
		const list = await planOf(listStatement({ prefix: 'task-', person, limit: 20 }));
		expect(list).toContain('Index Scan Backward using streams_of_person');
		expect(list).not.toContain('Sort');
		const upTo = asStreamId('schedule-500');
		expect(await planOf(countStatement({ prefix: 'schedule-', person, upTo }))).toContain(
			'Index Only Scan using streams_of_person',
		);
	});

	it('refuses tables of a newer Errand', async () => {
		const url = await newDatabase();
		await (await openHistory(url)).close();
		await sql(url, 'UPDATE errand.schema_version SET version = 999');
		await expect(openHistory(url)).rejects.toMatchObject({ code: 'store-newer' });
	});

	it('says when there is nobody, after a few seconds', async () => {
		await expect(openHistory(NOBODY)).rejects.toMatchObject({ code: 'store-unreachable' });
	});

	it('lists from a replica, and from the primary where the replica is away', async () => {
		const [url, other] = [await newDatabase(), await newDatabase()];
		const replica = await openHistory(other);
		await replica.events.append({ ...append, stream: asStreamId('task-of-replica') });
		for (const [replicaUrl, expected] of [
			[other, 'task-of-replica'],
			[NOBODY, 'task-1'],
		] as const) {
			const history = await openHistory(url, { replicaUrl });
			await history.events.append({ ...append });
			expect(await history.index.list({ prefix: 'task-', limit: 9 })).toMatchObject([{ stream: expected }]);
			expect(history.reachable()).toBe(true);
			await history.close();
			await history.close();
		}
		await replica.close();
	});
});
