import type { StepFailure } from '../capability.ts';
import type { TaskEventType, WebhookEventType } from './event-types.ts';
import { type Attempt, type DeadEvent, liveSecrets, type Webhook } from './state.ts';

/** DeliveryView is one attempt to deliver an event. */
export interface DeliveryView {
	readonly eventId: string;
	readonly type: WebhookEventType;
	readonly attempt: number;
	readonly at: number;
	/** The receiver's answer, when it took the event. */
	readonly status?: number | undefined;
	readonly error?: DeliveryError | undefined;
	readonly retryAt?: number | undefined;
}

export interface DeliveryError {
	readonly code: string;
	readonly message: string;
	readonly hint: string;
}

/** DeadEventView is an event that is sent no more. */
export interface DeadEventView {
	readonly eventId: string;
	readonly type: WebhookEventType;
	readonly queuedAt: number;
	readonly deadAt: number;
	readonly attempts: number;
	readonly cause: DeadEvent['cause'];
	readonly error?: DeliveryError | undefined;
}

/** WebhookView is a subscription as its person sees it. Times are ms since 1970. */
export interface WebhookView {
	readonly id: string;
	readonly name?: string | undefined;
	readonly url: string;
	readonly events: readonly TaskEventType[];
	readonly status: 'active' | 'paused';
	readonly pausedBecause?: Webhook['pausedBecause'];
	readonly createdAt: number;
	/** How many secrets sign now: two for a day after a rotation. */
	readonly secrets: number;
	readonly waiting: number;
	readonly nextAttemptAt?: number | undefined;
	readonly deadLetters: number;
	/** Latest first. */
	readonly deliveries: readonly DeliveryView[];
}

/** viewWebhook shows a subscription without its secrets. */
export function viewWebhook(webhook: Webhook, now: number): WebhookView {
	const { id, name, url, events, status, pausedBecause, createdAt, queue } = webhook;
	const next = Math.min(...queue.map(({ dueAt }) => dueAt));
	return {
		id,
		...(name === undefined ? {} : { name }),
		url,
		events,
		status: status === 'active' ? 'active' : 'paused',
		...(pausedBecause === undefined ? {} : { pausedBecause }),
		createdAt,
		secrets: liveSecrets(webhook, now).length,
		waiting: queue.length,
		...(status === 'active' && queue.length > 0 ? { nextAttemptAt: next } : {}),
		deadLetters: webhook.deadLetters.length,
		deliveries: webhook.attempts.map(viewAttempt).reverse(),
	};
}

/** viewDeadEvent shows an event that gave up. */
export function viewDeadEvent({ eventId, type, at, deadAt, attempts, cause, failure }: DeadEvent): DeadEventView {
	return { eventId, type, queuedAt: at, deadAt, attempts, cause, ...errorOf(failure) };
}

function viewAttempt({ failure, ...attempt }: Attempt): DeliveryView {
	return { ...attempt, ...errorOf(failure) };
}

function errorOf(failure: StepFailure | undefined): { error?: DeliveryError } {
	if (failure === undefined) return {};
	const { code, message, hint = 'Errand tries again by itself.' } = failure;
	return { error: { code, message, hint } };
}
