import type { StepFailure } from '../capability.ts';
import type { PersonId, WebhookId } from '../ids.ts';
import type { TaskEventType, WebhookEventType } from './event-types.ts';
import type { DeadLetterCause, PauseCause } from './facts.ts';

/** WEBHOOK_LIMITS bound what a subscription remembers; what falls out stays in its history. */
export const WEBHOOK_LIMITS = { queued: 2_000, deadLetters: 200, recentIds: 200, attempts: 20 } as const;

/** QueuedEvent is an event on its way; its body stands in the fact at `seq`. */
export interface QueuedEvent {
	readonly eventId: string;
	readonly type: WebhookEventType;
	readonly seq: number;
	readonly at: number;
	readonly failures: number;
	/** When it is to be sent; the earliest goes first. */
	readonly dueAt: number;
}

/** DeadEvent is an event that is sent no more, unless somebody replays it. */
export interface DeadEvent {
	readonly eventId: string;
	readonly type: WebhookEventType;
	readonly seq: number;
	readonly at: number;
	readonly deadAt: number;
	readonly attempts: number;
	readonly cause: DeadLetterCause;
	readonly failure?: StepFailure | undefined;
}

/** Attempt is one delivery that was tried. */
export interface Attempt {
	readonly eventId: string;
	readonly type: WebhookEventType;
	readonly attempt: number;
	readonly at: number;
	/** What the receiver answered, when it took the event. */
	readonly status?: number | undefined;
	readonly failure?: StepFailure | undefined;
	readonly retryAt?: number | undefined;
}

/** SigningSecret is a secret by its name in the vault; one that was replaced signs until `until`. */
export interface SigningSecret {
	readonly secret: string;
	readonly addedAt: number;
	readonly until?: number | undefined;
}

/** Webhook is the folded state of one subscription's facts. It is plain data, so that it can be kept as a snapshot. */
export interface Webhook {
	readonly id: WebhookId;
	readonly person: PersonId;
	readonly url: string;
	readonly events: readonly TaskEventType[];
	readonly name?: string | undefined;
	readonly createdAt: number;
	/** Sequence number and time of the last fact folded in. */
	readonly seq: number;
	readonly at: number;
	readonly status: 'active' | 'paused' | 'deleted';
	readonly pausedBecause?: PauseCause | undefined;
	readonly secrets: readonly SigningSecret[];
	/** In the order they came. */
	readonly queue: readonly QueuedEvent[];
	/** Oldest first. */
	readonly deadLetters: readonly DeadEvent[];
	/** Latest last. */
	readonly attempts: readonly Attempt[];
	readonly recentIds: readonly string[];
}

/** WebhookState is a subscription, or `undefined` before its first fact. */
export type WebhookState = Webhook | undefined;

/** liveSecrets are those that sign now, the newest first. */
export function liveSecrets({ secrets }: Webhook, now: number): SigningSecret[] {
	return secrets.filter(({ until }) => until === undefined || until > now).toReversed();
}
