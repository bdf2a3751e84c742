import { GrammyError } from 'grammy';
import { BoundedMap } from '../chat/bounded-map.ts';

/** ChatMoves follows groups that became supergroups: Telegram then names the chat's new number in its refusal. */
export class ChatMoves {
	readonly #moved = new BoundedMap<number, number>(1_000);

	/** Calls with the chat's number of today. */
	async follow<Result>(chat: number, call: (chat: number) => Promise<Result>): Promise<Result> {
		try {
			return await call(this.#moved.get(chat) ?? chat);
		} catch (error) {
			const to = error instanceof GrammyError ? error.parameters.migrate_to_chat_id : undefined;
			if (to === undefined) throw error;
			this.#moved.set(chat, to);
			return call(to);
		}
	}
}
