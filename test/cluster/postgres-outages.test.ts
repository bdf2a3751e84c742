import type { PostgresHistory } from '@errand/core/adapters/postgres/open-postgres-history.ts';
import { asPersonId, asStreamId } from '@errand/core/domain/ids.ts';
import type { Append, AppendResult } from '@errand/core/ports/event-store.ts';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CutProxy, startCutProxy } from '../support/cut-proxy.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { emptyHistory, newDatabase, openHistory, sql } from './support/open-new-history.ts';

let url = '';
let proxy: CutProxy;
let history: PostgresHistory;
beforeAll(async () => {
	url = await newDatabase();
	await (await openHistory(url)).close();
});
beforeEach(async () => {
	await emptyHistory(url);
	proxy = await startCutProxy(url);
	history = await openHistory(proxy.url, { probeEveryMs: 50 });
});
afterEach(async () => {
	await history.close();
	await proxy.close();
});

function said(stream: string, expectedSeq: number): Append {
	return {
		stream: asStreamId(stream),
		expectedSeq,
		facts: [{ type: 'Said', v: 1, data: { n: expectedSeq + 1 } }],
		at: 1_000,
		idempotencyKey: `${stream} ${expectedSeq}`,
		index: { person: asPersonId('ann'), dueAt: 0, summary: {} },
	};
}

/** The same append again as long as the database is out of reach. */
async function insist(store: PostgresHistory, append: Append): Promise<AppendResult> {
	for (;;) {
		try {
			return await store.events.append(append);
		} catch (error) {
			expect(error).toMatchObject({ code: 'store-unreachable' });
		}
	}
}

const FOREVER = 1_000_000;
const appended = (firstSeq: number) => ({ kind: 'appended', firstSeq, at: 1_000 });

it('writes what concerns others while one append waits for a lock', async () => {
	await history.events.append(said('task-1', 0));
	const other = new Client({ connectionString: url });
	await other.connect();
	try {
		await other.query("BEGIN; SELECT FROM errand.streams WHERE name = 'task-1' FOR UPDATE");
		let isHeld = true;
		const held = history.events.append(said('task-1', 1)).then(() => {
			isHeld = false;
		});
		// Sent before the next one comes.
		const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
		await expect.poll(() => sql(url, waiting)).toHaveLength(1);
		expect(await history.events.append(said('task-2', 0))).toEqual(appended(1));
		expect(isHeld).toBe(true);
		await other.query('COMMIT');
		await held;
	} finally {
		await other.end();
	}
});

