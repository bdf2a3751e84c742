import { describeError } from '../../domain/errors.ts';
import { memoryStream, type PersonId, type StreamId } from '../../domain/ids.ts';
import type { Memory } from '../../domain/memory/state.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { FoundMemory, IEmbedder, IMemoryIndex } from '../../ports/memory.ts';
import type { MemoryEntries } from './memory-entries.ts';
import type { MemoryIndexing } from './memory-indexing.ts';

interface Dependencies {
	readonly latest: (stream: StreamId) => Promise<Memory | undefined>;
	readonly entries: MemoryEntries;
	readonly indexing: MemoryIndexing;
	readonly index: IMemoryIndex;
	readonly embedder: IEmbedder;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** How long (ms) a search by somebody who looks on waits for meaning; after that, words alone must do. */
const PATIENCE_MS = 5_000;
/** How long (ms) a plan waits for it. */
const PLANNING_PATIENCE_MS = 400;
/** What a question means stands in its beginning. */
const MAX_QUESTION = 1_000;

/** MemorySearch finds what is remembered of a person by words and meaning; what it shows is as history has it now. */
export class MemorySearch {
	readonly #deps: Dependencies;
	readonly #stopped = new AbortController();

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	/** Best first; for a person who looks for something. */
	find(person: PersonId, text: string, limit: number): Promise<readonly FoundMemory[]> {
		return this.#find({ person, text, limit, patienceMs: PATIENCE_MS });
	}

	/** For a plan, which is not to wait, and not to fail for want of a memory. */
	async recall(person: PersonId, text: string, limit: number): Promise<readonly FoundMemory[]> {
		try {
			return await this.#find({ person, text, limit, patienceMs: PLANNING_PATIENCE_MS });
		} catch (error) {
			this.#deps.log.warn('nothing recalled', { error: describeError(error) });
			return [];
		}
	}

	stop(): void {
		this.#stopped.abort();
	}

	async #find(asked: Asked): Promise<FoundMemory[]> {
		const { person, limit } = asked;
		const text = asked.text.slice(0, MAX_QUESTION).trim();
		const { latest, index, embedder } = this.#deps;
		const memory = await latest(memoryStream(person));
		if (memory === undefined || memory.entries.length === 0 || text === '') return [];
		await this.#within(asked.patienceMs, () => this.#deps.indexing.ensure(person));
		const vector = await this.#within(asked.patienceMs, () => this.#vectorOf(text));
		const found = await index.find(person, { text, vector, embedder: embedder.name, limit });
		return this.#asItIs(person, found);
	}

	/** The index may be behind: what was forgotten is not shown, and what was changed as it is now. */
	async #asItIs(person: PersonId, found: readonly FoundMemory[]): Promise<FoundMemory[]> {
		const { latest, entries } = this.#deps;
		const known = new Map((await latest(memoryStream(person)))?.entries.map((entry) => [entry.id, entry]));
		const read = await entries.read(
			person,
			found.flatMap(({ entry }) => known.get(entry.id) ?? []),
		);
		const byId = new Map(read.map((entry) => [entry.id, entry]));
		return found.flatMap(({ entry: { id }, score }) => {
			const entry = byId.get(id);
			return entry === undefined ? [] : [{ entry, score }];
		});
	}

	async #vectorOf(text: string): Promise<Float32Array | undefined> {
		const [vector] = await this.#deps.embedder.embed([text], { signal: this.#stopped.signal, passing: true });
		return vector;
	}

	/** Undefined when it took too long, or failed: then words alone are searched. What takes longer goes on for the next time. */
	async #within<Result>(patienceMs: number, work: () => Promise<Result>): Promise<Result | undefined> {
		const { clock, log } = this.#deps;
		const { promise: late, resolve } = Promise.withResolvers<undefined>();
		const callOff = clock.after(patienceMs, () => resolve(undefined));
		const done = work().catch((error: unknown) => {
			log.debug('searched by words only', { error: describeError(error) });
			return undefined;
		});
		try {
			return await Promise.race([done, late]);
		} finally {
			callOff();
		}
	}
}

interface Asked {
	readonly person: PersonId;
	readonly text: string;
	readonly limit: number;
	readonly patienceMs: number;
}
