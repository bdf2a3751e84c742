import type { QueuedEvent, SigningSecret, Webhook, WebhookState } from './state.ts';

/** WebhookWork is what the world still owes a subscription; `key` is the same each time for the same work. */
export type WebhookWork =
	| { readonly key: string; readonly kind: 'deliver'; readonly event: QueuedEvent }
	| { readonly key: string; readonly kind: 'retire-secret'; readonly secret: SigningSecret }
	| { readonly key: string; readonly kind: 'wait'; readonly until: number };

/**
 * pendingWebhookWork reads off what a subscription is owed now. One delivery at a time: of those that are due the one that
 * was due first, so that the one under way stays first while it is, and an event that waits for its next attempt holds up
 * no other.
 */
export function pendingWebhookWork(state: WebhookState, now: number): WebhookWork[] {
	if (state === undefined) return [];
	const work: WebhookWork[] = [];
	const times: number[] = [];
	for (const secret of state.secrets) {
		if (secret.until === undefined) continue;
		if (secret.until > now) times.push(secret.until);
		else work.push({ key: `retire-secret/${secret.secret}`, kind: 'retire-secret', secret });
	}
	const event = nextEvent(state);
	if (event !== undefined && event.dueAt > now) times.push(event.dueAt);
	else if (event !== undefined) {
		const key = `deliver/${event.eventId}/${event.dueAt}/${event.failures}`;
		work.push({ key, kind: 'deliver', event });
	}
	const until = Math.min(...times);
	if (times.length > 0) work.push({ key: `wait/${until}`, kind: 'wait', until });
	return work;
}

function nextEvent({ status, queue }: Webhook): QueuedEvent | undefined {
	if (status !== 'active') return undefined;
	let next: QueuedEvent | undefined;
	for (const event of queue) {
		if (next === undefined || event.dueAt < next.dueAt) next = event;
	}
	return next;
}
