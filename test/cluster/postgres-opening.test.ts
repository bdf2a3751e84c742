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
