import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { firstHash } from '../../domain/history/seal.ts';
import { upcaster } from '../../domain/history/upcast.ts';
import { asPersonId, asStreamId } from '../../domain/ids.ts';
import { eventStoreContract } from '../../testing/event-store.contract.ts';
import { historyAuditContract } from '../../testing/history-audit.contract.ts';
import { historyCrypto, newHistorySigner } from '../files/history-signer.ts';
import { openSqliteStore, type SqliteStore, type SqliteStoreOptions } from './open-sqlite-store.ts';

const root = mkdtempSync(join(tmpdir(), 'errand-sqlite-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let files = 0;
const newPath = () => join(root, `history-${++files}.db`);
const inMemory = async () => openSqliteStore({ path: ':memory:', signer: newHistorySigner() });
const inFile = async () => openSqliteStore({ path: newPath(), signer: newHistorySigner() });

eventStoreContract('SQLite in memory', inMemory);
eventStoreContract('SQLite in a file', inFile);
historyAuditContract('SQLite in memory', { crypto: historyCrypto, open: inMemory });
historyAuditContract('SQLite in a file', { crypto: historyCrypto, open: inFile });

const say = (store: SqliteStore, stream: string, expectedSeq: number, text = 'hello') =>
	store.events.append({
		stream: asStreamId(stream),
		expectedSeq,
		facts: [{ type: 'Said', v: 1, data: { text } }],
		at: 1_000,
		index: { person: asPersonId('ann'), dueAt: 0, summary: { text } },
	});

describe('SQLite in a file, closed and opened again', () => {
	it('goes on where it was: facts, ends of streams, keys, index, chain', async () => {
		const options = { path: newPath(), signer: newHistorySigner() };
		const first = openSqliteStore(options);
		await say(first, 'task-1', 0);
		await say(first, 'task-1', 1);
		first.close();
		const second = openSqliteStore(options);
		expect(await say(second, 'task-1', 1)).toEqual({ kind: 'conflict', actualSeq: 2 });
		expect(await say(second, 'task-1', 2)).toMatchObject({ kind: 'appended', firstSeq: 3 });
		expect(await second.events.read(asStreamId('task-1'), 0)).toHaveLength(3);
		expect(await second.index.list({ prefix: '', limit: 9 })).toHaveLength(1);
		expect(await second.audit.verify()).toMatchObject({ ok: true, head: { position: 3 } });
		second.close();
	});

	it('commits what is queued when it is closed, refuses what comes later, and may be closed twice', async () => {
		const options = { path: newPath(), signer: newHistorySigner() };
		const first = openSqliteStore(options);
		const last = say(first, 'task-1', 0);
		first.close();
		first.close();
		expect(await last).toMatchObject({ kind: 'appended' });
		await expect(say(first, 'task-1', 1)).rejects.toMatchObject({ code: 'shutting-down' });
		const second = openSqliteStore(options);
		expect(await second.events.read(asStreamId('task-1'), 0)).toHaveLength(1);
		second.close();
	});

	it('leaves no trace of erased text in any of its files', async () => {
		const path = newPath();
		const store = openSqliteStore({ path, signer: newHistorySigner() });
		const turn = Array.from({ length: 50 }, (_, seq) => say(store, 'task-1', seq, `mango${'x'.repeat(500)}`));
		await Promise.all(turn);
		await store.snapshots.save(asStreamId('task-1'), { version: 'v1', seq: 50, state: `mango${'x'.repeat(9_000)}` });
		await store.snapshots.save(asStreamId('task-1'), { version: 'v1', seq: 50, state: 'mango' });
		await store.audit.erase(asPersonId('ann'));
		const left = readdirSync(root).filter((name) => join(root, name).startsWith(path));
		expect(left.filter((name) => readFileSync(join(root, name)).includes('mango'))).toEqual([]);
		store.close();
	});

	it('brings facts of older versions up as they are read, and exports them as they were written', async () => {
		const renamed = { type: 'Spoken' };
		const steps = [{ type: 'Said', from: 1, to: renamed, data: (old: object) => ({ ...old, loud: false }) }];
		const options: SqliteStoreOptions = { path: ':memory:', signer: newHistorySigner(), upcast: upcaster(steps) };
		const store = openSqliteStore(options);
		await say(store, 'task-1', 0);
		expect(await store.events.read(asStreamId('task-1'), 0)).toEqual([
			{ seq: 1, at: 1_000, type: 'Spoken', v: 2, data: { text: 'hello', loud: false } },
		]);
		const lines: unknown[] = [];
		for await (const line of store.audit.export(asStreamId('task-1'))) lines.push(JSON.parse(line));
		expect(lines[0]).toMatchObject({ type: 'Said', v: 1, data: { text: 'hello' } });
		store.close();
	});
});

describe('the disk being full', () => {
	it('refuses appends, says so, and goes on by itself when there is room', async () => {
		const store = openSqliteStore({ path: newPath(), signer: newHistorySigner(), maxPages: 120, probeEveryMs: 20 });
		const told: boolean[] = [];
		const stop = store.onFullChange((full) => told.push(full));
		let seq = 0;
		await expect(
			(async () => {
				for (; seq < 1_000; seq++) await say(store, 'task-1', seq, 'x'.repeat(5_000));
			})(),
		).rejects.toMatchObject({ code: 'disk-full' });
		expect(seq).toBeGreaterThan(10);
		expect(told).toEqual([true]);
		expect(store.isFull()).toBe(true);
		await expect(say(store, 'task-2', 0)).rejects.toMatchObject({ code: 'disk-full' });
		expect(await store.events.read(asStreamId('task-1'), 0)).toHaveLength(seq);

		await store.audit.erase(asPersonId('ann'));
		await expect.poll(() => store.isFull()).toBe(false);
		expect(told).toEqual([true, false]);
		expect(await say(store, 'task-1', seq)).toMatchObject({ kind: 'appended', firstSeq: seq + 1 });
		expect(await say(store, 'task-2', 0)).toMatchObject({ kind: 'appended', firstSeq: 1 });
		expect(await store.audit.verify()).toMatchObject({ ok: true });
		stop();
		store.close();
	});

	it('undoes the whole turn, so that its appends can be repeated as they were', async () => {
		const store = openSqliteStore({ path: newPath(), signer: newHistorySigner(), maxPages: 60, probeEveryMs: 60_000 });
		await say(store, 'task-1', 0);
		const turn = await Promise.allSettled([
			say(store, 'task-1', 1),
			say(store, 'task-new', 0),
			say(store, 'task-1', 2, 'x'.repeat(500_000)),
		]);
		expect(turn.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
		expect(await store.events.read(asStreamId('task-1'), 0)).toHaveLength(1);
		expect(await store.events.read(asStreamId('task-new'), 0)).toEqual([]);
		const verified = await store.audit.verify();
		expect(verified).toMatchObject({ ok: true, head: { position: 1 } });
		expect(verified.ok && verified.head.hash).not.toBe(firstHash);
		store.close();
	});
});
