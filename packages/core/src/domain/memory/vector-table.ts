/** Entries less alike than this are not found by meaning at all: to any question, something is always nearest. */
const ALIKE = 0.25;

interface Row {
	readonly id: string;
	readonly kind: string;
	/** Where its vector begins, and how many dimensions it has. */
	readonly offset: number;
	readonly dimensions: number;
	readonly length: number;
}

/** VectorTable holds packed vectors side by side, to be compared with a question one after the other. */
export class VectorTable {
	readonly #rows: Row[] = [];
	#bytes = new Int8Array(64 * 1_024);
	#used = 0;

	/** How much room it takes, in bytes. */
	get size(): number {
		return this.#bytes.length + this.#rows.length * 100;
	}

	/** Adds an entry's vector; one of nothing but zeros is like nothing. */
	add(id: string, kind: string, vector: Int8Array): void {
		let squares = 0;
		for (const value of vector) squares += value * value;
		if (squares === 0) return;
		if (this.#used + vector.length > this.#bytes.length) {
			const larger = new Int8Array(2 * (this.#used + vector.length));
			larger.set(this.#bytes);
			this.#bytes = larger;
		}
		this.#bytes.set(vector, this.#used);
		this.#rows.push({ id, kind, offset: this.#used, dimensions: vector.length, length: Math.sqrt(squares) });
		this.#used += vector.length;
	}

	/** The entries most like a question, best first; those whose vectors are of another size are passed over. */
	best(asked: Int8Array, most: number, kinds: readonly string[] | undefined): string[] {
		const length = Math.hypot(...asked);
		if (length === 0) return [];
		const best: { readonly id: string; readonly likeness: number }[] = [];
		for (const row of this.#rows) {
			if (row.dimensions !== asked.length || kinds?.includes(row.kind) === false) continue;
			const likeness = this.#product(asked, row.offset) / (length * row.length);
			if (likeness < ALIKE || (best.length >= most && likeness <= (best.at(-1)?.likeness ?? 0))) continue;
			const before = best.findIndex((one) => one.likeness < likeness);
			best.splice(before === -1 ? best.length : before, 0, { id: row.id, likeness });
			best.length = Math.min(best.length, most);
		}
		return best.map(({ id }) => id);
	}

	#product(asked: Int8Array, offset: number): number {
		const bytes = this.#bytes;
		let product = 0;
		for (let index = 0; index < asked.length; index++) {
			product += (asked[index] as number) * (bytes[offset + index] as number);
		}
		return product;
	}
}
