import type { ConversationId } from '@errand/core/domain/ids.ts';
import { Lanes } from '../chat/lanes.ts';

/** Placed is something a person did, once it is known to which conversation it belongs. */
interface Placed<Result> {
	readonly conversation: ConversationId;
	readonly work: () => Promise<Result>;
}

/**
 * ArrivalOrder keeps what one person says, picks and presses in the order in which it came: in each channel, and in each
 * conversation, which may be reached from several channels.
 */
export class ArrivalOrder {
	readonly #lanes = new Lanes();
	readonly #before: (channel: string) => Promise<void> | undefined;

	/** `before` resolves when older messages of a channel are on their way. */
	constructor(before: (channel: string) => Promise<void> | undefined) {
		this.#before = before;
	}

	/** Runs what came just now, after what was missed in its channel. */
	async afterMissed<Result>(
		channel: string,
		user: string,
		place: () => Promise<Placed<Result> | undefined>,
	): Promise<Result | undefined> {
		await this.#before(channel);
		return this.inChannel(channel, user, place);
	}

	/** What is placed nowhere is not run. */
	async inChannel<Result>(
		channel: string,
		user: string,
		place: () => Promise<Placed<Result> | undefined>,
	): Promise<Result | undefined> {
		const begun = await this.#lanes.run(user, async () => {
			const placed = await place();
			// Only begun here: what comes next is placed meanwhile.
			if (placed === undefined) return undefined;
			return { end: this.#lanes.run([`${channel}-${user}`, placed.conversation], placed.work) };
		});
		return begun?.end;
	}

	/** Resolves when everything that was begun so far has ended. */
	idle(): Promise<void> {
		return this.#lanes.idle();
	}
}
