/** FairQueue hands out what waits in turn by person: whoever has much waiting holds nobody else up. */
export class FairQueue<T> {
	/** In the order of their turns; nobody stands here who has nothing waiting. */
	readonly #lines = new Map<string, T[]>();
	#size = 0;

	get size(): number {
		return this.#size;
	}

	add(person: string, item: T): void {
		const line = this.#lines.get(person);
		if (line === undefined) this.#lines.set(person, [item]);
		else line.push(item);
		this.#size += 1;
	}

	/** What is next, left where it is. */
	peek(): T | undefined {
		for (const [item] of this.#lines.values()) return item;
		return undefined;
	}

	/** Takes out what is next; its person comes last from now on. */
	take(): T | undefined {
		for (const [person, line] of this.#lines) {
			const item = line.shift();
			this.#lines.delete(person);
			if (line.length > 0) this.#lines.set(person, line);
			this.#size -= 1;
			return item;
		}
		return undefined;
	}

	/** Takes out what no longer waits. */
	remove(person: string, item: T): void {
		const line = this.#lines.get(person);
		const at = line?.indexOf(item) ?? -1;
		if (line === undefined || at < 0) return;
		line.splice(at, 1);
		if (line.length === 0) this.#lines.delete(person);
		this.#size -= 1;
	}
}
