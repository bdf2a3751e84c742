import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openFileVault } from '@errand/core/adapters/files/file-vault.ts';
import { historyCrypto, openHistorySigner, seededHistorySigner } from '@errand/core/adapters/files/history-signer.ts';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { openSqliteStore } from '@errand/core/adapters/sqlite/open-sqlite-store.ts';
import { SqliteModelLedger } from '@errand/core/adapters/sqlite/sqlite-model-ledger.ts';
import { verifyExport } from '@errand/core/domain/history/export-chain.ts';
import { asPersonId, asStreamId, asTaskId } from '@errand/core/domain/ids.ts';
import { clusterKeys } from '@errand/core/infrastructure/cluster-keys.ts';
import { openEmbedded } from '@errand/core/infrastructure/open-embedded.ts';
import type { IHistoryAudit, IStreamIndex } from '@errand/core/ports/event-store.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { IModelLedger } from '@errand/core/ports/model-ledger.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newDatabase, openHistory, sql } from './support/open-new-history.ts';

const MAIN = resolve(import.meta.dirname, '../../apps/gateway/src/migrate/main.ts');
const root = mkdtempSync(join(tmpdir(), 'errand-migrate-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const silent: ILogger = { debug() {}, info() {}, warn() {}, error() {} };
const secretKey = 'ab'.repeat(32);
const streams = Array.from({ length: 30 }, (_, n) => `task-${n}`);
const embedded = join(root, 'embedded');
let url = '';

/** 30 tasks of two people, one of them forgotten, with a dead letter, a secret and a note. */
beforeAll(async () => {
	url = await newDatabase();
	const ports = await openEmbedded({ dataDir: embedded, log: silent });
	for (let round = 0; round < 3; round++) {
		await Promise.all(
			streams.map((stream, n) =>
				ports.store.append({
					stream: asStreamId(stream),
					expectedSeq: round * 2,
					facts: ['a\u0000b', `ö 🧭 ${n}`].map((text) => ({ type: 'Said', v: 1, data: { text } })),
					at: 1_000 + round,
					idempotencyKey: `${stream} ${round}`,
					index: {
						person: asPersonId(n % 2 === 0 ? 'ann' : 'bob'),
						dueAt: n < 10 ? 5_000 + n : null,
						summary: { n, ...(n === 7 ? { deadLetters: 1 } : {}) },
					},
				}),
			),
		);
	}
	await ports.audit.erase(asPersonId('ann'));
	await ports.vault.put('bob/answer', 'hunter2');
	await ports.note('frontends/discord').save('{"seen":1}');
	for (const id of ['one', 'two']) {
		ports.ledger.record(
			{
				...{
					id,
					at: 1_000,
					person: asPersonId('bob'),
					taskId: asTaskId('task-1'),
					purpose: 'plan',
					complexity: 'simple',
				},
				...{ provider: 'a', model: 'a/one', reason: 'a\u0000b', inputTokens: 10, cachedTokens: 4, outputTokens: 2 },
				...{ microUsd: 7.5, ms: 12.25, outcome: 'ok' },
			},
			{ request: 'Which?', reply: 'This.', until: 9_000_000_000_000 },
		);
	}
	ports.close();
});

function migrate(to: string, dataDir: string, databaseUrl = url): Promise<{ code: number | null; text: string }> {
	return new Promise((done, failed) => {
		const child = spawn(process.execPath, [MAIN, '--to', to], {
			env: { ...process.env, ERRAND_DATA_DIR: dataDir, DATABASE_URL: databaseUrl, ERRAND_SECRET_KEY: secretKey },
		});
		let text = '';
		for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
		child.on('error', failed);
		child.on('close', (code) => done({ code, text }));
	});
}

const keys = clusterKeys({ secretKey, dataDir: root });
const clusterSigner = seededHistorySigner(keys('history'));

/** All there is to see of a history: each stream's facts as exported, without the head that is signed anew, and the lists. */
async function shown({ audit, index }: { audit: IHistoryAudit; index: IStreamIndex }) {
	const exports: Record<string, readonly string[]> = {};
	for (const stream of [...streams, 'history-erasures']) {
		const lines: string[] = [];
		for await (const line of audit.export(asStreamId(stream))) lines.push(line);
		expect(verifyExport(lines, historyCrypto)).toMatchObject({ ok: true });
		exports[stream] = lines.slice(0, -1);
	}
	return {
		exports,
		tasks: await index.list({ prefix: 'task-', limit: 100 }),
		deadLetters: await index.list({ prefix: 'task-', having: 'deadLetters', limit: 100 }),
		third: await index.nth({ prefix: 'task-', person: asPersonId('bob'), number: 3 }),
	};
}

async function shownOf(dataDir: string) {
	const signer = openHistorySigner(join(dataDir, 'history.key'));
	const store = openSqliteStore({ path: join(dataDir, 'history.db'), signer });
	try {
		expect(await store.audit.verify()).toMatchObject({ ok: true, head: { position: 105 } });
		return { ...(await shown(store)), open: await store.events.openStreams({ after: '', limit: 100 }) };
	} finally {
		store.close();
	}
}

/** All there is to see of what models cost. */
async function booksOf(ledger: IModelLedger) {
	const all = { from: 0, to: 9_000_000_000_000 };
	const calls = await ledger.calls({ ...all, limit: 10 });
	return {
		calls: calls.map(({ reason: _reason, ...call }) => call),
		spent: await ledger.spent(all),
		sums: await ledger.sums({ ...all, by: 'person' }),
		transcript: await ledger.transcript('two', asPersonId('bob')),
	};
}

async function booksIn(dataDir: string) {
	const ledger = new SqliteModelLedger({ path: join(dataDir, 'models.db'), clock: new SystemClock(), log: silent });
	const books = await booksOf(ledger);
	ledger.close();
	return books;
}

describe('npm run migrate', () => {
	it('moves an embedded history into Postgres and back, and every fact reads as it did', async () => {
		const before = await shownOf(embedded);
		const books = await booksIn(embedded);
		expect(books).toMatchObject({ spent: 15, calls: [{ id: 'two' }, { id: 'one' }], transcript: { reply: 'This.' } });
		const there = await migrate('postgres', embedded);
		expect(there).toMatchObject({ code: 0 });
		expect(there.text).toMatch(
			/Moved 31 streams with 195 facts, 1 secrets and 1 notes; both sides hash to [0-9a-f]{64}/,
		);

		const history = await openHistory(url, { signer: clusterSigner });
		expect({ ...(await shown(history)), open: await history.events.openStreams({ after: '', limit: 100 }) }).toEqual(
			before,
		);
		expect(await history.audit.verify()).toMatchObject({ ok: true, head: { position: 105 } });
		expect(await history.vault(keys('vault')).get('bob/answer')).toBe('hunter2');
		expect(await history.note('frontends/discord').load()).toBe('{"seen":1}');
		const again = { stream: asStreamId('task-1'), facts: [{ type: 'Said', v: 1, data: {} }], at: 9 };
		expect(await history.events.append({ ...again, expectedSeq: 0, idempotencyKey: 'task-1 2' })).toMatchObject({
			kind: 'duplicate',
			firstSeq: 5,
		});
		expect(await history.events.append({ ...again, expectedSeq: 0 })).toEqual({ kind: 'conflict', actualSeq: 6 });
		const ledger = history.modelLedger(new SystemClock());
		expect(await booksOf(ledger)).toEqual(books);
		await ledger.close();
		await history.close();

		const back = join(root, 'back');
		const home = await migrate('sqlite', back);
		expect(home).toMatchObject({ code: 0 });
		expect(await shownOf(back)).toEqual(before);
		expect(await booksIn(back)).toEqual(books);
		const files = { path: join(back, 'vault'), keyPath: join(back, 'vault.key') };
		expect(await (await openFileVault(files)).get('bob/answer')).toBe('hunter2');
		const digest = (text: string) => /hash to (\w+)/.exec(text)?.[1];
		expect(digest(home.text)).toBe(digest(there.text));

		expect(await migrate('postgres', embedded)).toMatchObject({ code: 1, text: expect.stringMatching(/already/) });
		expect(await migrate('sqlite', back)).toMatchObject({ code: 1, text: expect.stringMatching(/already/) });
	});

	it('leaves nothing behind where the history was changed behind its back', async () => {
		const changed = join(root, 'changed');
		cpSync(embedded, changed, { recursive: true });
		const { DatabaseSync } = await import('node:sqlite');
		const db = new DatabaseSync(join(changed, 'history.db'));
		db.exec(`UPDATE appends SET payload = payload || ' ' WHERE position = 8`);
		db.close();
		const empty = await newDatabase();
		expect(await migrate('postgres', changed, empty)).toMatchObject({
			code: 1,
			text: expect.stringMatching(/not whole/),
		});
		const [there] = await sql<{ there: boolean }>(empty, `SELECT to_regclass('errand.streams') IS NOT NULL AS there`);
		expect(there).toEqual({ there: false });
	});

	it('refuses while a server or a process of the cluster works on either side, and says what is missing', async () => {
		const ports = await openEmbedded({
			dataDir: join(root, 'busy'),
			log: { debug() {}, info() {}, warn() {}, error() {} },
		});
		expect(await migrate('postgres', join(root, 'busy'))).toMatchObject({ code: 1 });
		ports.close();
		const elsewhere = await newDatabase();
		const living = await openHistory(elsewhere, { signer: clusterSigner });
		await living.homes.start({ adopted: async () => {}, lapsed: () => {} });
		expect(await migrate('sqlite', join(root, 'other'), elsewhere)).toMatchObject({
			code: 1,
			text: expect.stringMatching(/works on it/),
		});
		await living.close();
		mkdirSync(join(root, 'none'));
		writeFileSync(join(root, 'none', 'x'), '');
		expect(await migrate('postgres', join(root, 'none'))).toMatchObject({
			code: 1,
			text: expect.stringMatching(/no history/),
		});
	});
});
