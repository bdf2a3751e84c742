import { createHash } from 'node:crypto';
import { asTaskId, type PersonId, type TaskId } from '@errand/core/domain/ids.ts';
import type { IShortMemory } from '@errand/core/ports/short-memory.ts';
import { z } from 'zod';

const KEPT_MS = 15 * 60_000;
const Begun = z.object({ task: z.string().transform(asTaskId), from: z.number() });

/**
 * RetriedRequests remembers for a while which request became which task. OpenAI's own clients send a request again when its
 * connection broke and say so in `X-Stainless-Retry-Count`; such a one means the task it began, not another one.
 */
export class RetriedRequests {
	readonly #memory: IShortMemory;

	constructor(memory: IShortMemory) {
		this.#memory = memory;
	}

	async find(person: PersonId, body: unknown): Promise<{ readonly task: TaskId; readonly from: number } | undefined> {
		const found = await this.#memory.get(nameOf(person, body));
		return found === undefined ? undefined : Begun.parse(JSON.parse(found));
	}

	async keep(
		person: PersonId,
		body: unknown,
		{ task, from }: { readonly task: TaskId; readonly from: number },
	): Promise<void> {
		await this.#memory.put(nameOf(person, body), JSON.stringify({ task, from }), KEPT_MS);
	}
}

function nameOf(person: PersonId, body: unknown): string {
	const hash = createHash('sha256').update(JSON.stringify([person, body]));
	return `request/${hash.digest('base64url')}`;
}
