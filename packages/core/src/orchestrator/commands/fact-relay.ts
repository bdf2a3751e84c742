import type { StreamId } from '../../domain/ids.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IEventBus } from '../../ports/event-bus.ts';
import type { IEventStore, StoredFact } from '../../ports/event-store.ts';

interface Dependencies {
	readonly store: Pick<IEventStore, 'read'>;
	readonly bus: IEventBus;
	readonly clock: IClock;
}

/** How long (ms) until the store is asked again after it did not answer. */
const RETRY_MS = 1_000;

/** FactRelay lets many followers listen to single streams: from any point of history, then live, without gap or repeat. */
export class FactRelay {
	readonly #deps: Dependencies;
	readonly #followers = new Map<StreamId, Set<(facts: readonly StoredFact[] | undefined) => void>>();
	readonly #unsubscribe: readonly (() => void)[];

	constructor(deps: Dependencies) {
		this.#deps = deps;
		this.#unsubscribe = [
			deps.bus.subscribe('facts', ({ stream, facts }) => {
				for (const follower of this.#followers.get(stream) ?? []) follower(facts);
			}),
			deps.bus.subscribe('missed', () => {
				for (const followers of this.#followers.values()) for (const follower of followers) follower(undefined);
			}),
		];
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
				const facts = await this.#deps.store.read(stream, last);
				if (facts.length === 0 || stopped) break;
				tell(facts);
			}
			reading = false;
		};
		// What arrives while reading, or after a lost hint, is read from the store: one source of order.
		let missed = false;
		const hear = (facts: readonly StoredFact[] | undefined) => {
			const first = facts?.[0];
			if (reading) missed = true;
			else if (facts !== undefined && first !== undefined && first.seq <= last + 1) tell(facts);
			else void catchUpLater();
		};
		const catchUpLater = async (): Promise<void> => {
			try {
				await catchUpAll();
			} catch {
				// The store is out of reach for now; what was missed is still there when it is back.
				if (!stopped) callOff = this.#deps.clock.after(RETRY_MS, () => void catchUpLater());
			}
		};
		let callOff: (() => void) | undefined;
		const catchUpAll = async () => {
			do {
				missed = false;
				await catchUp();
			} while (missed && !stopped);
		};
		const followers = this.#followers.get(stream) ?? new Set();
		followers.add(hear);
		this.#followers.set(stream, followers);
		const attending = await this.#deps.bus.attend(stream);
		const stop = () => {
			stopped = true;
			callOff?.();
			attending();
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
		for (const unsubscribe of this.#unsubscribe) unsubscribe();
		this.#followers.clear();
	}
}
