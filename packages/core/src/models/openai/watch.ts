import type { IClock } from '../../ports/clock.ts';

/** WatchEnd says why a watch broke its try off. */
export type WatchEnd = 'cancelled' | 'silence' | 'too-late';

/** WatchBounds say how patiently a reply is waited for. */
export interface WatchBounds {
	/** How long nothing may come before the first word: prompts are read first, and models loaded. */
	readonly firstMs: number;
	/** How long nothing may come after it. */
	readonly silenceMs: number;
	/** How long one call may take, with all its tries and waits, besides what writing takes at a slow pace. */
	readonly totalMs: number;
}

/** ServerLife is when words last came from a server, to whichever call. */
export interface ServerLife {
	wroteAt: number;
}

/** WatchParts is what a watch follows: the caller's `signal`, a call that began at `startedAt`, and `life`, where a server may keep a call waiting for others. */
interface WatchParts {
	readonly clock: IClock;
	readonly signal: AbortSignal;
	readonly bounds: WatchBounds;
	readonly startedAt: number;
	readonly life: ServerLife | undefined;
}

/**
 * Watch follows one try: its `signal` aborts when the caller's does, when nothing was heard for too long, or when time is up.
 * What is written at a slow pace adds to the time, so that a slow model is not cut off in the middle of its words.
 */
export class Watch {
	readonly #controller = new AbortController();
	readonly #parts: WatchParts;
	#stopTotal: () => void;
	#stopSilence: () => void;
	#startedAt: number;
	#heardAt: number;
	#begun = false;
	#writingMs = 0;
	#ended: WatchEnd | undefined;

	constructor(parts: WatchParts) {
		const { clock, signal, bounds } = parts;
		this.#parts = parts;
		this.#startedAt = parts.startedAt;
		this.#heardAt = clock.now();
		this.#stopTotal = clock.after(this.#totalLeft(), this.#onTotal);
		this.#stopSilence = clock.after(bounds.firstMs, this.#onSilence);
		signal.addEventListener('abort', this.#onCancel, { once: true });
		if (signal.aborted) this.#onCancel();
	}

	get signal(): AbortSignal {
		return this.#controller.signal;
	}

	get ended(): WatchEnd | undefined {
		return this.#ended;
	}

	/** How long nothing may come at this point. */
	get quietMs(): number {
		const { firstMs, silenceMs } = this.#parts.bounds;
		return this.#begun ? silenceMs : firstMs;
	}

	/** Something was heard; called for every piece, so it sets no timer. */
	heard(): void {
		this.#heardAt = this.#parts.clock.now();
	}

	/** So many characters of the reply have come by now. */
	wrote(chars: number): void {
		if (chars === 0) return;
		const { clock, life } = this.#parts;
		const now = clock.now();
		this.#writingMs = chars * SLOW_MS_PER_CHAR;
		if (!this.#begun) {
			this.#startedAt = this.#waitedUntil();
			this.#begun = true;
			this.#stopSilence();
			this.#stopSilence = clock.after(this.quietMs, this.#onSilence);
		}
		if (life !== undefined) life.wroteAt = now;
	}

	/** Breaks off what is still under way and lets go of timers and signals. */
	close(): void {
		this.#stopTotal();
		this.#stopSilence();
		this.#parts.signal.removeEventListener('abort', this.#onCancel);
		this.#controller.abort();
	}

	readonly #onCancel = (): void => this.#end('cancelled');

	readonly #onSilence = (): void => {
		const { clock, life } = this.#parts;
		const lastAt = this.#begun ? this.#heardAt : Math.max(this.#heardAt, life?.wroteAt ?? 0);
		const left = lastAt + this.quietMs - clock.now();
		if (left <= 0) this.#end('silence');
		else this.#stopSilence = clock.after(left, this.#onSilence);
	};

	readonly #onTotal = (): void => {
		const left = this.#totalLeft();
		if (left <= 0) this.#end('too-late');
		else this.#stopTotal = this.#parts.clock.after(left, this.#onTotal);
	};

	#totalLeft(): number {
		const { clock, bounds } = this.#parts;
		return this.#waitedUntil() + bounds.totalMs + this.#writingMs - clock.now();
	}

	/** Time in which the server wrote to others does not count against one that waits for its turn. */
	#waitedUntil(): number {
		return this.#begun ? this.#startedAt : Math.max(this.#startedAt, this.#parts.life?.wroteAt ?? 0);
	}

	#end(why: WatchEnd): void {
		this.#ended ??= why;
		this.#controller.abort();
	}
}

/** Two tokens of four characters a second: whoever is slower than that is not worth waiting for. */
const SLOW_MS_PER_CHAR = 125;
