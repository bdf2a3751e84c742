import type { ICapability } from '@errand/core/ports/capability.ts';

/** Slots counts what a host may run at once: each capability within its concurrency, all handlers in children within the children. */
export class Slots {
	readonly #catalogue: { get(name: string): ICapability | undefined };
	readonly #maxChildren: number;
	readonly #running = new Map<string, number>();
	#inChildren = 0;

	constructor(catalogue: { get(name: string): ICapability | undefined }, maxChildren: number) {
		this.#catalogue = catalogue;
		this.#maxChildren = maxChildren;
	}

	/** Share of the children's places in use, 0 to 1. */
	get load(): number {
		return this.#inChildren / this.#maxChildren;
	}

	running(name: string): number {
		return this.#running.get(name) ?? 0;
	}

	free(name: string): number {
		const capability = this.#catalogue.get(name);
		if (capability === undefined) return 0;
		const own = Math.max(0, capability.concurrency - this.running(name));
		return capability.placement === 'inline' ? own : Math.min(own, this.#maxChildren - this.#inChildren);
	}

	/** Takes a slot; what is taken is given with the same capability, which may be gone or another one by then. */
	take({ name, placement }: ICapability): void {
		this.#running.set(name, this.running(name) + 1);
		if (placement === 'process') this.#inChildren += 1;
	}

	give({ name, placement }: ICapability): void {
		const left = this.running(name) - 1;
		if (left > 0) this.#running.set(name, left);
		else this.#running.delete(name);
		if (placement === 'process') this.#inChildren -= 1;
	}
}
