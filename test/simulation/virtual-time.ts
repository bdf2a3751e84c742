/** VirtualTime runs what was planned in the order of its time, and of its planning where times are equal; nothing waits. */
export class VirtualTime {
	readonly #heap: Planned[] = [];
	#now = 0;
	#planned = 0;

	/** Ms since the beginning. */
	get now(): number {
		return this.#now;
	}

	/** Runs something so many ms later. */
	after(ms: number, run: () => void): void {
		const heap = this.#heap;
		heap.push({ at: this.#now + Math.max(0, ms), order: this.#planned++, run });
		let index = heap.length - 1;
		while (index > 0) {
			const parent = (index - 1) >> 1;
			if (!isBefore(heap[index], heap[parent])) break;
			swap(heap, index, parent);
			index = parent;
		}
	}

	/** Goes on until nothing is planned any more, or `done` says so. */
	run(done: () => boolean = () => false): void {
		for (let next = this.#take(); next !== undefined; next = this.#take()) {
			this.#now = next.at;
			next.run();
			if (done()) return;
		}
	}

	#take(): Planned | undefined {
		const heap = this.#heap;
		const first = heap[0];
		const last = heap.pop();
		if (first === undefined || last === undefined || heap.length === 0) return first;
		heap[0] = last;
		for (let index = 0; ; ) {
			const left = 2 * index + 1;
			const least = isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
			if (!isBefore(heap[least], heap[index])) return first;
			swap(heap, index, least);
			index = least;
		}
	}
}

interface Planned {
	readonly at: number;
	readonly order: number;
	readonly run: () => void;
}

function isBefore(one: Planned | undefined, other: Planned | undefined): boolean {
	if (one === undefined || other === undefined) return false;
	return one.at < other.at || (one.at === other.at && one.order < other.order);
}

function swap(heap: Planned[], one: number, other: number): void {
	const [first, second] = [heap[one], heap[other]];
	if (first === undefined || second === undefined) return;
	heap[one] = second;
	heap[other] = first;
}
