import type { StreamId } from '../../domain/ids.ts';
import type { IEventBus } from '../../ports/event-bus.ts';
import type { IEventStore, StoredFact } from '../../ports/event-store.ts';

/** FactRelay lets many followers listen to single streams: from any point of history, then live, without gap or repeat. */
export class FactRelay {
	readonly #store: IEventStore;
	readonly #followers = new Map<StreamId, Set<(facts: readonly StoredFact[]) => void>>();
	readonly #unsubscribe: () => void;

	constructor(store: IEventStore, bus: IEventBus) {
		this.#store = store;
		this.#unsubscribe = bus.subscribe('facts', ({ stream, facts }) => {
			for (const follower of this.#followers.get(stream) ?? []) follower(facts);
		});
	}

	/** Calls `listener` for each fact after `after`, in order. Returns the way to stop. */
	async follow(stream: StreamId, after: number, listener: (fact: StoredFact) => void): Promise<() => void> {
		let last = after;
		let stopped = false;
		let reading = true;
		const tell = (facts: readonly StoredFact[]) => {
			for (const fact of facts) {
				if (stopped || fact.seq <= last) continue;
				last = fact.seq;
				listener(fact);
			}
		};
		const catchUp = async () => {
			reading = true;
			for (;;) {
				const facts = await this.#store.read(stream, last);
				if (facts.length === 0 || stopped) break;
				tell(facts);
			}
			reading = false;
		};
		// What arrives while reading, or after a lost hint, is read from the store: one source of order.
		let missed = false;
		const hear = (facts: readonly StoredFact[]) => {
			const [first] = facts;
			if (first === undefined) return;
			if (reading) missed = true;
			else if (first.seq <= last + 1) tell(facts);
			else void catchUpAll();
		};
		const catchUpAll = async () => {
			do {
				missed = false;
				await catchUp();
			} while (missed && !stopped);
		};
		const followers = this.#followers.get(stream) ?? new Set();
		followers.add(hear);
		this.#followers.set(stream, followers);
		const stop = () => {
			stopped = true;
			followers.delete(hear);
			if (followers.size === 0 && this.#followers.get(stream) === followers) this.#followers.delete(stream);
		};
		try {
			await catchUpAll();
		} catch (error) {
			stop();
			throw error;
		}
		return stop;
	}

	stop(): void {
		this.#unsubscribe();
		this.#followers.clear();
	}
}
