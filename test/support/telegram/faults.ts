/** Fault is a way to misbehave at a call. */
export type Fault =
	| { readonly kind: 'too-many'; readonly retryAfter: number }
	| { readonly kind: 'error'; readonly status: number }
	| { readonly kind: 'slow'; readonly ms: number }
	| { readonly kind: 'disconnect' }
	/** The call takes effect, and the connection breaks before the answer. */
	| { readonly kind: 'lost-answer' }
	/** The markup counts as unreadable, whatever it is. */
	| { readonly kind: 'refuse'; readonly status: number; readonly description: string };

/** Faults are the misbehaviours that are planned, by method. */
export class Faults {
	readonly #planned: { method: string; fault: Fault; times: number; chat: number | undefined }[] = [];

	/** For the next calls of a method, in one chat where it is named. */
	plan(method: string, fault: Fault, times = 1, chat?: number): void {
		this.#planned.push({ method, fault, times, chat });
	}

	/** The next one for a call; it is used up by that. */
	next(method: string, chat?: unknown): Fault | undefined {
		const index = this.#planned.findIndex(
			(plan) =>
				(plan.method === method || plan.method === '*') && (plan.chat === undefined || plan.chat === Number(chat)),
		);
		const plan = this.#planned[index];
		if (plan === undefined) return undefined;
		plan.times--;
		if (plan.times <= 0) this.#planned.splice(index, 1);
		return plan.fault;
	}

	clear(): void {
		this.#planned.length = 0;
	}
}
