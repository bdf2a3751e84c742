import type { IClock } from '../../ports/clock.ts';

/** Beginnings that go on side by side, where very many fall due at once. */
const BEGIN_AT_ONCE = 256;
/** Runs that go on together, and the longest (ms) that none does. */
const GO_ON_AT_ONCE = 32;
const LONGEST_MS = 100;

/**
 * BeginningsFirst lets what falls due begin on time: as long as beginnings wait for their turn, runs that nobody waits for hold back,
 * but for a few that keep them all from standing still.
 */
export class BeginningsFirst {
	readonly #clock: IClock;
	readonly #toBegin: (() => void)[] = [];
	readonly #toGoOn: (() => void)[] = [];
	#free = BEGIN_AT_ONCE;
	#callOff: (() => void) | undefined;
	#isStopped = false;

	constructor(clock: IClock) {
		this.#clock = clock;
	}

	/** Begins something, in order; so many at a time. */
	async begin<T>(work: () => Promise<T>): Promise<T> {
		if (this.#free > 0) this.#free -= 1;
		else await new Promise<void>((resolve) => this.#toBegin.push(resolve));
		try {
			return await work();
		} finally {
			const next = this.#toBegin.shift();
			if (next === undefined) this.#free += 1;
			else next();
			if (this.#toBegin.length === 0 && this.#toGoOn.length > 0) this.#setTimer();
		}
	}

	/** Resolves when a run that nobody waits for may go on. */
	async goOn(): Promise<void> {
		if (this.#toBegin.length === 0 && this.#toGoOn.length === 0) return;
		const turn = new Promise<void>((resolve) => this.#toGoOn.push(resolve));
		if (this.#callOff === undefined) this.#setTimer();
		await turn;
	}

	/** What holds back does so for good; safe to call twice. */
	stop(): void {
		this.#isStopped = true;
		this.#callOff?.();
	}

	/** A few in each turn of the event loop, so that beginnings that fall due meanwhile find it free. */
	#setTimer(): void {
		if (this.#isStopped) return;
		this.#callOff?.();
		this.#callOff = this.#clock.after(this.#toBegin.length > 0 ? LONGEST_MS : 0, () => {
			this.#callOff = undefined;
			for (const resolve of this.#toGoOn.splice(0, GO_ON_AT_ONCE)) resolve();
			if (this.#toGoOn.length > 0) this.#setTimer();
		});
	}
}
