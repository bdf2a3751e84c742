import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { newHistorySigner } from '@errand/core/adapters/files/history-signer.ts';
import { openSqliteStore } from '@errand/core/adapters/sqlite/open-sqlite-store.ts';
import { asStreamId } from '@errand/core/domain/ids.ts';

/** AppendRow is one line of the table: appends a second, and the latency of one in ms. */
export interface AppendRow {
	readonly name: string;
	readonly perSecond: number;
	readonly p50: number;
	readonly p95: number;
	readonly max: number;
}

interface Subject {
	readonly name: string;
	open(folder: string): { append(stream: string, seq: number): Promise<void>; close(): void };
}

const producers = 100;
const appends = 40_000;
const rounds = 5;
/** About as many appends as a task makes; then the producer goes on with a new stream. */
const perStream = 20;
const data = { text: 'x'.repeat(287) };

/**
 * benchAppends measures durable appends of one 300-byte fact by 100 producers: bare loops of prepared inserts with group
 * commit, and the store. The rounds are interleaved; each row is the median round.
 */
export async function benchAppends(): Promise<AppendRow[]> {
	const folder = mkdtempSync(join(tmpdir(), 'errand-bench-appends-'));
	const measured = new Map<Subject, AppendRow[]>();
	try {
		for (let round = 0; round < rounds; round++) {
			for (const subject of subjects) {
				const row = await measure(subject, mkdtempSync(join(folder, 'round-')));
				measured.set(subject, [...(measured.get(subject) ?? []), row]);
			}
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
	return [...measured.values()].flatMap((rows) => {
		const median = rows.toSorted((a, b) => a.perSecond - b.perSecond)[Math.floor(rows.length / 2)];
		return median === undefined ? [] : [median];
	});
}

const subjects: readonly Subject[] = [
	{ name: 'bare loop, no index', open: (folder) => openBare(folder, '') },
	{ name: 'bare loop, unique (stream, seq)', open: (folder) => openBare(folder, ', UNIQUE (stream, seq)') },
	{ name: 'SqliteEventStore', open: openStore },
];

function openBare(folder: string, constraint: string): ReturnType<Subject['open']> {
	const db = new DatabaseSync(join(folder, 'bare.db'));
	db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
		CREATE TABLE facts (position INTEGER PRIMARY KEY, stream TEXT, seq INTEGER, data TEXT${constraint})`);
	const insert = db.prepare('INSERT INTO facts (stream, seq, data) VALUES (?, ?, ?)');
	let pending: { stream: string; seq: number; resolve: () => void }[] = [];
	const flush = () => {
		const batch = pending;
		pending = [];
		db.exec('BEGIN IMMEDIATE');
		for (const { stream, seq } of batch) insert.run(stream, seq, JSON.stringify(data));
		db.exec('COMMIT');
		for (const { resolve } of batch) resolve();
	};
	return {
		append: (stream, seq) =>
			new Promise((resolve) => {
				if (pending.push({ stream, seq, resolve }) === 1) setImmediate(flush);
			}),
		close: () => db.close(),
	};
}

function openStore(folder: string): ReturnType<Subject['open']> {
	const store = openSqliteStore({ path: join(folder, 'history.db'), signer: newHistorySigner() });
	return {
		append: async (stream, seq) => {
			const facts = [{ type: 'StepCompleted', v: 1, data }];
			const at = Date.now();
			const result = await store.events.append({ stream: asStreamId(stream), expectedSeq: seq - 1, facts, at });
			if (result.kind !== 'appended') throw new Error(`The append was refused: ${result.kind}.`);
		},
		close: () => store.close(),
	};
}

async function measure(subject: Subject, folder: string): Promise<AppendRow> {
	const { append, close } = subject.open(folder);
	const latencies: number[] = [];
	let started = 0;
	const produce = async () => {
		for (let seq = perStream, stream = ''; started < appends; ) {
			if (++seq > perStream) {
				seq = 1;
				stream = `task-${randomUUID().replaceAll('-', '').slice(0, 20)}`;
			}
			started++;
			const from = performance.now();
			await append(stream, seq);
			latencies.push(performance.now() - from);
		}
	};
	const from = performance.now();
	await Promise.all(Array.from({ length: producers }, produce));
	const seconds = (performance.now() - from) / 1_000;
	close();
	const sorted = Float64Array.from(latencies).sort();
	const quantile = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
	const [p50 = 0, p95 = 0, max = 0] = [0.5, 0.95, 1].map((share) => Math.round(quantile(share) * 1_000) / 1_000);
	return { name: subject.name, perSecond: Math.round(appends / seconds), p50, p95, max };
}

if (import.meta.main) console.table(await benchAppends());
