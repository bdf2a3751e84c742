import type { PersonId } from '../domain/ids.ts';
import type { Role } from '../domain/person/person-view.ts';
import type { InboundAttachment, InboundMessage } from './frontend.ts';

/** SpooledMessage is a message that was taken while history was out of reach, with who sent it. */
export interface SpooledMessage {
	readonly person: PersonId;
	readonly role: Role;
	readonly message: InboundMessage & { readonly attachments: readonly InboundAttachment[] };
}

/** IMessageSpool keeps messages on this machine until history takes them, in the order they came. */
export interface IMessageSpool {
	/** Resolves once it is on disk; rejects with CoreError `disk-full` when there is no room, or too much waits already. */
	keep(spooled: SpooledMessage): Promise<void>;
	/** Gives each kept message to `take`, one after the other, and forgets it once that resolves; stops at the first that rejects. */
	drain(take: (spooled: SpooledMessage) => Promise<void>): Promise<number>;
}