describe('a connection to Postgres that is lost', () => {
	it('loses no append and writes none twice, whichever answers are lost', async () => {
		for (let seq = 0; seq < 6; seq++) {
			proxy.dropAnswers(1);
			expect(await history.events.append(said('task-1', seq))).toEqual(appended(seq + 1));
			proxy.heal();
		}
		expect(await history.events.read(asStreamId('task-1'), 0)).toHaveLength(6);
		expect(await history.audit.verify()).toMatchObject({ ok: true, head: { position: 6 } });
	});

	it('is noticed by nobody when it comes back soon', async () => {
		const told: boolean[] = [];
		history.onReachableChange((reachable) => told.push(reachable));
		await history.events.append(said('task-1', 0));
		proxy.cut();
		const [written, read] = [history.events.append(said('task-1', 1)), history.events.read(asStreamId('task-1'), 0)];
		await new Promise((resolve) => setTimeout(resolve, 300));
		proxy.heal();
		expect(await written).toEqual(appended(2));
		expect((await read).length).toBeGreaterThan(0);
		expect(told).toEqual([]);
	});

	it('rejects within a few seconds while it lasts, says so, and takes the same append afterwards', async () => {
		const told: boolean[] = [];
		history.onReachableChange((reachable) => told.push(reachable));
		await history.events.append(said('task-0', 0));
		const first = said('task-1', 0);
		proxy.dropAnswers(FOREVER);
		const appending = history.events.append(first);
		const results = await Promise.allSettled([
			appending,
			history.events.append(said('task-2', 0)),
			history.events.read(asStreamId('task-1'), 0),
			history.index.list({ prefix: 'task-', limit: 1 }),
			history.audit.verify(),
		]);
		expect(results.map((result) => result.status === 'rejected' && result.reason)).toMatchObject(
			Array.from({ length: 5 }, () => ({ code: 'store-unreachable' })),
		);
		expect(history.reachable()).toBe(false);
		expect(await sql(url, `SELECT FROM errand.streams WHERE name = 'task-1'`)).toHaveLength(1);
		proxy.heal();
		expect(await history.events.append(first)).toEqual(appended(1));
		expect(await history.events.append(said('task-1', 0))).toMatchObject({ kind: 'duplicate' });
		expect(history.reachable()).toBe(true);
		expect(told).toEqual([false, true]);
	});

	it('is given up when it stays open and says nothing', async () => {
		await history.events.append(said('task-1', 0));
		proxy.halfOpen();
		const appending = history.events.append(said('task-1', 1));
		await new Promise((resolve) => setTimeout(resolve, 500));
		proxy.heal();
		expect(await appending).toEqual(appended(2));
	});

	it('does not leave a stream without somebody who drives it, when it was written and nobody knows', async () => {
		const adopted: string[] = [];
		await history.homes.start({
			adopted: async (streams) => {
				adopted.push(...streams.map(({ stream }) => stream));
			},
			lapsed: () => adopted.push('lapsed'),
		});
		await history.events.append(said('task-0', 0));
		proxy.dropAnswers(FOREVER);
		await expect(history.events.append(said('task-1', 0))).rejects.toMatchObject({ code: 'store-unreachable' });
		proxy.heal();
		await expect.poll(() => adopted).toEqual(['task-1']);
	});
});

describe('a full disk of the database', () => {
	it('refuses appends, says so, and goes on by itself when there is room', async () => {
		const told: boolean[] = [];
		history.onFullChange((full) => told.push(full));
		await history.events.append(said('task-1', 0));
		await sql(
			url,
			`CREATE OR REPLACE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$`,
		);
		const tables = ['appends', 'room_probe'];
		for (const table of tables) {
			await sql(
				url,
				`CREATE TRIGGER full_disk BEFORE INSERT ON errand.${table} FOR EACH ROW EXECUTE FUNCTION full_disk()`,
			);
		}
		await expect(history.events.append(said('task-1', 1))).rejects.toMatchObject({ code: 'disk-full' });
		await expect(history.events.append(said('task-2', 0))).rejects.toMatchObject({ code: 'disk-full' });
		expect([history.isFull(), ...told]).toEqual([true, true]);
		expect(await history.events.read(asStreamId('task-1'), 0)).toHaveLength(1);
		for (const table of tables) await sql(url, `DROP TRIGGER full_disk ON errand.${table}`);
		await expect.poll(() => history.isFull()).toBe(false);
		expect(told).toEqual([true, false]);
		expect(await history.events.append(said('task-1', 1))).toEqual(appended(2));
	});
});

describe('a Postgres that is killed in mid load', () => {
	let server: PostgresServer;
	beforeAll(async () => {
		server = await startPostgres();
	});
	afterAll(() => server.stop());

	it('has every acknowledged append once when it is back, and goes on with the others by itself', async () => {
		const store = await openHistory(await server.createDatabase());
		try {
			const streams = Array.from({ length: 20 }, (_, n) => `task-${n}`);
			const killing = new Promise((resolve) => setTimeout(resolve, 300)).then(async () => {
				await server.kill();
				await server.restart();
			});
			const writing = streams.map(async (stream) => {
				for (let seq = 0; seq < 60; seq++) {
					expect(await insist(store, said(stream, seq))).toEqual(appended(seq + 1));
					await new Promise((resolve) => setTimeout(resolve, 10));
				}
			});
			await Promise.all([killing, ...writing]);
			for (const stream of streams) {
				const facts = await store.events.read(asStreamId(stream), 0);
				expect(facts.map(({ data }) => data['n'])).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
			}
			expect(await store.audit.verify()).toMatchObject({ ok: true, head: { position: 1_200 } });
		} finally {
			await store.close();
		}
	});
});
