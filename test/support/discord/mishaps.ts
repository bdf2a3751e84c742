/**
 * Mishap is what goes wrong with a call. `lost` does what was asked and then drops the connection before the answer;
 * `dropped` drops it before; `slow` waits first.
 */
export type Mishap =
	| { readonly kind: 'limited'; readonly retryAfterMs: number; readonly global?: boolean }
	| { readonly kind: 'error'; readonly status: number; readonly code?: number; readonly message?: string }
	| { readonly kind: 'slow'; readonly ms: number }
	| { readonly kind: 'lost' }
	| { readonly kind: 'dropped' };

/** Mishaps are those that are still to come, by the calls they are meant for. */
export class Mishaps {
	readonly #planned: { readonly calls: RegExp; readonly mishap: Mishap; left: number }[] = [];

	/** The next `times` calls whose `METHOD /path` matches go wrong. */
	plan(calls: RegExp, mishap: Mishap, times = 1): void {
		this.#planned.push({ calls, mishap, left: times });
	}

	take(call: string): Mishap | undefined {
		const next = this.#planned.find(({ calls, left }) => left > 0 && calls.test(call));
		if (next === undefined) return undefined;
		next.left -= 1;
		return next.mishap;
	}

	clear(): void {
		this.#planned.length = 0;
	}
}
