import type { ConversationId } from '@errand/core/domain/ids.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import { BoundedMap } from '../chat/bounded-map.ts';

/** LiveInteraction is a command whose answer is still awaited where it was used. */
export interface LiveInteraction {
	readonly id: string;
	readonly token: string;
	readonly conversation: ConversationId;
	/** Only its user sees the answer. */
	readonly ephemeral: boolean;
	/** Resolves with whether Discord took the first answer; nothing can be said before that. */
	readonly answered: Promise<boolean>;
	readonly until: number;
	/** Its message says that the answer is on its way; the first reply takes its place. */
	untouched: boolean;
}

/** TAKEN is said to a command whose answer is a message of its own. */
export const TAKEN = 'Taken. The answer comes as a message.';

/** Discord takes what belongs to an interaction for a quarter of an hour. */
const LIVE_MS = 14 * 60_000;

/** LiveInteractions remembers the commands that can still be answered in their own place. */
export class LiveInteractions {
	readonly #clock: IClock;
	readonly #live = new BoundedMap<string, LiveInteraction>(2_000);

	constructor(clock: IClock) {
		this.#clock = clock;
	}

	add(interaction: Pick<LiveInteraction, 'id' | 'token' | 'conversation' | 'ephemeral' | 'answered'>): LiveInteraction {
		const live = { ...interaction, until: this.#clock.now() + LIVE_MS, untouched: true };
		this.#live.set(interaction.id, live);
		return live;
	}

	/** The command a reply answers. */
	find(conversation: ConversationId, inReplyTo: string | undefined): LiveInteraction | undefined {
		const live = inReplyTo === undefined ? undefined : this.#live.get(inReplyTo);
		if (live === undefined || live.conversation !== conversation) return undefined;
		if (live.until > this.#clock.now()) return live;
		this.#live.delete(live.id);
		return undefined;
	}

	end(id: string): void {
		this.#live.delete(id);
	}
}
