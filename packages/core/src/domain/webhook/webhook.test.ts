import { describe, expect, it } from 'vitest';
import type { StepFailure } from '../capability.ts';
import { asPersonId, asWebhookId } from '../ids.ts';
import type { WebhookCommand } from './commands.ts';
import { decideWebhook } from './decide-webhook.ts';
import { evolveWebhook } from './evolve-webhook.ts';
import type { RecordedWebhookFact } from './facts.ts';
import { pendingWebhookWork } from './pending-webhook-work.ts';
import { liveSecrets, WEBHOOK_LIMITS, type Webhook, type WebhookState } from './state.ts';
import { viewDeadEvent, viewWebhook } from './view.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const create: WebhookCommand = {
	type: 'CreateWebhook',
	at: 1,
	webhookId: asWebhookId('w1'),
	person: asPersonId('ann'),
	url: 'https://receiver.example/in',
	events: ['task.completed'],
	secret: 'ann/webhook/w1/s1',
};
const down: StepFailure = { kind: 'retryable', code: 'http-503', message: 'The receiver answered 503.' };
const queue = (eventId: string, at = 10): WebhookCommand => ({
	type: 'QueueEvent',
	at,
	eventId,
	event: 'task.completed',
	body: '{}',
});
const fail = (eventId: string, attempt: number, at: number, change: Partial<Failing> = {}): WebhookCommand => ({
	type: 'FailDelivery',
	at,
	eventId,
	attempt,
	failure: down,
	jitter: 0.5,
	gone: false,
	...change,
});
type Failing = Extract<WebhookCommand, { type: 'FailDelivery' }>;

function given(...commands: readonly WebhookCommand[]) {
	let state: WebhookState;
	const history: RecordedWebhookFact[] = [];
	for (const command of commands) {
		const decision = decideWebhook(state, command);
		if (!decision.ok) throw new Error(`The past itself was refused at ${command.type}: ${decision.error.message}`);
		for (const fact of decision.facts) {
			const recorded: RecordedWebhookFact = { ...fact, seq: history.length + 1, at: command.at };
			history.push(recorded);
			state = evolveWebhook(state, recorded);
		}
	}
	const webhook = (): Webhook => {
		if (state === undefined) throw new Error('There is no webhook yet.');
		return state;
	};
	return {
		history,
		webhook,
		when(command: WebhookCommand) {
			const decision = decideWebhook(state, command);
			return decision.ok ? decision.facts.map(({ type }) => type) : decision.error.code;
		},
		work: (now: number) => pendingWebhookWork(state, now).map(({ key }) => key),
		and: (...more: readonly WebhookCommand[]) => given(...commands, ...more),
	};
}

describe('an event of a subscription', () => {
	it('is owed at once, and no more when it was delivered', () => {
		const queued = given(create, queue('e1'));
		expect(queued.work(10)).toEqual(['deliver/e1/10/0']);
		const done = queued.and({ type: 'RecordDelivery', at: 11, eventId: 'e1', attempt: 1, status: 200 });
		expect(done.work(11)).toEqual([]);
		expect(viewWebhook(done.webhook(), 11).deliveries).toEqual([
			{ eventId: 'e1', type: 'task.completed', attempt: 1, at: 11, status: 200 },
		]);
	});

	it('is queued once, however often it is handed over', () => {
		expect(given(create, queue('e1')).when(queue('e1'))).toEqual([]);
	});

	it('is tried again after the waits of Standard Webhooks, and dead-lettered after the tenth attempt', () => {
		const waits = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
		let at = 10;
		let past = given(create, queue('e1', at));
		for (const [index, wait] of waits.entries()) {
			past = past.and(fail('e1', index + 1, at));
			expect(past.work(at + wait - 1)).toEqual([`wait/${at + wait}`]);
			at += wait;
			expect(past.work(at)).toEqual([`deliver/e1/${at}/${index + 1}`]);
		}
		past = past.and(fail('e1', 10, at));
		expect(past.work(at + 1_000 * HOUR)).toEqual([]);
		expect(past.webhook().deadLetters.map(viewDeadEvent)).toEqual([
			{
				eventId: 'e1',
				type: 'task.completed',
				queuedAt: 10,
				deadAt: at,
				attempts: 10,
				cause: 'exhausted',
				error: { code: 'http-503', message: 'The receiver answered 503.', hint: 'Errand tries again by itself.' },
			},
		]);
	});

	it('waits as long as the receiver asks for, if that is longer, and is spread by jitter', () => {
		const retryAt = (change: Partial<Failing>) =>
			given(create, queue('e1'), fail('e1', 1, 100, change)).webhook().queue[0]?.dueAt;
		expect(retryAt({ failure: { ...down, retryAfterMs: 60_000 } })).toBe(60_100);
		expect(retryAt({ failure: { ...down, retryAfterMs: 1 } })).toBe(5_100);
		expect([retryAt({ jitter: 0 }), retryAt({ jitter: 0.999 })]).toEqual([4_100, 6_098]);
	});

	it('that can never be sent is dead-lettered at once', () => {
		const refused = fail('e1', 1, 20, { failure: { kind: 'permanent', code: 'address-refused', message: 'Private.' } });
		expect(given(create, queue('e1')).when(refused)).toEqual(['EventFailed', 'EventDeadLettered']);
	});

	it('is not counted again when a late word comes of an attempt that is over', () => {
		const past = given(create, queue('e1'), fail('e1', 1, 20));
		expect(past.when(fail('e1', 1, 21))).toEqual([]);
		expect(past.when({ type: 'RecordDelivery', at: 21, eventId: 'e1', attempt: 1, status: 200 })).toEqual([]);
	});

	it('begins anew when it is replayed, under its id', () => {
		const dead = given(create, queue('e1'), fail('e1', 1, 20, { failure: { ...down, kind: 'permanent' } }));
		const replayed = dead.and({ type: 'ReplayEvent', at: 50, eventId: 'e1' });
		expect(replayed.work(50)).toEqual(['deliver/e1/50/0']);
		expect(replayed.webhook().deadLetters).toEqual([]);
		expect(replayed.when({ type: 'ReplayEvent', at: 51, eventId: 'e1' })).toEqual([]);
		expect(replayed.when({ type: 'ReplayEvent', at: 51, eventId: 'other' })).toBe('not-found');
	});
});

