import { LRUCache } from 'lru-cache';
import { CoreError, describeError, isCoreError } from '../../domain/errors.ts';
import type { StreamId } from '../../domain/ids.ts';
import type { Json } from '../../domain/json.ts';
import type { IEventStore, ISnapshotStore, StoredFact, StreamIndexEntry } from '../../ports/event-store.ts';
import type { ILogger } from '../../ports/logger.ts';
import { type Decided, type Decider, decideBatch } from './decide-batch.ts';

/** Handled is what became of a command: the facts it led to (none if it changed nothing) and the state after them. */
export interface Handled<State> {
	readonly state: State | undefined;
	readonly facts: readonly StoredFact[];
	/** The idempotency key was seen before; `stream` is where its facts went. */
	readonly duplicateOf?: StreamId | undefined;
}

interface Dependencies<State, Command extends { readonly at: number }, Fact> {
	readonly decider: Decider<State, Command, Fact>;
	readonly store: IEventStore;
	readonly snapshots: ISnapshotStore;
	readonly log: ILogger;
	/** Nobody else appends to the store, so what was folded once stays right. */
	readonly alone: boolean;
	/** Streams that are driven here: of those this process hears whatever others append. None unless told. */
	readonly drives?: ((stream: StreamId) => boolean) | undefined;
	/** Where a stream belongs, where that is not this process; see `IStreamHomes`. */
	readonly homeOf?: ((stream: StreamId) => string | undefined) | undefined;
	/** Called after every append, before the command's own promise resolves; `home` is the other process that drives the stream. */
	readonly appended: (stream: StreamId, facts: readonly StoredFact[], state: State, home: string | undefined) => void;
}

interface Waiting<State, Command> {
	readonly command: Command;
	readonly idempotencyKey: string | undefined;
	readonly resolve: (handled: Handled<State>) => void;
	readonly reject: (error: unknown) => void;
}

interface Folded<State> {
	readonly state: State | undefined;
	/** Of the last fact read or written, also where an erased one left no state. */
	readonly seq: number;
	readonly indexed: StreamIndexEntry | undefined;
	readonly snapshotSeq: number;
	/** The term in which nothing can have been appended unnoticed. */
	readonly term: number;
}

/** No term: somebody else may have appended since. */
const NEVER = -1;
const NOTHING_YET: Folded<never> = { state: undefined, seq: 0, indexed: undefined, snapshotSeq: 0, term: NEVER };

/** Facts between two snapshots of a long stream. */
const SNAPSHOT_EVERY = 500;
/**
 * Folded states of streams in use; one that rests is folded again when it is needed, in well under a millisecond as a rule.
 * Room for 500 streams of some length, or for ten times as many of a few facts, such as small talk.
 */
const CACHED_WEIGHT = 20_000;
const LONG_STREAM = 40;
const SHORT_STREAM = 4;
const MAX_CONFLICTS = 20;
/** Facts that are read at a time; fewer mean that there are no more. */
const READ_AT_ONCE = 10_000;

/**
 * CommandHandler is the one way to change anything durable: load, fold, decide, append at the expected version, retry on
 * conflict. Commands on one stream run one after the other; those that arrive together share one append.
 */
