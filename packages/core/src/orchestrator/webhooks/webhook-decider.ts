import type { WebhookCommand } from '../../domain/webhook/commands.ts';
import { decideWebhook } from '../../domain/webhook/decide-webhook.ts';
import { evolveWebhook, WEBHOOK_EVOLVE_VERSION } from '../../domain/webhook/evolve-webhook.ts';
import type { RecordedWebhookFact } from '../../domain/webhook/facts.ts';
import { pendingWebhookWork } from '../../domain/webhook/pending-webhook-work.ts';
import type { Webhook } from '../../domain/webhook/state.ts';
import type { Decider } from '../commands/decide-batch.ts';
import { dueAt } from '../commands/due-at.ts';

/** webhookDecider fits the core of subscriptions to the command handler. */
export const webhookDecider: Decider<Webhook, WebhookCommand, RecordedWebhookFact> = {
	version: WEBHOOK_EVOLVE_VERSION,
	decide(state, command) {
		const decision = decideWebhook(state, command);
		if (!decision.ok) return decision;
		const at = Math.max(command.at, state?.at ?? 0);
		const facts: RecordedWebhookFact[] = [];
		let next = state;
		for (const [index, fact] of decision.facts.entries()) {
			const recorded = { ...fact, seq: (state?.seq ?? 0) + index + 1, at };
			facts.push(recorded);
			next = evolveWebhook(next, recorded);
		}
		return { ok: true, facts, state: next };
	},
	evolve: evolveWebhook,
	index: (webhook, now) => ({
		person: webhook.person,
		dueAt: dueAt(pendingWebhookWork(webhook, now)),
		summary: { id: webhook.id, deleted: webhook.status === 'deleted' },
	}),
};
