import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asPersonId, asWebhookId } from '../ids.ts';
import type { WebhookCommand } from './commands.ts';
import { decideWebhook } from './decide-webhook.ts';
import { evolveWebhook } from './evolve-webhook.ts';
import type { RecordedWebhookFact } from './facts.ts';
import { pendingWebhookWork } from './pending-webhook-work.ts';
import type { WebhookState } from './state.ts';

type Untimed = WebhookCommand extends infer One ? (One extends unknown ? Omit<One, 'at'> : never) : never;

const CREATE: Untimed = {
	type: 'CreateWebhook',
	webhookId: asWebhookId('w1'),
	person: asPersonId('ann'),
	url: 'https://receiver.example/',
	events: ['task.completed'],
	secret: 's0',
};
const eventId = fc.constantFrom('e1', 'e2', 'e3', 'e4');
const secret = fc.constantFrom('s1', 's2', 's3');
const attempt = fc.integer({ min: 1, max: 4 });
const failure = fc
	.constantFrom('retryable', 'permanent', 'timed-out')
	.map((kind) => ({ kind, code: 'x', message: 'x' }) as const);

const command: fc.Arbitrary<Untimed> = fc.oneof(
	{
		weight: 6,
		arbitrary: eventId.map((id): Untimed => ({ type: 'QueueEvent', eventId: id, event: 'task.completed', body: '{}' })),
	},
	{
		weight: 4,
		arbitrary: fc.record({ type: fc.constant('RecordDelivery' as const), eventId, attempt, status: fc.constant(200) }),
	},
	{
		weight: 8,
		arbitrary: fc.record({
			type: fc.constant('FailDelivery' as const),
			eventId,
			attempt,
			failure,
			jitter: fc.double({ min: 0, max: 0.999, noNaN: true }),
			gone: fc.boolean(),
		}),
	},
	{ weight: 3, arbitrary: eventId.map((id): Untimed => ({ type: 'ReplayEvent', eventId: id })) },
	{ weight: 1, arbitrary: secret.map((one): Untimed => ({ type: 'RotateSecret', secret: one })) },
	{ weight: 1, arbitrary: secret.map((one): Untimed => ({ type: 'RetireSecret', secret: one })) },
	{
		weight: 4,
		arbitrary: fc.constantFrom<Untimed>({ type: 'PauseWebhook' }, { type: 'ResumeWebhook' }, { type: 'ResumeWebhook' }),
	},
);
const past = fc.array(fc.tuple(command, fc.integer({ min: 0, max: 10_000_000 })), { maxLength: 60 });

function run(commands: readonly (readonly [Untimed, number])[]) {
	let state: WebhookState;
	let at = 1;
	const history: RecordedWebhookFact[] = [];
	const take = (one: WebhookCommand) => {
		const decision = decideWebhook(state, one);
		const facts = decision.ok ? decision.facts : [];
		for (const fact of facts) {
			const recorded: RecordedWebhookFact = { ...fact, seq: history.length + 1, at: one.at };
			history.push(recorded);
			state = evolveWebhook(state, recorded);
		}
		return facts;
	};
	take({ ...CREATE, at } as WebhookCommand);
	for (const [one, later] of commands) {
		at += later;
		take({ ...one, at } as WebhookCommand);
	}
	return { state, history, at, again: (one: Untimed) => take({ ...one, at } as WebhookCommand) };
}

describe('a subscription, whatever happens to it', () => {
	it('keeps every event in exactly one place: delivered, on its way, or with the dead letters', () => {
		fc.assert(
			fc.property(past, (commands) => {
				const { state, history } = run(commands);
				const queued = new Set(history.flatMap((fact) => (fact.type === 'EventQueued' ? [fact.data.eventId] : [])));
				const delivered = history.flatMap((fact) => (fact.type === 'EventDelivered' ? [fact.data.eventId] : []));
				const places = [...delivered, ...(state?.queue ?? []), ...(state?.deadLetters ?? [])];
				const ids = places.map((place) => (typeof place === 'string' ? place : place.eventId));
				expect(ids.toSorted()).toEqual([...queued].toSorted());
			}),
		);
	});

	it('owes one delivery at most, none while it is paused, and something as long as an event waits', () => {
		fc.assert(
			fc.property(past, fc.integer({ min: 0, max: 200_000_000 }), (commands, later) => {
				const { state, at } = run(commands);
				const work = pendingWebhookWork(state, at + later);
				const deliveries = work.filter(({ kind }) => kind === 'deliver');
				expect(deliveries.length).toBeLessThanOrEqual(state?.status === 'active' ? 1 : 0);
				if (state?.status === 'active' && state.queue.length > 0) expect(work.length).toBeGreaterThan(0);
				for (const item of work) if (item.kind === 'wait') expect(item.until).toBeGreaterThan(at + later);
			}),
		);
	});

	it('does not change its mind about the delivery under way when others come or fall due', () => {
		fc.assert(
			fc.property(past, fc.integer({ min: 0, max: 200_000_000 }), (commands, later) => {
				const { state, at, history } = run(commands);
				const before = pendingWebhookWork(state, at).find(({ kind }) => kind === 'deliver');
				if (before === undefined) return;
				const queued: RecordedWebhookFact = {
					type: 'EventQueued',
					v: 1,
					data: { eventId: 'new', type: 'task.completed', body: '{}' },
					seq: history.length + 1,
					at,
				};
				const after = pendingWebhookWork(evolveWebhook(state, queued), at + later);
				expect(after.find(({ kind }) => kind === 'deliver')?.key).toBe(before.key);
			}),
		);
	});

	it('folds to the same from its facts, and the same command at once again adds nothing', () => {
		fc.assert(
			fc.property(past, command, (commands, one) => {
				const ran = run(commands);
				expect(ran.history.reduce<WebhookState>(evolveWebhook, undefined)).toEqual(ran.state);
				ran.again(one);
				expect(ran.again(one)).toEqual([]);
			}),
		);
	});
});
