import { GrammyError } from 'grammy';

const MOST_KNOWN = 1_000;

/** ChatMoves follows groups that became supergroups: Telegram then names the chat's new number in its refusal. */
export class ChatMoves {
	readonly #moved = new Map<number, number>();

	/** Calls with the chat's number of today. */
	async follow<Result>(chat: number, call: (chat: number) => Promise<Result>): Promise<Result> {
		try {
			return await call(this.#moved.get(chat) ?? chat);
		} catch (error) {
			const to = error instanceof GrammyError ? error.parameters.migrate_to_chat_id : undefined;
			if (to === undefined) throw error;
			if (this.#moved.size >= MOST_KNOWN) this.#moved.clear();
			this.#moved.set(chat, to);
			return call(to);
		}
	}
}
