import { describe, expect, it } from 'vitest';
import type { HookFactType, RecordedHookFact } from '../hook/facts.ts';
import { evolveHook, type HookState } from '../hook/hook.ts';
import { evolveWebhook } from '../webhook/evolve-webhook.ts';
import type { RecordedWebhookFact, WebhookFactType } from '../webhook/facts.ts';
import { pendingWebhookWork } from '../webhook/pending-webhook-work.ts';
import type { WebhookState } from '../webhook/state.ts';
import hookHistory from './fixture/hook-history-v1.json' with { type: 'json' };
import webhookHistory from './fixture/webhook-history-v1.json' with { type: 'json' };
import { upcast } from './upcast.ts';

// As with every fact: written once, by the release that first wrote such facts, and never again.
const WEBHOOK_FACTS: Record<WebhookFactType, true> = {
	WebhookCreated: true,
	WebhookSecretAdded: true,
	WebhookSecretRetired: true,
	EventQueued: true,
	EventDelivered: true,
	EventFailed: true,
	EventDeadLettered: true,
	EventReplayed: true,
	WebhookPaused: true,
	WebhookResumed: true,
	WebhookDeleted: true,
};
const HOOK_FACTS: Record<HookFactType, true> = {
	HookCreated: true,
	HookChanged: true,
	HookSecretSet: true,
	HookPaused: true,
	HookResumed: true,
	HookDeleted: true,
};

describe('facts of webhooks of every release', () => {
	it('are all in the fixtures, each type at least once', () => {
		const written = new Set([...webhookHistory.facts, ...hookHistory.facts].map(({ type }) => type));
		expect(Object.keys({ ...WEBHOOK_FACTS, ...HOOK_FACTS }).filter((type) => !written.has(type))).toEqual([]);
	});

	it('fold to the same subscription, which is owed the same', () => {
		let state: WebhookState;
		for (const fact of webhookHistory.facts as unknown as RecordedWebhookFact[]) {
			if (fact.type === 'WebhookDeleted') expect(plain(state)).toEqual(webhookHistory.before);
			state = evolveWebhook(state, upcast(fact as never));
		}
		expect(plain(state)).toEqual(webhookHistory.state);
		expect(pendingWebhookWork(state, 200).map(({ key }) => key)).toEqual(webhookHistory.work);
	});

	it('fold to the same hook', () => {
		let state: HookState;
		for (const fact of hookHistory.facts as unknown as RecordedHookFact[]) {
			if (fact.type === 'HookDeleted') expect(plain(state)).toEqual(hookHistory.before);
			state = evolveHook(state, upcast(fact as never));
		}
		expect(plain(state)).toEqual(hookHistory.state);
	});
});

function plain(state: unknown): unknown {
	return JSON.parse(JSON.stringify(state));
}
