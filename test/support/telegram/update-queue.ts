import { Refusal } from './refusal.ts';

/** Update is something that happened, on its way to the bot. */
export interface Update {
	readonly update_id: number;
	readonly [kind: string]: unknown;
}

interface Waiting {
	readonly offset: number | undefined;
	readonly limit: number;
	answer(updates: readonly Update[]): void;
	end(error: Refusal | undefined): void;
}

/** UpdateQueue holds updates until they are confirmed, and long polls until there are some. */
export class UpdateQueue {
	#updates: Update[] = [];
	#waiting: Waiting | undefined;
	#nextId = 700_000_000;
	#allowed: readonly string[] | undefined;
	#doubled = 0;
	#swapped = false;
	#held = false;
	#latest: Update | undefined;
	readonly #latestOf = new Map<number, Update>();
	/** How often somebody asked for updates while somebody else waited for them. */
	conflicts = 0;
	onUpdate: ((updates: readonly Update[]) => void) | undefined;

	/** Somebody waits for updates. */
	get polled(): boolean {
		return this.#waiting !== undefined;
	}

	/** How many are not confirmed. */
	get unconfirmed(): number {
		return this.#updates.length;
	}

	allow(kinds: unknown): void {
		if (Array.isArray(kinds)) this.#allowed = kinds.length === 0 ? undefined : kinds.map(String);
	}

	/** The next updates come twice. */
	double(times: number): void {
		this.#doubled += times;
	}

	/** The next answer that holds several updates holds them in reverse order. */
	swap(): void {
		this.#swapped = true;
	}

	/** The latest update comes once more, as one of its own; that of one person if they are named. */
	again(from?: number): void {
		const latest = from === undefined ? this.#latest : this.#latestOf.get(from);
		const { update_id: _, ...content } = latest ?? { update_id: 0 };
		for (const [kind, value] of Object.entries(content)) this.add(kind, value);
	}

	/** Updates made meanwhile go out together. */
	async together(make: () => Promise<void> | void): Promise<void> {
		this.#held = true;
		await make();
		this.#held = false;
		this.#wake();
	}

	add(kind: string, content: unknown): Update | undefined {
		if (this.#allowed !== undefined && !this.#allowed.includes(kind)) return undefined;
		const update = { update_id: this.#nextId++, [kind]: content };
		this.#updates.push(update);
		this.#latest = update;
		const { from } = (update['message'] ?? update['callback_query'] ?? {}) as { from?: { id?: number } | null };
		if (from?.id !== undefined) this.#latestOf.set(from.id, update);
		this.#wake();
		return update;
	}

	/** Updates that a webhook did not take come first. */
	putBack(updates: readonly Update[]): void {
		this.#updates.unshift(...updates);
	}

	/** Hands all updates to a webhook instead. */
	takeAll(): Update[] {
		const all = this.#ordered(this.#updates);
		this.#updates = [];
		return all;
	}

	poll(offset: number | undefined, limit: number, timeoutMs: number): Promise<readonly Update[]> {
		if (offset !== undefined) this.#updates = this.#updates.filter(({ update_id }) => update_id >= offset);
		if (this.#waiting !== undefined) this.conflicts++;
		this.#waiting?.end(
			new Refusal(
				409,
				'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
			),
		);
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => waiting.answer([]), timeoutMs);
			const leave = () => {
				clearTimeout(timer);
				if (this.#waiting === waiting) this.#waiting = undefined;
			};
			const waiting: Waiting = {
				offset,
				limit,
				answer: (updates) => {
					leave();
					resolve(updates);
				},
				end: (error) => {
					leave();
					if (error) reject(error);
					else resolve([]);
				},
			};
			this.#waiting = waiting;
			this.#wake();
		});
	}

	/** Ends the poll that waits, without an answer if there is none to give. */
	endPoll(error?: Refusal): void {
		this.#waiting?.end(error);
	}

	#wake(): void {
		if (this.#held || this.#updates.length === 0) return;
		if (this.onUpdate !== undefined) {
			this.onUpdate(this.takeAll());
			return;
		}
		const { limit, answer } = this.#waiting ?? {};
		if (answer && limit) answer(this.#ordered(this.#updates.slice(0, limit)));
	}

	#ordered(updates: readonly Update[]): Update[] {
		const reversed = this.#swapped && updates.length > 1;
		if (reversed) this.#swapped = false;
		const ordered = reversed ? updates.toReversed() : updates;
		return ordered.flatMap((update) => {
			if (this.#doubled <= 0) return [update];
			this.#doubled--;
			return [update, update];
		});
	}
}
