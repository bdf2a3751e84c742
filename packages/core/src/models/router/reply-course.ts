import type { CoreError } from '../../domain/errors.ts';
import type { Usage } from '../../domain/task/facts.ts';
import { addUsage, NO_USAGE } from '../../domain/task/usage.ts';
import type { ReplyOptions } from '../../ports/language-model.ts';
import { signsOf } from '../model-fault.ts';

/** ReplyCourse is what one reply has been through so far: which models failed it, what that cost, and what was heard of it. */
export class ReplyCourse {
	readonly #options: ReplyOptions;
	readonly #failures = new Map<string, { readonly error: CoreError; readonly tries: number }>();
	/** Models that had their turn since the last pause. */
	readonly #had = new Set<string>();
	#first: CoreError | undefined;
	#usage: Usage = NO_USAGE;
	#heard = false;
	#pauses = 0;

	constructor(options: ReplyOptions) {
		this.#options = options;
	}

	get usage(): Usage {
		return this.#usage;
	}

	/** The models that failed, in the order of their first failure. */
	get failed(): readonly string[] {
		return [...this.#failures.keys()];
	}

	/** Whether a model may still have a turn before the next pause. */
	isOpen(name: string): boolean {
		return !this.#had.has(name) && !this.#isHopeless(name);
	}

	/** Whether a failure of this model says something that was not known. */
	counts(name: string): boolean {
		return !this.#failures.has(name);
	}

	spend(usage: Usage): void {
		this.#usage = addUsage(this.#usage, usage);
	}

	fail(name: string, error: CoreError): void {
		this.#first ??= error;
		this.#had.add(name);
		this.#failures.set(name, { error, tries: (this.#failures.get(name)?.tries ?? 0) + 1 });
	}

	readonly onText = (piece: string): void => {
		this.#heard = true;
		this.#options.onText?.(piece);
	};

	readonly onRestart = (): void => {
		if (this.#heard) this.#options.onRestart?.();
		this.#heard = false;
	};

	/** How long to wait before all that may still do it are asked again; undefined where none may, or it would be too long. */
	pauseMs(chance: () => number): number | undefined {
		const base = WAITS_MS[Math.min(this.#pauses, WAITS_MS.length - 1)] ?? 0;
		const waits = [...this.#failures].flatMap(([name, { error }]) => {
			if (this.#isHopeless(name)) return [];
			const { retryAfterMs } = signsOf(error);
			// Nobody is asked earlier than they said.
			return [retryAfterMs === undefined ? base * (0.8 + 0.4 * chance()) : retryAfterMs * (1 + 0.2 * chance())];
		});
		const wait = Math.min(...waits);
		return wait <= MAX_WAIT_MS ? wait : undefined;
	}

	paused(): void {
		this.#pauses += 1;
		this.#had.clear();
	}

	/** The error to end with: one that a later try may not meet goes before one that stays. */
	get error(): CoreError | undefined {
		const errors = [...this.#failures.values()].map(({ error }) => error);
		return errors.find(({ code }) => code === 'model-unavailable') ?? this.#first;
	}

	#isHopeless(name: string): boolean {
		const failure = this.#failures.get(name);
		if (failure === undefined) return false;
		const { status, tries = MAX_TRIES } = signsOf(failure.error);
		// Whoever is only busy has not failed: the pace is lowered until it takes the request.
		return failure.error.code !== 'model-unavailable' || failure.tries >= (status === BUSY ? MAX_BUSY_TRIES : tries);
	}
}

const MAX_TRIES = 3;
const BUSY = 429;
const MAX_BUSY_TRIES = 8;
const WAITS_MS = [500, 2_000];
const MAX_WAIT_MS = 24_000;
