import type { IClock } from '../ports/clock.ts';

/** WatchEnd says why a watch broke its try off. */
export type WatchEnd = 'cancelled' | 'silence' | 'too-late';

/** Watch follows one try: its `signal` aborts when the caller's does, when nothing was heard for too long, or when time is up. */
export class Watch {
	readonly #controller = new AbortController();
	readonly #clock: IClock;
	readonly #silenceMs: number;
	readonly #caller: AbortSignal;
	readonly #stopTotal: () => void;
	#stopSilence: () => void;
	#heardAt: number;
	#ended: WatchEnd | undefined;

	constructor({
		clock,
		signal,
		silenceMs,
		until,
	}: { clock: IClock; signal: AbortSignal; silenceMs: number; until: number }) {
		this.#clock = clock;
		this.#silenceMs = silenceMs;
		this.#caller = signal;
		this.#heardAt = clock.now();
		this.#stopTotal = clock.after(until - clock.now(), () => this.#end('too-late'));
		this.#stopSilence = clock.after(silenceMs, this.#onSilence);
		signal.addEventListener('abort', this.#onCancel, { once: true });
		if (signal.aborted) this.#onCancel();
	}

	get signal(): AbortSignal {
		return this.#controller.signal;
	}

	get ended(): WatchEnd | undefined {
		return this.#ended;
	}

	/** Something was heard; called for every piece, so it sets no timer. */
	heard(): void {
		this.#heardAt = this.#clock.now();
	}

	/** Breaks off what is still under way and lets go of timers and signals. */
	close(): void {
		this.#stopTotal();
		this.#stopSilence();
		this.#caller.removeEventListener('abort', this.#onCancel);
		this.#controller.abort();
	}

	readonly #onCancel = (): void => this.#end('cancelled');

	readonly #onSilence = (): void => {
		const left = this.#heardAt + this.#silenceMs - this.#clock.now();
		if (left <= 0) this.#end('silence');
		else this.#stopSilence = this.#clock.after(left, this.#onSilence);
	};

	#end(why: WatchEnd): void {
		this.#ended ??= why;
		this.#controller.abort();
	}
}
