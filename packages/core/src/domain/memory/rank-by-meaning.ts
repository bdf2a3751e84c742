import { cosine } from './packed-vector.ts';

/** Entries less alike than this are not found by meaning at all: to any question, something is always nearest. */
const ALIKE = 0.25;

/** Ranked is how alike an entry is to what was asked. */
export interface Ranked {
	readonly id: string;
	readonly likeness: number;
}

/** BestByMeaning keeps the entries most like a question while they pass by, so that they need not be held all at once. */
export class BestByMeaning {
	readonly #asked: Int8Array;
	readonly #most: number;
	readonly #best: Ranked[] = [];

	constructor(asked: Int8Array, most: number) {
		this.#asked = asked;
		this.#most = most;
	}

	/** Looks at one entry. */
	take(id: string, vector: Int8Array): void {
		const likeness = cosine(this.#asked, vector);
		const last = this.#best.at(-1);
		if (likeness < ALIKE || (this.#best.length >= this.#most && likeness <= (last?.likeness ?? 0))) return;
		const place = this.#best.findIndex((one) => one.likeness < likeness);
		this.#best.splice(place === -1 ? this.#best.length : place, 0, { id, likeness });
		this.#best.length = Math.min(this.#best.length, this.#most);
	}

	/** The best, best first. */
	get ids(): string[] {
		return this.#best.map(({ id }) => id);
	}
}
