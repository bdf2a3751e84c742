/**
 * UpdateWatermark knows how far updates may be confirmed: Telegram forgets all updates before the offset it is asked for,
 * so the offset never passes one that is not durable, while later ones may well be.
 */
export class UpdateWatermark {
	readonly #pending = new Set<number>();
	readonly #done = new Set<number>();
	#next: number | undefined;
	/** All before it are done. A poll that was under way when they ended may still bring them. */
	#floor = 0;

	constructor(next?: number) {
		this.#next = next;
	}

	get pending(): number {
		return this.#pending.size;
	}

	/** The offset to ask for: the first update that is not durable, or the one after all of them. */
	get offset(): number | undefined {
		return this.#pending.size === 0 ? this.#next : Math.min(...this.#pending);
	}

	/** False for an update that is under way or done already. */
	begin(id: number): boolean {
		if (id < this.#floor || this.#pending.has(id) || this.#done.has(id)) return false;
		this.#pending.add(id);
		return true;
	}

	/** The update is durable, or will never be. */
	end(id: number): void {
		if (!this.#pending.delete(id)) return;
		this.#done.add(id);
		this.#next = Math.max(this.#next ?? 0, id + 1);
		this.#floor = this.offset ?? 0;
		for (const done of this.#done) if (done < this.#floor) this.#done.delete(done);
	}

	/** Numbers begin anew after a week without updates; nothing may be under way. */
	forget(): void {
		this.#next = undefined;
		this.#floor = 0;
		this.#done.clear();
	}
}
