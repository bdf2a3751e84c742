import type { ILeases, Lease } from '../../ports/lease.ts';

/** InProcessLeases are for a server that is alone on its data: it gets every lease at once and keeps it until it lets go. */
export class InProcessLeases implements ILeases {
	readonly #self: string;
	readonly #held = new Map<string, Lease>();
	readonly #waiting = new Map<string, ((lease: Lease) => void)[]>();
	#epoch = 0;

	constructor(self: string) {
		this.#self = self;
	}

	campaign(name: string, won: (lease: Lease) => void): () => Promise<void> {
		let mine: Lease | undefined;
		const turn = (lease: Lease) => {
			mine = lease;
			won(lease);
		};
		const lease = this.#take(name);
		if (lease !== undefined) turn(lease);
		else this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), turn]);
		return async () => {
			const others = (this.#waiting.get(name) ?? []).filter((waiting) => waiting !== turn);
			this.#waiting.set(name, others);
			await mine?.release();
		};
	}

	async acquire(name: string): Promise<Lease | undefined> {
		return this.#take(name);
	}

	async holder(name: string): Promise<string | undefined> {
		return this.#held.has(name) ? this.#self : undefined;
	}

	#take(name: string): Lease | undefined {
		if (this.#held.has(name)) return undefined;
		const over = new AbortController();
		const lease: Lease = {
			name,
			epoch: ++this.#epoch,
			lost: over.signal,
			release: async () => {
				if (this.#held.get(name) !== lease) return;
				this.#held.delete(name);
				over.abort();
				const next = this.#waiting.get(name)?.shift();
				const given = next === undefined ? undefined : this.#take(name);
				if (given !== undefined) next?.(given);
			},
		};
		this.#held.set(name, lease);
		return lease;
	}
}
