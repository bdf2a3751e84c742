import { DeliveryFailure } from '@errand/core/domain/conversation/delivery-failure.ts';
import type { Reply } from '@errand/core/ports/frontend.ts';
import { BoundedMap } from '../chat/bounded-map.ts';

/** BegunReply is a reply of which some messages are out. */
interface BegunReply {
	/** The words that were split into messages; other ones (late ones, say) would be split elsewhere. */
	readonly text: string;
	readonly sent: readonly number[];
	/** The message after those may be out as well. */
	readonly doubtful: boolean;
}

/** HalfSent remembers replies whose delivery ended half-way, so that the next attempt of this process goes on there. */
export class HalfSent {
	readonly #begun = new BoundedMap<string, BegunReply>(200);

	/** With the messages that are out, none for a reply that was not begun. */
	of(reply: Reply): BegunReply {
		return this.#begun.get(keyOf(reply)) ?? { text: reply.text, sent: [], doubtful: false };
	}

	/**
	 * Takes note of a failure after these messages, and tells what the core is to hear: as part of the reply is out, the next
	 * process would repeat it.
	 */
	broke(reply: Reply, sent: readonly number[], broken: DeliveryFailure): DeliveryFailure {
		if (sent.length === 0) return broken;
		const { failure } = broken;
		const before = this.of(reply);
		const stillDoubtful = before.doubtful && sent.length === before.sent.length;
		const doubtful = failure.kind === 'unknown-outcome' || stillDoubtful;
		this.#begun.set(keyOf(reply), { text: before.text, sent, doubtful });
		return failure.kind === 'permanent' ? broken : new DeliveryFailure({ ...failure, kind: 'unknown-outcome' });
	}

	arrived(reply: Reply): void {
		this.#begun.delete(keyOf(reply));
	}
}

/** The same reply goes to everybody who follows its task. */
function keyOf({ conversation, id }: Reply): string {
	return `${conversation}/${id}`;
}
