import type { ConversationWork } from '../../domain/conversation/pending-conversation-work.ts';
import type { Conversation } from '../../domain/conversation/state.ts';
import type { ConversationId } from '../../domain/ids.ts';
import type { MessageRouting } from './message-routing.ts';
import type { ReplyDelivery } from './reply-delivery.ts';

/** ConversationWorker carries out what conversations are owed. */
export class ConversationWorker {
	readonly #routing: MessageRouting;
	readonly #delivery: ReplyDelivery;

	constructor(routing: MessageRouting, delivery: ReplyDelivery) {
		this.#routing = routing;
		this.#delivery = delivery;
	}

	carryOut(id: ConversationId, work: ConversationWork, conversation: Conversation): Promise<void> {
		switch (work.kind) {
			case 'route':
				return this.#routing.route(id, conversation, work.message);
			case 'release':
				return this.#routing.release(id, work.held);
			case 'deliver':
				return this.#delivery.deliver(id, work);
			case 'expire':
				return this.#delivery.expire(id, work.reply);
			case 'forward':
				return this.#delivery.forward(id, conversation, work.lost);
			case 'revise':
				return this.#delivery.revise(id, work.revision);
			case 'keep':
				return this.#delivery.keep(id, work.sent);
			case 'wait':
				return Promise.resolve();
		}
	}
}
