/** LinePace says how far all lines may go at a moment. */
export interface LinePace {
	/** No line goes further than this part of its messages. */
	readonly upTo: number;
	/** So many more may be on their way than usual: what is said while the server is away. */
	readonly extra: number;
	/** Messages of this line that were answered so far. */
	readonly answered: number;
}

/** StormLine lets the messages of one frontend go when it is their turn, as fast as answers come. */
export class StormLine {
	readonly total: number;
	readonly #window: number;
	readonly #waiting: (() => void)[] = [];
	#gone = 0;

	/** `window` is how many may be on their way at a time; without one, whoever speaks waits for an acknowledgement. */
	constructor(total: number, window = Number.POSITIVE_INFINITY) {
		this.total = total;
		this.#window = window;
	}

	/** How many messages went out. */
	get gone(): number {
		return this.#gone;
	}

	/** The part of its messages that went out. */
	get part(): number {
		return this.total === 0 ? 1 : this.#gone / this.total;
	}

	/** Resolves when the next message may go. */
	turn(): Promise<void> {
		return new Promise((go) => this.#waiting.push(go));
	}

	/** Lets those go whose turn it is. */
	release({ upTo, extra, answered }: LinePace): void {
		const room = this.#window + extra - (this.#gone - answered);
		const ahead = Math.ceil(upTo * this.total) - this.#gone;
		for (const go of this.#waiting.splice(0, Math.max(0, Math.min(room, ahead)))) {
			this.#gone++;
			go();
		}
	}
}
