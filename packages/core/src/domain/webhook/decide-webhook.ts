import type { RetryPolicy } from '../capability.ts';
import { CoreError } from '../errors.ts';
import { retryWaitMs } from '../task/retry-wait.ts';
import type { WebhookCommand, WebhookCommandOf } from './commands.ts';
import { type WebhookFact, webhookFact } from './facts.ts';
import { WEBHOOK_LIMITS, type Webhook, type WebhookState } from './state.ts';

/** WebhookDecision is the facts a command adds (none when it was done before), or why it is refused. */
export type WebhookDecision =
	| { readonly ok: true; readonly facts: readonly WebhookFact[] }
	| { readonly ok: false; readonly error: CoreError };

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The attempts that Standard Webhooks recommends: at once, then after these waits, then no more. */
const WAITS_MS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
const EVENT_RETRY: RetryPolicy = { maxAttempts: WAITS_MS.length + 1, waitsMs: WAITS_MS };

/** How long a secret that was replaced signs along, so that a receiver can change over in its own time. */
const OVERLAP_MS = 24 * HOUR;

/** decideWebhook says which facts a command may add. Every command may come twice; the second adds nothing. */
export function decideWebhook(state: WebhookState, command: WebhookCommand): WebhookDecision {
	if (command.type === 'CreateWebhook') return state === undefined ? create(command) : nothingNew;
	if (command.type === 'RetireSecret') return retire(state, command.secret);
	if (state === undefined || state.status === 'deleted') return command.type === 'DeleteWebhook' ? nothingNew : gone();
	switch (command.type) {
		case 'RotateSecret': {
			const { secret, at } = command;
			if (state.secrets.some((known) => known.secret === secret)) return nothingNew;
			return add(webhookFact('WebhookSecretAdded', { secret, oldUntil: at + OVERLAP_MS }));
		}
		case 'QueueEvent':
			return queue(state, command);
		case 'RecordDelivery': {
			const { eventId, attempt, status } = command;
			return isUnderWay(state, command) ? add(webhookFact('EventDelivered', { eventId, attempt, status })) : nothingNew;
		}
		case 'FailDelivery':
			return fail(state, command);
		case 'ReplayEvent':
			return replay(state, command.eventId);
		case 'PauseWebhook':
			return state.status === 'paused' ? nothingNew : add(webhookFact('WebhookPaused', { cause: 'person' }));
		case 'ResumeWebhook':
			return state.status === 'active' ? nothingNew : add(webhookFact('WebhookResumed', {}));
		case 'DeleteWebhook':
			return add(webhookFact('WebhookDeleted', {}));
	}
}

const nothingNew: WebhookDecision = { ok: true, facts: [] };

function add(...facts: WebhookFact[]): WebhookDecision {
	return { ok: true, facts };
}

function gone(): WebhookDecision {
	const error = new CoreError('not-found', 'There is no such webhook.', { hint: 'GET /v1/webhooks lists yours.' });
	return { ok: false, error };
}

function create({ webhookId, person, url, events, name, secret }: WebhookCommandOf<'CreateWebhook'>): WebhookDecision {
	const named = name === undefined ? {} : { name };
	return add(
		webhookFact('WebhookCreated', { webhookId, person, url, events, ...named }),
		webhookFact('WebhookSecretAdded', { secret }),
	);
}

function retire(state: WebhookState, secret: string): WebhookDecision {
	const known = state?.secrets.some((other) => other.secret === secret) ?? false;
	return known ? add(webhookFact('WebhookSecretRetired', { secret })) : nothingNew;
}

/** When too many wait, the one that has waited longest makes room: it can be replayed. */
function queue(state: Webhook, { eventId, event, body }: WebhookCommandOf<'QueueEvent'>): WebhookDecision {
	if (state.recentIds.includes(eventId)) return nothingNew;
	const queued = webhookFact('EventQueued', { eventId, type: event, body });
	const [oldest] = state.queue;
	if (oldest === undefined || state.queue.length < WEBHOOK_LIMITS.queued) return add(queued);
	return add(webhookFact('EventDeadLettered', { eventId: oldest.eventId, cause: 'queue-full' }), queued);
}

function fail(state: Webhook, command: WebhookCommandOf<'FailDelivery'>): WebhookDecision {
	const { eventId, attempt, failure, jitter, gone, at } = command;
	if (!isUnderWay(state, command)) return nothingNew;
	const permanent = failure.kind === 'permanent' && !gone;
	const waitMs = permanent ? undefined : retryWaitMs(EVENT_RETRY, attempt, failure, jitter);
	if (waitMs === undefined) {
		const cause = permanent ? 'permanent' : 'exhausted';
		const dead = webhookFact('EventDeadLettered', { eventId, cause });
		const failed = webhookFact('EventFailed', { eventId, attempt, failure });
		return gone ? add(failed, dead, ...pauseFor(state)) : add(failed, dead);
	}
	const failed = webhookFact('EventFailed', { eventId, attempt, failure, retryAt: at + waitMs });
	return gone ? add(failed, ...pauseFor(state)) : add(failed);
}

function pauseFor({ status }: Webhook): WebhookFact[] {
	return status === 'paused' ? [] : [webhookFact('WebhookPaused', { cause: 'gone' })];
}

function replay(state: Webhook, eventId: string): WebhookDecision {
	if (state.queue.some((event) => event.eventId === eventId)) return nothingNew;
	if (state.deadLetters.some((event) => event.eventId === eventId))
		return add(webhookFact('EventReplayed', { eventId }));
	const error = new CoreError('not-found', `There is no dead letter "${eventId}" of this webhook.`, {
		hint: 'GET /v1/webhooks/<id>/dead-letters lists them.',
	});
	return { ok: false, error };
}

/** What is said of an attempt other than the next one came too late. */
function isUnderWay({ queue }: Webhook, { eventId, attempt }: { eventId: string; attempt: number }): boolean {
	return queue.some((event) => event.eventId === eventId && event.failures + 1 === attempt);
}
