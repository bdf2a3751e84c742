import type { IClock } from '../../ports/clock.ts';

/** Sleeper is what waits for a time; `place` is where it stands among those that wait, undefined while it does not. */
export interface Sleeper {
	wakeAt: number;
	place: number | undefined;
}

interface WakeUpOptions<S> {
	readonly wake: (sleeper: S) => Promise<void>;
	readonly atOnce: number;
	readonly ahead?: Ahead<S> | undefined;
}

/** Ahead has a look at whoever is to be woken next, so long (ms) before. */
interface Ahead<S> {
	readonly ms: number;
	readonly look: (sleeper: S) => void;
}

interface Timer {
	readonly at: number;
	readonly cancel: () => void;
}

/** A timer stands still while the machine sleeps, and knows nothing of a clock that is set: the clock is looked at this often. */
const LONGEST_MS = 600_000;

/**
 * WakeUps wakes what waits for a time. One timer serves all of them, so that a hundred thousand that wait cost no more than their place
 * in a heap. Of those whose time has come at most so many are awake at once; the others follow as these are done.
 */
export class WakeUps<S extends Sleeper> {
	readonly #clock: IClock;
	readonly #wake: (sleeper: S) => Promise<void>;
	readonly #atOnce: number;
	/** A heap: whoever is to be woken first stands at 0. */
	readonly #waiting: S[] = [];
	#awake = 0;
	readonly #ahead: Ahead<S> | undefined;
	#timer: Timer | undefined;
	#aheadTimer: Timer | undefined;
	#lookedAheadAt = Number.NEGATIVE_INFINITY;
	#stopped = false;

	constructor(clock: IClock, { wake, atOnce, ahead }: WakeUpOptions<S>) {
		this.#clock = clock;
		this.#wake = wake;
		this.#atOnce = atOnce;
		this.#ahead = ahead;
	}

	/** Wakes it at a time, and no more at the one set before. */
	set(sleeper: S, at: number): void {
		if (this.#stopped) return;
		if (sleeper.place !== undefined && sleeper.wakeAt === at) return;
		this.unset(sleeper);
		sleeper.wakeAt = at;
		sleeper.place = this.#waiting.push(sleeper) - 1;
		this.#rise(sleeper);
		this.#setTimer();
	}

	unset(sleeper: S): void {
		const { place } = sleeper;
		if (place === undefined) return;
		sleeper.place = undefined;
		const last = this.#waiting.pop();
		if (last === undefined || last === sleeper) return;
		this.#put(last, place);
		this.#rise(last);
		this.#sink(last);
	}

	stop(): void {
		this.#stopped = true;
		this.#timer?.cancel();
		this.#aheadTimer?.cancel();
		for (const sleeper of this.#waiting) sleeper.place = undefined;
		this.#waiting.length = 0;
	}

	#ring(): void {
		this.#timer = undefined;
		while (this.#awake < this.#atOnce) {
			const [first] = this.#waiting;
			if (first === undefined || first.wakeAt > this.#clock.now()) break;
			this.unset(first);
			this.#awake += 1;
			void this.#wake(first).finally(() => {
				// The next ones wait only where all that may be awake were.
				if (this.#awake-- === this.#atOnce && !this.#stopped) this.#ring();
			});
		}
		this.#setTimer();
	}

	#setTimer(): void {
		if (this.#ahead !== undefined) this.#setAheadTimer(this.#ahead);
		const at = this.#awake < this.#atOnce ? this.#waiting[0]?.wakeAt : undefined;
		if (at === this.#timer?.at) return;
		this.#timer?.cancel();
		this.#timer = undefined;
		if (at === undefined || this.#stopped) return;
		const delay = Math.min(Math.max(0, at - this.#clock.now()), LONGEST_MS);
		this.#timer = { at, cancel: this.#clock.after(delay, () => this.#ring()) };
	}

	/** Once in that time at most: where many are woken one after the other, all is ready. */
	#setAheadTimer(ahead: Ahead<S>): void {
		const [first] = this.#waiting;
		const soonest = Math.max((first?.wakeAt ?? 0) - ahead.ms, this.#lookedAheadAt + ahead.ms);
		const at = first === undefined || this.#stopped || soonest >= first.wakeAt ? undefined : soonest;
		if (at === this.#aheadTimer?.at) return;
		this.#aheadTimer?.cancel();
		this.#aheadTimer = undefined;
		if (at === undefined) return;
		const delay = Math.min(Math.max(0, at - this.#clock.now()), LONGEST_MS);
		this.#aheadTimer = { at, cancel: this.#clock.after(delay, () => this.#lookAhead(ahead)) };
	}

	#lookAhead(ahead: Ahead<S>): void {
		this.#aheadTimer = undefined;
		const [first] = this.#waiting;
		const now = this.#clock.now();
		if (first !== undefined && first.wakeAt - ahead.ms <= now) {
			this.#lookedAheadAt = now;
			ahead.look(first);
		}
		this.#setAheadTimer(ahead);
	}

	#rise(sleeper: S): void {
		let place = sleeper.place ?? 0;
		while (place > 0) {
			const above = (place - 1) >> 1;
			const parent = this.#waiting[above];
			if (parent === undefined || parent.wakeAt <= sleeper.wakeAt) break;
			this.#put(parent, place);
			place = above;
		}
		this.#put(sleeper, place);
	}

	#sink(sleeper: S): void {
		let place = sleeper.place ?? 0;
		for (;;) {
			const [left, right] = [this.#waiting[2 * place + 1], this.#waiting[2 * place + 2]];
			const child = right !== undefined && left !== undefined && right.wakeAt < left.wakeAt ? right : left;
			if (child?.place === undefined || child.wakeAt >= sleeper.wakeAt) break;
			const below = child.place;
			this.#put(child, place);
			place = below;
		}
		this.#put(sleeper, place);
	}

	#put(sleeper: S, place: number): void {
		this.#waiting[place] = sleeper;
		sleeper.place = place;
	}
}
