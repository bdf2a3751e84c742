import { describeError } from '../../domain/errors.ts';
import { memoryStream, type PersonId, type StreamId } from '../../domain/ids.ts';
import type { Memory } from '../../domain/memory/state.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { IEmbedder, IMemoryIndex, MemoryEntry } from '../../ports/memory.ts';
import type { MemoryEntries } from './memory-entries.ts';

interface Dependencies {
	/** What is remembered, as the store has it now. */
	readonly latest: (stream: StreamId) => Promise<Memory | undefined>;
	readonly entries: MemoryEntries;
	readonly index: IMemoryIndex;
	readonly embedder: IEmbedder;
	readonly log: ILogger;
}

/** Entries that are read, embedded and put at a time. */
const PAGE = 32;

/** MemoryIndexing brings the index in step with history; for each person one thing after the other. */
export class MemoryIndexing {
	readonly #deps: Dependencies;
	readonly #turns = new Map<PersonId, Promise<unknown>>();
	readonly #stopped = new AbortController();

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	/** Puts what the index lacks; all of it, where the index is new, behind what is known to have been in it, or another embedder's. Resolves with the last fact it holds. */
	bring(person: PersonId): Promise<number> {
		return this.#inTurn(person, () => this.#bring(person));
	}

	/** Sees to it that the index holds what history does: its file may have been lost, the embedder changed, or the last be on its way. */
	async ensure(person: PersonId): Promise<void> {
		const { latest, index } = this.#deps;
		const memory = await latest(memoryStream(person));
		if (memory === undefined) return;
		const standing = await index.standing(person);
		const last = memory.entries.reduce((most, { seq }) => Math.max(most, seq), 0);
		if (!this.#isGood(standing, memory) || last > (standing?.through ?? 0)) await this.bring(person);
	}

	/** Takes entries out. */
	remove(person: PersonId, ids: readonly string[]): Promise<void> {
		return this.#inTurn(person, () => this.#deps.index.remove(person, ids));
	}

	/** Takes out everything of a person, after their history was erased. */
	eraseOf(person: PersonId): Promise<void> {
		return this.#inTurn(person, () => this.#deps.index.eraseOf(person));
	}

	/** Breaks off what is under way; it stays owed. */
	stop(): void {
		this.#stopped.abort();
	}

	async #bring(person: PersonId): Promise<number> {
		const { latest, index, embedder } = this.#deps;
		const memory = await latest(memoryStream(person));
		if (memory === undefined) return 0;
		const standing = await index.standing(person);
		const isGood = this.#isGood(standing, memory);
		if (!isGood) await index.eraseOf(person);
		const from = isGood ? (standing?.through ?? 0) : 0;
		const lacking = memory.entries.filter(({ seq }) => seq > from).sort((one, other) => one.seq - other.seq);
		let through = from;
		let trouble: unknown;
		for (let place = 0; place < lacking.length; place += PAGE) {
			const page = lacking.slice(place, place + PAGE);
			trouble ??= await this.#put(person, await this.#deps.entries.read(person, page), trouble === undefined);
			through = Math.max(through, ...page.map(({ seq }) => seq));
			if (trouble === undefined) await index.stand(person, { through, embedder: embedder.name });
		}
		// Words alone are a help, but not all that is owed.
		if (trouble !== undefined) throw trouble;
		return through;
	}

	#isGood(standing: Awaited<ReturnType<IMemoryIndex['standing']>>, { indexed }: Memory): boolean {
		return standing !== undefined && standing.embedder === this.#deps.embedder.name && standing.through >= indexed;
	}

	/** By their words first, because vectors may take a while; returns what kept the vectors from being made. */
	async #put(person: PersonId, read: readonly MemoryEntry[], withVectors: boolean): Promise<unknown> {
		const { index, embedder, log } = this.#deps;
		await index.put(
			read.map((entry) => ({ entry })),
			embedder.name,
		);
		if (!withVectors) return undefined;
		try {
			const texts = read.map(({ text }) => text);
			const vectors = await embedder.embed(texts, { signal: this.#stopped.signal });
			const there = await this.#stillThere(person, read);
			await index.put(
				read.flatMap((entry, place) => (there.has(entry.id) ? [{ entry, vector: vectors[place] }] : [])),
				embedder.name,
			);
			return undefined;
		} catch (error) {
			log.debug('memory not embedded', { embedder: embedder.name, error: describeError(error) });
			return error;
		}
	}

	/** They may have been forgotten while vectors were made; what forgets takes its turn after this, but an erasure of a person does not. */
	async #stillThere(person: PersonId, read: readonly MemoryEntry[]): Promise<ReadonlySet<string>> {
		const memory = await this.#deps.latest(memoryStream(person));
		const known = new Set(memory?.entries.map(({ id }) => id));
		const gone = read.filter(({ id }) => !known.has(id)).map(({ id }) => id);
		if (gone.length > 0) await this.#deps.index.remove(person, gone);
		return known;
	}

	async #inTurn<Result>(person: PersonId, work: () => Promise<Result>): Promise<Result> {
		const before = this.#turns.get(person) ?? Promise.resolve();
		const mine = before.then(work, work);
		this.#turns.set(person, mine);
		try {
			return await mine;
		} finally {
			if (this.#turns.get(person) === mine) this.#turns.delete(person);
		}
	}
}
