import { createHash } from 'node:crypto';
import type { PersonId } from '../../domain/ids.ts';
import type { ModelReply, ModelRequest } from '../../ports/language-model.ts';

/** ReplyCache keeps replies to pure requests in memory, for whom they were made alone, within a bound of characters. */
export class ReplyCache {
	readonly #maxChars: number;
	/** Least used first. */
	readonly #kept = new Map<string, Kept>();
	#chars = 0;

	constructor({ maxChars = MAX_CHARS }: { maxChars?: number | undefined } = {}) {
		this.#maxChars = maxChars;
	}

	get(key: string, now: number): ModelReply | undefined {
		const kept = this.#kept.get(key);
		if (kept === undefined) return undefined;
		this.#drop(key, kept);
		if (kept.until <= now) return undefined;
		this.#keep(key, kept);
		return kept.reply;
	}

	put(key: string, reply: ModelReply, { person, now }: { person: PersonId | undefined; now: number }): void {
		const calls = reply.toolCalls.reduce((sum, call) => sum + call.name.length + call.arguments.length, 0);
		const chars = reply.text.length + calls + ENTRY_CHARS;
		if (chars > this.#maxChars) return;
		const before = this.#kept.get(key);
		if (before !== undefined) this.#drop(key, before);
		this.#keep(key, { reply, person, chars, until: now + KEEP_MS });
		for (const [oldest, kept] of this.#kept) {
			if (this.#chars <= this.#maxChars) return;
			this.#drop(oldest, kept);
		}
	}

	/** Forgets what was said to a person, or to anybody. */
	forget(person?: PersonId): void {
		for (const [key, kept] of this.#kept) {
			if (person === undefined || kept.person === person) this.#drop(key, kept);
		}
	}

	#keep(key: string, kept: Kept): void {
		this.#kept.set(key, kept);
		this.#chars += kept.chars;
	}

	#drop(key: string, kept: Kept): void {
		this.#kept.delete(key);
		this.#chars -= kept.chars;
	}
}

interface Kept {
	readonly reply: ModelReply;
	readonly person: PersonId | undefined;
	readonly chars: number;
	readonly until: number;
}

const MAX_CHARS = 16_000_000;
/** Keys and numbers of one entry. */
const ENTRY_CHARS = 300;
const KEEP_MS = 86_400_000;

/** replyKey is the same for requests that are the same to a model, of one person. */
export function replyKey(model: string, { caller, messages, output, tools, maxTokens, purpose }: ModelRequest): string {
	const said = JSON.stringify([
		model,
		caller?.person ?? '',
		purpose,
		maxTokens,
		messages,
		output ?? null,
		tools ?? null,
	]);
	return createHash('sha256').update(said).digest('base64url');
}
