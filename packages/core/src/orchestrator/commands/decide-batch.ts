import type { CoreError } from '../../domain/errors.ts';
import type { StoredFact, StreamIndexEntry } from '../../ports/event-store.ts';

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

/** Decided is what a batch leads to; `from` and `to` cut each command's own facts out of all of them. */
export interface Decided<State, Item> {
	readonly accepted: readonly { readonly item: Item; readonly from: number; readonly to: number }[];
	readonly refused: readonly { readonly item: Item; readonly error: CoreError }[];
	readonly facts: readonly StoredFact[];
	readonly state: State | undefined;
	readonly at: number;
}

/** decideBatch decides commands one after the other on the state each leaves; refused ones add nothing. */
export function decideBatch<
	State,
	Command extends { readonly at: number },
	Fact,
	Item extends { readonly command: Command },
>(decider: Decider<State, Command, Fact>, from: State | undefined, batch: readonly Item[]): Decided<State, Item> {
	const at = batch.reduce((latest, { command }) => Math.max(latest, command.at), 0);
	const accepted: { item: Item; from: number; to: number }[] = [];
	const refused: { item: Item; error: CoreError }[] = [];
	const facts: StoredFact[] = [];
	let state = from;
	for (const item of batch) {
		const { command } = item;
		const decision = decider.decide(state, command.at === at ? command : { ...command, at });
		if (!decision.ok) {
			refused.push({ item, error: decision.error });
			continue;
		}
		const start = facts.length;
		// Every core's recorded facts are stored as they are.
		for (const fact of decision.facts) facts.push(fact as unknown as StoredFact);
		state = decision.state;
		accepted.push({ item, from: start, to: facts.length });
	}
	return { accepted, refused, facts, state, at: facts.at(-1)?.at ?? at };
}
