/** A hiccup of less than this (ms) is nobody's business: the next attempt mends it. Once it has lasted longer, calls wait no longer than this. */
const PATIENCE_MS = 1_000;
/** A process that starts on a busy machine opens its connections slowly: no outage yet, until this long (ms), and for its first seconds. */
const PATIENCE_AT_START_MS = 4_000;
const SETTLED_AT_MS = 10_000;
/** While nothing answers, one try at a time shows whether it does again, and not more often than this (ms). */
const PROBE_EVERY_MS = 500;

/** OutOfReach is why a call ends that waits for a database which does not answer anybody. */
class OutOfReach extends Error {
	override readonly name = 'OutOfReach';

	constructor() {
		super('the database does not answer');
	}
}

/**
 * Reachability is whether the database answers, as the last attempts of all connections have shown. While it does not, nobody
 * waits for it for long: platforms want an answer within three seconds, and there are other ways to give one.
 */
export class Reachability {
	readonly #listeners = new Set<(reachable: boolean) => void>();
	readonly #waiting = new Set<() => void>();
	readonly #settledAt: number;
	#answeredAt: number | undefined;
	#failingSince: number | undefined;
	#failedAt = 0;
	#trying = 0;
	#reachable = true;
	#takenOver = false;

	/** Until `settledAt` (ms, by `performance.now`, which counts from the start of the process) it is more patient. */
	constructor({ settledAt = SETTLED_AT_MS } = {}) {
		this.#settledAt = settledAt;
	}

	get reachable(): boolean {
		return this.#reachable;
	}

	/** Throws where a try would only be one more in vain; whoever goes on says `ended` afterwards. */
	begin(now: number, insists: boolean): void {
		const inVain = this.#trying > 0 || now - this.#failedAt < PROBE_EVERY_MS;
		if (!this.#reachable && !insists && inVain) throw new OutOfReach();
		this.#trying++;
	}

	ended(): void {
		this.#trying--;
	}

	/** The database answered at `now`. */
	succeeded(now: number): void {
		if (this.#takenOver) return;
		this.#answeredAt = now;
		this.#failingSince = undefined;
		this.#become(true);
	}

	/** Another region drives what stands here: this database is out of reach for the rest of the process, though it answers. */
	takenOver(): void {
		this.#takenOver = true;
		this.#become(false);
	}

	/** An attempt that began at `startedAt` (ms, by `performance.now`) got no answer. */
	failed(startedAt: number, now: number): void {
		// What was answered to somebody else in the meantime counts.
		this.#failingSince ??= Math.max(startedAt, this.#answeredAt ?? startedAt);
		this.#failedAt = now;
		const isStarting = this.#answeredAt === undefined || now < this.#settledAt;
		const patienceMs = isStarting ? PATIENCE_AT_START_MS : PATIENCE_MS;
		if (now - this.#failingSince >= patienceMs) this.#become(false);
	}

	/** Whether a call that began at `startedAt` has waited for long enough, as things are. */
	isOverdue(startedAt: number): boolean {
		return !this.#reachable && performance.now() - startedAt >= PATIENCE_MS;
	}

	/** Passes on what comes of a call, and rejects before that once the call is overdue. */
	bound<Result>(startedAt: number, call: Promise<Result>): Promise<Result> {
		return new Promise((resolve, reject) => {
			let timer: NodeJS.Timeout | undefined;
			const look = () => {
				clearTimeout(timer);
				if (this.#reachable) return;
				const leftMs = startedAt + PATIENCE_MS - performance.now();
				if (leftMs > 0) timer = setTimeout(look, leftMs);
				else {
					over();
					reject(new OutOfReach());
				}
			};
			const over = () => {
				clearTimeout(timer);
				this.#waiting.delete(look);
			};
			this.#waiting.add(look);
			call.finally(over).then(resolve, reject);
			look();
		});
	}

	onChange(listener: (reachable: boolean) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	#become(reachable: boolean): void {
		if (this.#reachable === reachable) return;
		this.#reachable = reachable;
		for (const look of [...this.#waiting]) look();
		for (const listener of this.#listeners) listener(reachable);
	}
}
