import { remember } from '../remember.ts';
import type { RecordedWebhookFact, WebhookFactType } from './facts.ts';
import { type Attempt, type QueuedEvent, WEBHOOK_LIMITS, type Webhook, type WebhookState } from './state.ts';

/** WEBHOOK_EVOLVE_VERSION keys snapshots: raise it whenever folding the same facts would give another state. */
export const WEBHOOK_EVOLVE_VERSION = 'webhook-1';

/** evolveWebhook folds one fact into a subscription. It is total: any fact on any state gives a state. */
export function evolveWebhook(state: WebhookState, fact: RecordedWebhookFact): WebhookState {
	if (state === undefined) return fact.type === 'WebhookCreated' ? created(fact) : undefined;
	return { ...apply(state, fact), seq: fact.seq, at: Math.max(state.at, fact.at) };
}

type FactOf<T extends WebhookFactType> = Extract<RecordedWebhookFact, { type: T }>;

function created({ data, seq, at }: FactOf<'WebhookCreated'>): Webhook {
	const { webhookId: id, ...rest } = data;
	return {
		id,
		...rest,
		createdAt: at,
		seq,
		at,
		status: 'active',
		secrets: [],
		queue: [],
		deadLetters: [],
		attempts: [],
		recentIds: [],
	};
}

function apply(state: Webhook, fact: RecordedWebhookFact): Webhook {
	switch (fact.type) {
		case 'WebhookSecretAdded':
			return secretAdded(state, fact);
		case 'WebhookSecretRetired':
			return { ...state, secrets: state.secrets.filter(({ secret }) => secret !== fact.data.secret) };
		case 'EventQueued':
			return queued(state, fact);
		case 'EventDelivered':
			return attempted(state, fact, { status: fact.data.status });
		case 'EventFailed':
			return failed(state, fact);
		case 'EventDeadLettered':
			return deadLettered(state, fact);
		case 'EventReplayed':
			return replayed(state, fact);
		case 'WebhookPaused':
			return { ...state, status: 'paused', pausedBecause: fact.data.cause };
		case 'WebhookResumed':
			return { ...state, status: 'active', pausedBecause: undefined };
		case 'WebhookDeleted':
			return deleted(state, fact.at);
		default:
			// A fact of a later release: it must not keep this one from showing the rest.
			return state;
	}
}

function secretAdded(state: Webhook, { data, at }: FactOf<'WebhookSecretAdded'>): Webhook {
	const { secret, oldUntil } = data;
	const old = state.secrets.map((known) => (known.until === undefined ? { ...known, until: oldUntil ?? at } : known));
	return { ...state, secrets: [...old, { secret, addedAt: at }] };
}

function queued(state: Webhook, { data, seq, at }: FactOf<'EventQueued'>): Webhook {
	const { eventId, type } = data;
	return {
		...state,
		queue: [...state.queue, { eventId, type, seq, at, failures: 0, dueAt: at }],
		recentIds: remember(state.recentIds, eventId, WEBHOOK_LIMITS.recentIds),
	};
}

function failed(state: Webhook, fact: FactOf<'EventFailed'>): Webhook {
	const { eventId, attempt, failure, retryAt } = fact.data;
	const event = find(state, eventId);
	if (event === undefined) return state;
	const told = attempted(state, fact, { failure, ...(retryAt === undefined ? {} : { retryAt }) });
	const waiting = { ...event, failures: attempt, dueAt: retryAt ?? fact.at };
	return { ...told, queue: state.queue.map((one) => (one === event ? waiting : one)) };
}

/** The event leaves the queue; what became of the attempt is remembered for a while. */
function attempted(
	state: Webhook,
	{ data, at }: FactOf<'EventDelivered' | 'EventFailed'>,
	outcome: Pick<Attempt, 'status' | 'failure' | 'retryAt'>,
): Webhook {
	const { eventId, attempt } = data;
	const event = find(state, eventId);
	if (event === undefined) return state;
	const told: Attempt = { eventId, type: event.type, attempt, at, ...outcome };
	return {
		...state,
		queue: state.queue.filter((one) => one !== event),
		attempts: remember(state.attempts, told, WEBHOOK_LIMITS.attempts),
	};
}

function deadLettered(state: Webhook, { data, at: deadAt }: FactOf<'EventDeadLettered'>): Webhook {
	const event = find(state, data.eventId);
	if (event === undefined) return state;
	const { eventId, type, seq, at, failures: attempts } = event;
	const failure = state.attempts.findLast((one) => one.eventId === eventId)?.failure;
	const dead = { eventId, type, seq, at, deadAt, attempts, cause: data.cause, ...(failure && { failure }) };
	return {
		...state,
		queue: state.queue.filter((one) => one !== event),
		deadLetters: remember(state.deadLetters, dead, WEBHOOK_LIMITS.deadLetters),
	};
}

/** It begins anew, with all its attempts. */
function replayed(state: Webhook, { data, at: dueAt }: FactOf<'EventReplayed'>): Webhook {
	const dead = state.deadLetters.find(({ eventId }) => eventId === data.eventId);
	if (dead === undefined) return state;
	const { eventId, type, seq, at } = dead;
	return {
		...state,
		deadLetters: state.deadLetters.filter((one) => one !== dead),
		queue: [...state.queue, { eventId, type, seq, at, failures: 0, dueAt }],
	};
}

/** Nothing more is sent, and its secrets are to be forgotten. */
function deleted(state: Webhook, at: number): Webhook {
	const secrets = state.secrets.map((secret) => ({ ...secret, until: Math.min(secret.until ?? at, at) }));
	return { ...state, status: 'deleted', secrets, queue: [], deadLetters: [] };
}

function find({ queue }: Webhook, eventId: string): QueuedEvent | undefined {
	return queue.find((event) => event.eventId === eventId);
}
