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
	readonly #counted = new Set<string>();
	/** Models whose providers have no room for long. */
	readonly #full = new Set<string>();
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

	/** A provider has no room for long: it is waited for only where nothing better is found. */
	foundFull(name: string): void {
		this.#full.add(name);
	}

	/** Whether a model is to be waited for, however long that takes. */
	isPatientWith(name: string): boolean {
		return this.#full.has(name);
	}

	/** The failures of models that were not counted against them yet; each is given once. */
	uncounted(): readonly (readonly [name: string, error: CoreError])[] {
		const found = [...this.#failures].filter(([name]) => !this.#counted.has(name));
		for (const [name] of found) this.#counted.add(name);
		return found.map(([name, { error }]) => [name, error]);
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
			const { retryAfterMs = 0, status } = signsOf(error);
			const own = base * (0.8 + 0.4 * chance());
			// Nobody is asked earlier than they said; the gate has those wait who are too much for a server at once.
			if (status === BUSY) return [Math.max(retryAfterMs * (1 + 0.2 * chance()), BUSY_WAIT_MS)];
			return [retryAfterMs === 0 ? own : retryAfterMs * (1 + 0.2 * chance())];
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
		const { status, tries = MAX_TRIES, retryAfterMs = 0 } = signsOf(failure.error);
		// Whoever is busy and says for how long has not failed: the pace is lowered until it takes the request.
		const most = status === BUSY && retryAfterMs > 0 ? MAX_BUSY_TRIES : tries;
		return failure.error.code !== 'model-unavailable' || failure.tries >= most;
	}
}

const MAX_TRIES = 3;
const BUSY = 429;
const MAX_BUSY_TRIES = 6;
const BUSY_WAIT_MS = 200;
const WAITS_MS = [500, 2_000];
const MAX_WAIT_MS = 24_000;
