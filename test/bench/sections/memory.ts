import { join } from 'node:path';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { SqliteMemoryIndex } from '@errand/core/adapters/sqlite/sqlite-memory-index.ts';
import { asPersonId } from '@errand/core/domain/ids.ts';
import { MEMORY_LIMITS } from '@errand/core/domain/memory/limits.ts';
import { NOTES, QUESTIONS } from '@errand/core/models/embeddings/fixture/notes-and-questions.ts';
import { LocalEmbedder } from '@errand/core/models/embeddings/local-embedder.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { inFlight, spreadOf } from '../figures.ts';
import { megabytes, ms, rate, type Section } from '../section.ts';
import { treeMemory } from '../services/process-memory.ts';
import { temporaryFolder } from '../services/temporary-folder.ts';

const ANN = asPersonId('ann');
/** As many facts as a person may have, and all that is kept of them together with results. */
const SIZES = [MEMORY_LIMITS.facts, MEMORY_LIMITS.facts + MEMORY_LIMITS.results];
const ASKED = 100;
const TOGETHER = 100;
const AT_A_TIME = 500;
/** So many of the other notes get vectors of their own; the rest share them. */
const OTHERS = 300;
const log: ILogger = { debug() {}, info() {}, warn() {}, error() {} };
const { signal } = new AbortController();

type Way = 'words' | 'meaning' | 'both';
const WAYS: readonly Way[] = ['words', 'meaning', 'both'];

/** measureMemory makes vectors with the built-in model and finds notes again among as many as one person may have. */
export async function measureMemory(): Promise<Section> {
	const folder = temporaryFolder('memory');
	const embedder = new LocalEmbedder({ clock: new SystemClock(), log });
	try {
		const embedding = await timeEmbedding(embedder);
		const bytes = treeMemory(embedder.pid ?? 0).bytes;
		const searches: Awaited<ReturnType<typeof timeSearch>>[] = [];
		const vectors = await embedder.embed([...NOTES, ...Array.from({ length: OTHERS }, (_, at) => otherNote(at))], {
			signal,
		});
		for (const size of SIZES) {
			searches.push(await timeSearch(embedder, { path: join(folder.path, `${size}.db`), size, vectors }));
		}
		return {
			title: 'Memory: vectors and recall',
			how: `The built-in English model (512 dimensions) runs in a process of its own, which the first text starts and which ends when nothing is asked; the index is the SQLite one, in a file. All notes are one person's; ${rate(SIZES[0] ?? 0)} are as many facts as one may have, ${rate(SIZES[1] ?? 0)} facts and results together. A search is one of ${QUESTIONS.length} questions, one at a time, ${ASKED} times; what a question's vector takes comes on top. Found: the share of the questions, asked in other words than the notes, whose note is among the first three of all ${rate(SIZES[1] ?? 0)}; the rest of the notes are about other things, and share the vectors of ${OTHERS} of them.`,
			tables: [
				{
					columns: ['vectors of the built-in model', 'ms'],
					rows: [
						['the first text, which starts the process', ms(embedding.first)],
						['one question, p50', ms(embedding.one)],
						[`${TOGETHER} notes in one batch, each`, ms(embedding.batch / TOGETHER)],
						['memory of that process (PSS)', megabytes(bytes)],
					],
				},
				{
					columns: ['a search by', ...SIZES.map((size) => `${rate(size)} notes, p50 ms (p95)`), 'found'],
					rows: WAYS.map((way) => [
						way,
						...searches.map(({ times }) => `${ms(spreadOf(times[way]).p50)} (${ms(spreadOf(times[way]).p95)})`),
						`${Math.round((searches.at(-1)?.found[way] ?? 0) * 100)} %`,
					]),
				},
			],
			goals: [],
		};
	} finally {
		await embedder.stop();
		folder.remove();
	}
}

async function timeEmbedding(embedder: LocalEmbedder) {
	const timed = async (texts: readonly string[]) => {
		const from = performance.now();
		await embedder.embed(texts, { signal });
		return performance.now() - from;
	};
	const first = await timed(['The first text starts the process.']);
	await timed(NOTES);
	let turn = 0;
	const single = await inFlight(ASKED, 1, () => timed([questionOf(turn++).text]));
	const batch = await timed(Array.from({ length: TOGETHER }, (_, index) => otherNote(index)));
	return { first, one: spreadOf(single.times).p50, batch };
}

interface Notes {
	readonly path: string;
	readonly size: number;
	readonly vectors: readonly Float32Array[];
}

async function timeSearch(embedder: LocalEmbedder, { path, size, vectors }: Notes) {
	const index = new SqliteMemoryIndex(path);
	try {
		for (let from = 0; from < size; from += AT_A_TIME) {
			const count = Math.min(AT_A_TIME, size - from);
			await index.put(
				Array.from({ length: count }, (_, place) => note(from + place, vectors)),
				embedder.name,
			);
		}
		const asked = await embedder.embed(
			QUESTIONS.map(({ text }) => text),
			{ signal },
		);
		const find = (way: Way, turn: number) => {
			const text = way === 'meaning' ? '' : questionOf(turn).text;
			const vector = way === 'words' ? undefined : asked[turn % QUESTIONS.length];
			return index.find(ANN, { text, vector, embedder: embedder.name, limit: 3 });
		};
		const times: Record<Way, readonly number[]> = { words: [], meaning: [], both: [] };
		const found: Record<Way, number> = { words: 0, meaning: 0, both: 0 };
		for (const way of WAYS) {
			for (let turn = 0; turn < QUESTIONS.length; turn++) {
				const hits = await find(way, turn);
				if (hits.some(({ entry }) => entry.text.includes(questionOf(turn).note))) found[way] += 1 / QUESTIONS.length;
			}
			let turn = 0;
			times[way] = (await inFlight(ASKED, 1, () => find(way, turn++))).times;
		}
		return { times, found };
	} finally {
		index.close();
	}
}

function note(at: number, vectors: readonly Float32Array[]) {
	const text = NOTES[at] ?? otherNote(at - NOTES.length);
	const vector = at < NOTES.length ? vectors[at] : vectors[NOTES.length + ((at - NOTES.length) % OTHERS)];
	return { entry: { id: String(at), person: ANN, kind: 'fact' as const, text, origins: [], at }, vector };
}

/** Notes about other things than the questions, no two alike. */
function otherNote(index: number): string {
	const pick = (words: readonly string[], step: number) => words[Math.floor(index / step) % words.length];
	return `${pick(MAKERS, 1)} sold ${1 + (index % 211)} ${pick(GOODS, 7)} to ${pick(BUYERS, 49)} in week ${index % 53} (invoice ${index}).`;
}

const MAKERS = ['A workshop', 'The foundry', 'A quarry', 'The shipyard', 'A mill', 'The brewery', 'A printer'];
const GOODS = ['gears', 'anvils', 'slabs of granite', 'hawsers', 'sacks of bran', 'barrels', 'posters'];
const BUYERS = ['a railway', 'the theatre', 'a monastery', 'the canal office', 'a circus', 'the observatory'];

const questionOf = (turn: number) => QUESTIONS[turn % QUESTIONS.length] ?? { text: '', note: '' };
