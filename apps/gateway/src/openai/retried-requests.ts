import { createHash } from 'node:crypto';
import type { PersonId, TaskId } from '@errand/core/domain/ids.ts';
import type { IClock } from '@errand/core/ports/clock.ts';

const KEPT_MS = 15 * 60_000;
const MAX_KEPT = 1_000;

/**
 * RetriedRequests remembers for a while which request became which task. OpenAI's own clients send a request again when its
 * connection broke and say so in `X-Stainless-Retry-Count`; such a one means the task it began, not another one.
 */
export class RetriedRequests {
	readonly #clock: IClock;
	readonly #kept = new Map<string, { readonly task: TaskId; readonly from: number; readonly at: number }>();

	constructor(clock: IClock) {
		this.#clock = clock;
	}

	find(person: PersonId, body: unknown): { readonly task: TaskId; readonly from: number } | undefined {
		const found = this.#kept.get(keyOf(person, body));
		return found !== undefined && found.at > this.#clock.now() - KEPT_MS ? found : undefined;
	}

	keep(person: PersonId, body: unknown, begun: { readonly task: TaskId; readonly from: number }): void {
		const key = keyOf(person, body);
		this.#kept.delete(key);
		this.#kept.set(key, { task: begun.task, from: begun.from, at: this.#clock.now() });
		const [oldest] = this.#kept.keys();
		if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
	}
}

function keyOf(person: PersonId, body: unknown): string {
	return createHash('sha256')
		.update(JSON.stringify([person, body]))
		.digest('base64');
}
