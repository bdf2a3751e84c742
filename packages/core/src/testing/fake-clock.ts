import type { IClock } from '../ports/clock.ts';

/** FakeClock stands still until it is told to go on, so that a test of a three-day wait waits for nothing. */
export class FakeClock implements IClock {
	#now: number;
	#nextId = 0;
	readonly #timers = new Map<number, { dueAt: number; run: () => void }>();

	constructor(now = 1_700_000_000_000) {
		this.#now = now;
	}

	/** How many waits are under way. */
	get waiting(): number {
		return this.#timers.size;
	}

	now(): number {
		return this.#now;
	}

	after(delayMs: number, run: () => void): () => void {
		const id = this.#nextId++;
		this.#timers.set(id, { dueAt: this.#now + Math.max(0, delayMs), run });
		return () => {
			this.#timers.delete(id);
		};
	}

	/** Lets this much time pass: what falls due runs in order of time, and promises settle between one and the next. */
	async advance(ms: number): Promise<void> {
		const end = this.#now + ms;
		await settlePromises();
		for (let next = this.#nextDue(end); next !== undefined; next = this.#nextDue(end)) {
			const [id, timer] = next;
			this.#timers.delete(id);
			this.#now = Math.max(this.#now, timer.dueAt);
			timer.run();
			await settlePromises();
		}
		this.#now = end;
	}

	/** Sets the clock forward or back, as when a machine wakes up or is put right: waits under way last as long as they would have. */
	jump(ms: number): void {
		this.#now += ms;
		for (const timer of this.#timers.values()) timer.dueAt += ms;
	}

	#nextDue(end: number) {
		let first: [number, { dueAt: number; run: () => void }] | undefined;
		for (const entry of this.#timers) {
			if (entry[1].dueAt <= end && (first === undefined || entry[1].dueAt < first[1].dueAt)) first = entry;
		}
		return first;
	}
}

function settlePromises(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}
