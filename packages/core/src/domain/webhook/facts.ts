import type { StepFailure } from '../capability.ts';
import type { PersonId, WebhookId } from '../ids.ts';
import type { TaskEventType, WebhookEventType } from './event-types.ts';

/** PauseCause says why nothing is sent: the person wants it so, or the receiver said that it is gone (410). */
export type PauseCause = 'person' | 'gone';

/** DeadLetterCause says why an event is sent no more: no attempt is left, it cannot ever be sent, or too many wait. */
export type DeadLetterCause = 'exhausted' | 'permanent' | 'queue-full';

interface WebhookFactData {
	WebhookCreated: {
		readonly webhookId: WebhookId;
		readonly person: PersonId;
		readonly url: string;
		readonly events: readonly TaskEventType[];
		readonly name?: string | undefined;
	};
	/** `secret` is its name in the vault. Those there were before go on signing until `oldUntil`. */
	WebhookSecretAdded: { readonly secret: string; readonly oldUntil?: number | undefined };
	/** It is in the vault no more. */
	WebhookSecretRetired: { readonly secret: string };
	/** `body` is exactly what is sent, JSON. */
	EventQueued: { readonly eventId: string; readonly type: WebhookEventType; readonly body: string };
	EventDelivered: { readonly eventId: string; readonly attempt: number; readonly status: number };
	EventFailed: {
		readonly eventId: string;
		readonly attempt: number;
		readonly failure: StepFailure;
		/** Left out when it is not tried again. */
		readonly retryAt?: number | undefined;
	};
	EventDeadLettered: { readonly eventId: string; readonly cause: DeadLetterCause };
	EventReplayed: { readonly eventId: string };
	WebhookPaused: { readonly cause: PauseCause };
	WebhookResumed: Readonly<Record<never, never>>;
	WebhookDeleted: Readonly<Record<never, never>>;
}

export type WebhookFactType = keyof WebhookFactData;
/** WebhookFact is one thing that happened to a subscription: a past-tense type and its data. */
export type WebhookFact = {
	[T in WebhookFactType]: { readonly type: T; readonly v: 1; readonly data: WebhookFactData[T] };
}[WebhookFactType];
/** RecordedWebhookFact is a subscription's fact with its place in the stream (`seq` from 1, no gaps) and its time (ms since 1970). */
export type RecordedWebhookFact = WebhookFact & { readonly seq: number; readonly at: number };

/** webhookFact builds a fact of the current version. */
export function webhookFact<T extends WebhookFactType>(
	type: T,
	data: WebhookFactData[T],
): Extract<WebhookFact, { type: T }> {
	return { type, v: 1, data } as unknown as Extract<WebhookFact, { type: T }>;
}
