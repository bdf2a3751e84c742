import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { newHistorySigner } from '@errand/core/adapters/files/history-signer.ts';
import { openSqliteStore } from '@errand/core/adapters/sqlite/open-sqlite-store.ts';
import { asStreamId } from '@errand/core/domain/ids.ts';
import { inFlight, median, spreadOf, type Timed } from '../figures.ts';
import { ms, rate, type Section, times } from '../section.ts';

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
 * measureAppends measures durable appends of one 300-byte fact by 100 producers: bare loops of prepared inserts with group
 * commit, and the store. The rounds are interleaved.
 */
export async function measureAppends(): Promise<Section> {
	const folder = mkdtempSync(join(tmpdir(), 'errand-bench-appends-'));
	const measured = subjects.map((subject) => ({ subject, times: [] as number[], rates: [] as number[] }));
	try {
		for (let round = 0; round < rounds; round++) {
			for (const { subject, times: single, rates } of measured) {
				const timed = await measure(subject, mkdtempSync(join(folder, 'round-')));
				single.push(...timed.times);
				rates.push(timed.perSecond);
			}
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
	const rows = measured.map(({ subject, times: single, rates }) => ({
		name: subject.name,
		perSecond: median(rates),
		...spreadOf(single),
	}));
	const [plain = 0, unique = 0, ours = 0] = rows.map(({ perSecond }) => perSecond);
	return {
		title: 'Durable appends',
		how: `One fact of 300 bytes an append, ${producers} producers, a new stream every ${perStream} appends, SQLite WAL with synchronous FULL and one commit per turn of the event loop. ${rounds} interleaved rounds of ${rate(appends)}. The store also keeps the stream's head, the hash chain and the seal of every commit.`,
		tables: [
			{
				columns: ['', 'per second', 'p50 ms', 'p95', 'max', 'of the bare loop'],
				rows: rows.map(({ name, perSecond, p50, p95, max }) => [
					name,
					rate(perSecond),
					ms(p50),
					ms(p95),
					ms(max),
					times(perSecond / plain),
				]),
			},
		],
		goals: [
			{
				what: 'appends a second, of the bare loop',
				wanted: '≥ 0.6×',
				measured: times(ours / plain),
				met: ours >= 0.6 * plain,
			},
			{
				what: 'the same, of the bare loop that can tell two equal numbers of a stream',
				wanted: '≥ 0.6×',
				measured: times(ours / unique),
				met: ours >= 0.6 * unique,
			},
		],
	};
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

async function measure(subject: Subject, folder: string): Promise<Timed> {
	const { append, close } = subject.open(folder);
	// Each producer goes on with a stream that no other is writing to.
	const free: { name: string; seq: number }[] = [];
	const timed = await inFlight(appends, producers, async () => {
		const stream = free.pop() ?? { name: '', seq: perStream };
		if (++stream.seq > perStream) {
			stream.seq = 1;
			stream.name = `task-${randomUUID().replaceAll('-', '').slice(0, 20)}`;
		}
		await append(stream.name, stream.seq);
		free.push(stream);
	});
	close();
	return timed;
}

if (import.meta.main) console.dir(await measureAppends(), { depth: null });