describe('the queue of a subscription', () => {
	it('delivers one at a time, and one that waits for its next attempt holds up no other', () => {
		const past = given(create, queue('e1', 10), queue('e2', 11), queue('e3', 12));
		expect(past.work(20)).toEqual(['deliver/e1/10/0']);
		const failed = past.and(fail('e1', 1, 20));
		expect(failed.work(20)).toEqual(['deliver/e2/11/0']);
		// The first is due again while the second is still under way: the second stays first.
		expect(failed.work(20 + 6 * SECOND)).toEqual(['deliver/e2/11/0']);
	});

	it('lets the oldest go to the dead letters when too many wait', () => {
		const many = Array.from({ length: WEBHOOK_LIMITS.queued }, (_, index) => queue(`e${index}`));
		const full = given(create, ...many);
		expect(full.when(queue('one more'))).toEqual(['EventDeadLettered', 'EventQueued']);
		const over = full.and(queue('one more')).webhook();
		expect(over.queue).toHaveLength(WEBHOOK_LIMITS.queued);
		expect(over.deadLetters).toMatchObject([{ eventId: 'e0', cause: 'queue-full', attempts: 0 }]);
	});

	it('remembers a bounded number of attempts, dead letters and ids', () => {
		const commands = Array.from({ length: 250 }, (_, index) => [
			queue(`e${index}`),
			fail(`e${index}`, 1, 20, { failure: { ...down, kind: 'permanent' } }),
		]).flat();
		const past = given(create, ...commands);
		const { attempts, deadLetters, recentIds } = past.webhook();
		expect([attempts.length, deadLetters.length, recentIds.length]).toEqual([20, 200, 200]);
		expect(deadLetters.at(-1)?.eventId).toBe('e249');
	});
});

describe('a subscription', () => {
	it('sends nothing while it is paused, and what came meanwhile once it is resumed', () => {
		const paused = given(create, { type: 'PauseWebhook', at: 5 }, queue('e1'));
		expect(paused.work(20)).toEqual([]);
		expect(paused.and({ type: 'ResumeWebhook', at: 30 }).work(30)).toEqual(['deliver/e1/10/0']);
	});

	it('is paused by a receiver that is gone, and the event stays', () => {
		const gone = given(create, queue('e1'), fail('e1', 1, 20, { gone: true }));
		expect(gone.webhook()).toMatchObject({ status: 'paused', pausedBecause: 'gone', queue: [{ eventId: 'e1' }] });
		expect(gone.work(20 + 100 * HOUR)).toEqual([]);
	});

	it('signs with the old and the new secret for a day after a rotation, then forgets the old one', () => {
		const rotated = given(create, { type: 'RotateSecret', at: 100, secret: 's2' });
		const names = (now: number) => liveSecrets(rotated.webhook(), now).map(({ secret }) => secret);
		expect(names(100 + 24 * HOUR - 1)).toEqual(['s2', 'ann/webhook/w1/s1']);
		expect(names(100 + 24 * HOUR)).toEqual(['s2']);
		expect(rotated.work(100)).toEqual([`wait/${100 + 24 * HOUR}`]);
		expect(rotated.work(100 + 24 * HOUR)).toEqual(['retire-secret/ann/webhook/w1/s1']);
		const retired = rotated.and({ type: 'RetireSecret', at: 100 + 24 * HOUR, secret: 'ann/webhook/w1/s1' });
		expect(retired.work(100 + 25 * HOUR)).toEqual([]);
		expect(viewWebhook(retired.webhook(), 100 + 25 * HOUR).secrets).toBe(1);
	});

	it('that is deleted owes only that its secrets are forgotten', () => {
		const deleted = given(create, queue('e1'), { type: 'DeleteWebhook', at: 20 });
		expect(deleted.work(20)).toEqual(['retire-secret/ann/webhook/w1/s1']);
		expect(deleted.when(queue('e2'))).toBe('not-found');
		expect(deleted.when({ type: 'DeleteWebhook', at: 21 })).toEqual([]);
		expect(deleted.when({ type: 'RetireSecret', at: 21, secret: 'ann/webhook/w1/s1' })).toEqual([
			'WebhookSecretRetired',
		]);
	});

	it('is not there before it was created, nor in a history that was erased', () => {
		expect(given().when(queue('e1'))).toBe('not-found');
		expect(evolveWebhook(undefined, given(create, queue('e1')).history[2] as RecordedWebhookFact)).toBeUndefined();
	});

	it('folds to the same state from its facts as it was decided on', () => {
		const past = given(create, queue('e1'), fail('e1', 1, 20), { type: 'RotateSecret', at: 30, secret: 's2' });
		expect(past.history.reduce<WebhookState>(evolveWebhook, undefined)).toEqual(past.webhook());
		expect(
			evolveWebhook(past.webhook(), { type: 'OfTomorrow', v: 1, data: {}, seq: 9, at: 40 } as never),
		).toMatchObject({
			seq: 9,
			at: 40,
		});
	});
});
