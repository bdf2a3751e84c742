import type { ICapability } from '@errand/core/ports/capability.ts';

/** Slots counts what a host may run at once: each capability within its concurrency, all handlers in children within the children. */
export class Slots {
	readonly #places = new Map<string, { readonly capability: ICapability; running: number }>();
	readonly #maxChildren: number;
	#inChildren = 0;

	constructor(catalogue: readonly ICapability[], maxChildren: number) {
		this.#maxChildren = maxChildren;
		for (const capability of catalogue) this.#places.set(capability.name, { capability, running: 0 });
	}

	/** Share of the children's places in use, 0 to 1. */
	get load(): number {
		return this.#inChildren / this.#maxChildren;
	}

	capability(name: string): ICapability | undefined {
		return this.#places.get(name)?.capability;
	}

	running(name: string): number {
		return this.#places.get(name)?.running ?? 0;
	}

	free(name: string): number {
		const place = this.#places.get(name);
		if (place === undefined) return 0;
		const own = place.capability.concurrency - place.running;
		return place.capability.placement === 'inline' ? own : Math.min(own, this.#maxChildren - this.#inChildren);
	}

	take(name: string): void {
		this.#count(name, 1);
	}

	give(name: string): void {
		this.#count(name, -1);
	}

	#count(name: string, change: 1 | -1): void {
		const place = this.#places.get(name);
		if (place === undefined) return;
		place.running += change;
		if (place.capability.placement === 'process') this.#inChildren += change;
	}
}
