import { LRUCache } from 'lru-cache';
import { CoreError, describeError } from '../domain/errors.ts';
import type { StreamId } from '../domain/ids.ts';
import type { Json } from '../domain/json.ts';
import type { IEventStore, ISnapshotStore, NewFact, StoredFact, StreamIndexEntry } from '../ports/event-store.ts';
import type { ILogger } from '../ports/logger.ts';

/** Decider is the pure heart of one kind of stream, as the handler needs it. */
export interface Decider<State, Command extends { readonly at: number }, Fact> {
	/** Keys snapshots: raised whenever folding the same facts would give another state. */
	readonly version: string;
	decide(
		state: State | undefined,
		command: Command,
	):
		| { readonly ok: true; readonly facts: readonly Fact[]; readonly state: State | undefined }
		| { readonly ok: false; readonly error: CoreError };
	evolve(state: State | undefined, fact: Fact): State | undefined;
	/** What lists and start-up need of this state. */
	index(state: State, now: number): StreamIndexEntry;
}

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
	/** Called after every append, before the command's own promise resolves. */
	readonly appended: (stream: StreamId, facts: readonly StoredFact[], state: State) => void;
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
}

const NOTHING_YET: Folded<never> = { state: undefined, seq: 0, indexed: undefined, snapshotSeq: 0 };

/** Facts between two snapshots of a long stream. */
const SNAPSHOT_EVERY = 500;
const CACHED_STREAMS = 2_000;
const MAX_CONFLICTS = 20;

/**
 * CommandHandler is the one way to change anything durable: load, fold, decide, append at the expected version, retry on
 * conflict. Commands on one stream run one after the other; those that arrive together share one append.
 */
export class CommandHandler<State, Command extends { readonly at: number }, Fact> {
	readonly #deps: Dependencies<State, Command, Fact>;
	readonly #waiting = new Map<StreamId, Waiting<State, Command>[]>();
	readonly #folded = new LRUCache<StreamId, Folded<State>>({ max: CACHED_STREAMS });

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

	/** The folded state of a stream as of its last append here or, if unknown here, in the store. */
	async state(stream: StreamId): Promise<State | undefined> {
		return (this.#folded.get(stream) ?? (await this.#load(stream))).state;
	}

	/** Forgets what was folded, after payloads were erased underneath. */
	forget(stream: StreamId): void {
		this.#folded.delete(stream);
	}

	async #drain(stream: StreamId): Promise<void> {
		const mailbox = this.#waiting.get(stream) ?? [];
		while (mailbox.length > 0) {
			const batch = takeBatch(mailbox);
			try {
				await this.#carryOut(stream, batch);
			} catch (error) {
				this.#folded.delete(stream);
				for (const { reject } of batch) reject(error);
			}
		}
		this.#waiting.delete(stream);
	}

	async #carryOut(stream: StreamId, batch: readonly Waiting<State, Command>[]): Promise<void> {
		const { decider, store } = this.#deps;
		for (let conflicts = 0; ; conflicts++) {
			const folded = this.#folded.get(stream) ?? (await this.#load(stream));
			const { accepted, facts, state, at } = decideAll(decider, folded.state, batch);
			if (facts.length === 0 || state === undefined) {
				for (const one of accepted) one.waiting.resolve({ state, facts: [] });
				return;
			}
			const index = decider.index(state, at);
			const changed = folded.indexed === undefined || !sameIndex(folded.indexed, index);
			const result = await store.append({
				stream,
				expectedSeq: folded.seq,
				facts,
				at,
				...(batch[0]?.idempotencyKey === undefined ? {} : { idempotencyKey: batch[0].idempotencyKey }),
				...(changed ? { index } : {}),
			});
			if (result.kind === 'conflict') {
				this.#folded.delete(stream);
				if (conflicts < MAX_CONFLICTS) continue;
				throw new CoreError('version-conflict', `"${stream}" is being changed by somebody else again and again.`, {
					hint: 'Try again in a moment.',
				});
			}
			if (result.kind === 'duplicate') {
				for (const one of accepted) {
					one.waiting.resolve({ state: folded.state, facts: [], duplicateOf: result.stream });
				}
				return;
			}
			const seq = folded.seq + facts.length;
			const snapshotSeq = this.#snapshotIfDue(stream, { state, seq }, folded.snapshotSeq);
			this.#folded.set(stream, { state, seq, indexed: index, snapshotSeq });
			this.#deps.appended(stream, facts, state);
			for (const one of accepted) one.waiting.resolve({ state, facts: facts.slice(one.from, one.to) });
			return;
		}
	}

	async #load(stream: StreamId): Promise<Folded<State>> {
		const { decider, store, snapshots } = this.#deps;
		const snapshot = await snapshots.load(stream, decider.version);
		// A snapshot was made by this very version of the fold from this very state.
		let state = snapshot?.state as State | undefined;
		let after = snapshot?.seq ?? 0;
		for (;;) {
			const facts = await store.read(stream, after);
			for (const fact of facts) state = decider.evolve(state, fact as Fact);
			const last = facts.at(-1);
			if (last === undefined) break;
			after = last.seq;
			if (facts.length < 1_000) break;
		}
		const folded = { state, seq: after, indexed: undefined, snapshotSeq: snapshot?.seq ?? 0 };
		this.#folded.set(stream, folded);
		return folded;
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

interface Accepted<State, Command> {
	readonly waiting: Waiting<State, Command>;
	readonly from: number;
	readonly to: number;
}

/** Decides commands one after the other on the state each leaves; refused ones are rejected and add nothing. */
function decideAll<State, Command extends { readonly at: number }, Fact>(
	decider: Decider<State, Command, Fact>,
	from: State | undefined,
	batch: readonly Waiting<State, Command>[],
) {
	const at = batch.reduce((latest, { command }) => Math.max(latest, command.at), 0);
	const accepted: Accepted<State, Command>[] = [];
	const facts: (Fact & NewFact)[] = [];
	let state = from;
	for (const waiting of batch) {
		const { command } = waiting;
		const decision = decider.decide(state, command.at === at ? command : { ...command, at });
		if (!decision.ok) {
			waiting.reject(decision.error);
			continue;
		}
		const start = facts.length;
		for (const fact of decision.facts) facts.push(fact as Fact & NewFact);
		state = decision.state;
		accepted.push({ waiting, from: start, to: facts.length });
	}
	return {
		accepted,
		facts: facts as unknown as StoredFact[],
		state,
		at: (facts.at(-1) as StoredFact | undefined)?.at ?? at,
	};
}