export class CommandHandler<State, Command extends { readonly at: number }, Fact> {
	readonly #deps: Dependencies<State, Command, Fact>;
	readonly #waiting = new Map<StreamId, Waiting<State, Command>[]>();
	readonly #folded = new LRUCache<StreamId, Folded<State>>({
		maxSize: CACHED_WEIGHT,
		sizeCalculation: ({ seq }) => Math.max(SHORT_STREAM, Math.min(seq, LONG_STREAM)),
	});

	#term = 0;

	constructor(deps: Dependencies<State, Command, Fact>) {
		this.#deps = deps;
	}

	/** Resolves once the command's facts are durable; rejects with the refusal, or with the store's error. */
	handle(stream: StreamId, command: Command, idempotencyKey?: string): Promise<Handled<State>> {
		return new Promise((resolve, reject) => {
			const waiting = { command, idempotencyKey, resolve, reject };
			const mailbox = this.#waiting.get(stream);
			if (mailbox !== undefined) {
				mailbox.push(waiting);
				return;
			}
			this.#waiting.set(stream, [waiting]);
			queueMicrotask(() => void this.#drain(stream));
		});
	}

	/** Handles the first command of a stream under a new id: nothing is looked up, and the store's own check finds the odd one that does exist. */
	begin(stream: StreamId, command: Command, idempotencyKey?: string): Promise<Handled<State>> {
		if (!this.#folded.has(stream)) this.#folded.set(stream, NOTHING_YET);
		return this.handle(stream, command, idempotencyKey);
	}

	/** The folded state of a stream: as of its last append here where nobody else drives it, else as the store has it now. */
	async state(stream: StreamId): Promise<State | undefined> {
		const known = this.#folded.get(stream);
		if (known === undefined) return (await this.#load(stream)).state;
		// Whoever appends to a stream that nobody drives tells nobody else.
		const hears = this.#deps.alone || this.#deps.drives?.(stream) === true;
		return hears && this.#isCurrent(known) ? known.state : this.#reread(stream, known);
	}

	/**
	 * The folded state of a stream as the store has it now, for people: what they did at another process a moment ago is in it,
	 * though the hint of it may still be under way.
	 */
	async latest(stream: StreamId): Promise<State | undefined> {
		const known = this.#folded.get(stream);
		if (known === undefined || this.#deps.alone) return this.state(stream);
		return this.#reread(stream, known);
	}

	/** From now on this process drives the stream: it hears of whatever others append to it. Resolves with its state now. */
	async own(stream: StreamId): Promise<State | undefined> {
		const term = this.#term;
		const known = this.#folded.get(stream);
		if (known !== undefined && this.#isCurrent(known)) return known.state;
		const folded = { ...(known === undefined ? await this.#load(stream) : await this.#catchUp(stream, known)), term };
		this.#keep(stream, folded);
		return folded.state;
	}

	/** Takes in what another process appended, where the stream is known here. */
	heard(stream: StreamId, facts: readonly StoredFact[]): void {
		const known = this.#folded.get(stream);
		if (known === undefined) return;
		const [first] = facts;
		if (first === undefined || first.seq > known.seq + 1) this.doubt(stream);
		else this.#fold(stream, known, facts);
	}

	/** Others may have appended to any stream unnoticed: each is read on when it is needed. */
	distrust(): void {
		this.#term++;
	}

	/** Others may have appended to this stream unnoticed. */
	doubt(stream: StreamId): void {
		const known = this.#folded.get(stream);
		if (known !== undefined) this.#folded.set(stream, { ...known, term: NEVER });
	}

	/** Forgets what was folded, after payloads were erased underneath. */
	forget(stream: StreamId): void {
		this.#folded.delete(stream);
	}

	forgetAll(): void {
		this.#folded.clear();
	}

	async #drain(stream: StreamId): Promise<void> {
		const mailbox = this.#waiting.get(stream) ?? [];
		while (mailbox.length > 0) {
			const batch = takeBatch(mailbox);
			try {
				await this.#carryOut(stream, batch);
			} catch (error) {
				this.#loseTrust(stream, error);
				for (const { reject } of batch) reject(error);
			}
		}
		this.#waiting.delete(stream);
	}

	/** What is known stays readable while the store is out of reach. */
	#loseTrust(stream: StreamId, error: unknown): void {
		if (isCoreError(error, 'store-unreachable')) this.doubt(stream);
		else this.#folded.delete(stream);
	}

	async #carryOut(stream: StreamId, batch: readonly Waiting<State, Command>[]): Promise<void> {
		const { decider } = this.#deps;
		const cached = this.#folded.get(stream);
		let folded = cached ?? (await this.#load(stream));
		// Another process may have appended since; what was just read cannot be behind.
		let current = cached === undefined;
		for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
			const decided = decideBatch(decider, folded.state, batch);
			const changesNothing = decided.facts.length === 0 || decided.refused.length > 0;
			if (changesNothing && !current) {
				const latest = await this.#catchUp(stream, folded);
				current = true;
				if (latest.seq !== folded.seq) {
					folded = latest;
					continue;
				}
			}
			if (await this.#record(stream, folded, decided)) return;
			folded = await this.#catchUp(stream, folded);
			current = true;
		}
		throw new CoreError('version-conflict', `"${stream}" is being changed by somebody else again and again.`, {
			hint: 'Try again in a moment.',
		});
	}

	/** Appends what was decided and tells the callers; false when somebody else was quicker and nothing was appended. */
	async #record(
		stream: StreamId,
		folded: Folded<State>,
		decided: Decided<State, Waiting<State, Command>>,
	): Promise<boolean> {
		const { decider, store } = this.#deps;
		const { accepted, refused, facts, state, at } = decided;
		let duplicateOf: StreamId | undefined;
		if (facts.length > 0 && state !== undefined) {
			const index = decider.index(state, at);
			const changed = folded.indexed === undefined || !sameIndex(folded.indexed, index);
			const idempotencyKey = accepted[0]?.item.idempotencyKey;
			const term = this.#term;
			const result = await store.append({
				stream,
				expectedSeq: folded.seq,
				facts,
				at,
				...(idempotencyKey === undefined ? {} : { idempotencyKey }),
				...(changed ? { index } : {}),
				home: this.#deps.homeOf?.(stream),
			});
			if (result.kind === 'conflict') return false;
			if (result.kind === 'duplicate') duplicateOf = result.stream;
			else {
				const seq = folded.seq + facts.length;
				const snapshotSeq = this.#snapshotIfDue(stream, { state, seq }, folded.snapshotSeq);
				this.#keep(stream, { state, seq, indexed: index, snapshotSeq, term: result.home === undefined ? term : NEVER });
				this.#deps.appended(stream, facts, state, result.home);
			}
		}
		for (const { item, error } of refused) item.reject(error);
		for (const { item, from, to } of accepted) {
			if (duplicateOf === undefined) item.resolve({ state, facts: facts.slice(from, to) });
			else item.resolve({ state: folded.state, facts: [], duplicateOf });
		}
		return true;
	}

	/** While the store is out of reach, what was known last is better than nothing. */
	async #reread(stream: StreamId, known: Folded<State>): Promise<State | undefined> {
		try {
			return (await this.#catchUp(stream, known)).state;
		} catch (error) {
			if (isCoreError(error, 'store-unreachable')) return known.state;
			throw error;
		}
	}

	async #load(stream: StreamId): Promise<Folded<State>> {
		const { decider, snapshots } = this.#deps;
		const snapshot = await snapshots.load(stream, decider.version);
		const seq = snapshot?.seq ?? 0;
		// A snapshot was made by this very version of the fold from this very state.
		const state = snapshot?.state as State | undefined;
		return this.#catchUp(stream, { state, seq, indexed: undefined, snapshotSeq: seq, term: NEVER });
	}

	/** Folds what was appended since. */
	async #catchUp(stream: StreamId, known: Folded<State>): Promise<Folded<State>> {
		let folded = known;
		for (;;) {
			const facts = await this.#deps.store.read(stream, folded.seq, READ_AT_ONCE);
			if (facts.length > 0) folded = this.#fold(stream, folded, facts);
			if (facts.length < READ_AT_ONCE) break;
		}
		if (folded.seq === known.seq) this.#keep(stream, folded);
		return folded;
	}

	/** What another process appended brought its own index entry along. */
	#fold(stream: StreamId, known: Folded<State>, facts: readonly StoredFact[]): Folded<State> {
		let { state, seq } = known;
		for (const fact of facts) {
			if (fact.seq <= seq) continue;
			state = this.#deps.decider.evolve(state, fact as Fact);
			seq = fact.seq;
		}
		if (seq === known.seq) return known;
		const folded = { ...known, state, seq, indexed: undefined };
		this.#keep(stream, folded);
		return folded;
	}

	/** Never puts an older state in the place of a newer one, which was written while the older was read. */
	#keep(stream: StreamId, folded: Folded<State>): void {
		const known = this.#folded.get(stream);
		if (known === undefined || known.seq <= folded.seq) this.#folded.set(stream, folded);
	}

	#isCurrent({ term }: Folded<State>): boolean {
		return this.#deps.alone || term === this.#term;
	}

	#snapshotIfDue(stream: StreamId, { state, seq }: { state: State; seq: number }, last: number): number {
		const { decider, snapshots, log } = this.#deps;
		if (seq - last < SNAPSHOT_EVERY) return last;
		const saved = snapshots.save(stream, { version: decider.version, seq, state: state as Json });
		saved.catch((error: unknown) => log.warn('snapshot not saved', { stream, error: describeError(error) }));
		return seq;
	}
}

function sameIndex(one: StreamIndexEntry, other: StreamIndexEntry): boolean {
	if (one.dueAt !== other.dueAt || one.person !== other.person) return false;
	const keys = Object.keys(one.summary);
	// Summaries are flat.
	return (
		keys.length === Object.keys(other.summary).length && keys.every((key) => one.summary[key] === other.summary[key])
	);
}

/** A command with an idempotency key travels alone, because the key covers its whole append. */
function takeBatch<State, Command>(mailbox: Waiting<State, Command>[]): Waiting<State, Command>[] {
	const keyed = mailbox.findIndex((waiting) => waiting.idempotencyKey !== undefined);
	if (keyed === -1) return mailbox.splice(0);
	return mailbox.splice(0, keyed === 0 ? 1 : keyed);
}
