/** Turnstile lets so many through at once, the others in the order they came. */
export class Turnstile {
	readonly #width: number;
	readonly #waiting = new Set<() => void>();
	#inside = 0;

	constructor(width: number) {
		this.#width = width;
	}

	/** Runs the work when there is room; an aborted signal takes it out of the line. */
	async pass<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
		await this.#enter(signal);
		try {
			return await work();
		} finally {
			this.#leave();
		}
	}

	async #enter(signal: AbortSignal): Promise<void> {
		signal.throwIfAborted();
		if (this.#inside < this.#width) {
			this.#inside++;
			return;
		}
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const abort = () => {
			if (this.#waiting.delete(resolve)) reject(signal.reason);
		};
		this.#waiting.add(resolve);
		signal.addEventListener('abort', abort, { once: true });
		await promise.finally(() => signal.removeEventListener('abort', abort));
	}

	/** The place goes to the first in line, before anybody else can take it. */
	#leave(): void {
		const [next] = this.#waiting;
		if (next === undefined) {
			this.#inside--;
			return;
		}
		this.#waiting.delete(next);
		next();
	}
}
