import type { TaskEventType } from '../../domain/webhook/event-types.ts';
import type { DeadEventView, WebhookView } from '../../domain/webhook/view.ts';
import type { Principal } from './desk.ts';

/** WebhookSubscription is one somebody asks for: where to post, and which events; all of them if left out. */
export interface WebhookSubscription {
	readonly url: string;
	readonly events?: readonly TaskEventType[] | undefined;
	readonly name?: string | undefined;
}

/** SecretOnce is shown when it is made and never again. */
export interface SecretOnce {
	readonly secret: string;
}

/**
 * IWebhookDesk is everything a person may do with their outgoing webhooks. Another person's is `not-found`. Refusals are
 * CoreErrors; a resolved promise means the change is durable.
 */
export interface IWebhookDesk {
	create(principal: Principal, request: WebhookSubscription): Promise<WebhookView & SecretOnce>;
	/** Newest first. */
	list(principal: Principal): Promise<readonly WebhookView[]>;
	view(principal: Principal, id: string): Promise<WebhookView>;
	/** The secrets before go on signing for a day. */
	rotate(principal: Principal, id: string): Promise<WebhookView & SecretOnce>;
	pause(principal: Principal, id: string): Promise<WebhookView>;
	/** What came while it was paused is sent now. */
	resume(principal: Principal, id: string): Promise<WebhookView>;
	remove(principal: Principal, id: string): Promise<void>;
	/** Sends an event that only says hello. */
	test(principal: Principal, id: string): Promise<{ eventId: string }>;
	/** Latest first. */
	deadLetters(principal: Principal, id: string): Promise<readonly DeadEventView[]>;
	/** Sends an event that gave up again, with all its attempts. */
	replay(principal: Principal, id: string, eventId: string): Promise<void>;
}
