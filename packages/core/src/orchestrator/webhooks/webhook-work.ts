import { randomInt } from 'node:crypto';
import { isCoreError } from '../../domain/errors.ts';
import { type PersonId, webhookStream } from '../../domain/ids.ts';
import type { WebhookCommand } from '../../domain/webhook/commands.ts';
import type { RecordedWebhookFact } from '../../domain/webhook/facts.ts';
import type { WebhookWork } from '../../domain/webhook/pending-webhook-work.ts';
import { liveSecrets, type QueuedEvent, type Webhook } from '../../domain/webhook/state.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IEventStore } from '../../ports/event-store.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { ISecretVault } from '../../ports/secret-vault.ts';
import type { IWebhookSender, PostOutcome } from '../../ports/webhook-sender.ts';
import type { CommandHandler } from '../commands/handle-command.ts';

interface Dependencies {
	readonly webhooks: Pick<CommandHandler<Webhook, WebhookCommand, never>, 'handle'>;
	readonly store: IEventStore;
	readonly vault: ISecretVault;
	readonly sender: IWebhookSender;
	readonly isGuest: (person: PersonId) => Promise<boolean>;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** WebhookWorker posts what subscriptions are owed; every result comes back as a command. */
export class WebhookWorker {
	readonly #deps: Dependencies;
	readonly #posting = new Map<string, AbortController>();

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	async carryOut(work: WebhookWork, webhook: Webhook): Promise<void> {
		if (work.kind === 'deliver') await this.#deliver(webhook, work);
		else if (work.kind === 'retire-secret') await this.#retireSecret(webhook, work.secret.secret);
	}

	/** A delivery nobody wants any more, because its webhook was paused or deleted, is broken off. */
	dropped(work: WebhookWork, webhook: Webhook): void {
		if (work.kind === 'deliver') this.#posting.get(postingKey(webhook, work.key))?.abort();
	}

	/** Breaks off what is under way; it stays owed. */
	stop(): void {
		for (const posting of this.#posting.values()) posting.abort();
	}

	async #deliver(webhook: Webhook, { key, event }: Extract<WebhookWork, { kind: 'deliver' }>): Promise<void> {
		const wanted = new AbortController();
		const name = postingKey(webhook, key);
		this.#posting.set(name, wanted);
		try {
			const outcome = await this.#post(webhook, event, wanted.signal);
			if (outcome !== undefined) await this.#record(webhook, event, outcome);
		} finally {
			if (this.#posting.get(name) === wanted) this.#posting.delete(name);
		}
	}

	/** Undefined when it was broken off. */
	async #post(webhook: Webhook, event: QueuedEvent, signal: AbortSignal): Promise<PostOutcome | undefined> {
		const { clock, sender } = this.#deps;
		const { eventId } = event;
		if (await this.#deps.isGuest(webhook.person)) {
			return permanent('forbidden', 'It belongs to a guest now, and guests have no webhooks.');
		}
		const body = await this.#bodyOf(webhook, event);
		if (body === undefined) return permanent('erased', 'The event is there no more.');
		const at = clock.now();
		const secrets = await this.#secretsOf(webhook, at);
		if (secrets.length === 0) return permanent('no-secret', 'There is no secret to sign with: rotate it.');
		try {
			return await sender.send({ url: webhook.url, eventId, at, body, secrets, signal });
		} catch (error) {
			if (signal.aborted) return undefined;
			throw error;
		}
	}

	/** Bodies stay in history, because thousands may wait. */
	async #bodyOf({ id }: Webhook, { seq }: QueuedEvent): Promise<string | undefined> {
		const stored = await this.#deps.store.read(webhookStream(id), seq - 1, 1);
		const fact = stored.find((one) => one.seq === seq) as unknown as RecordedWebhookFact | undefined;
		return fact?.type === 'EventQueued' ? fact.data.body : undefined;
	}

	async #secretsOf(webhook: Webhook, now: number): Promise<string[]> {
		const { vault } = this.#deps;
		const found = await Promise.all(liveSecrets(webhook, now).map(({ secret }) => vault.get(secret)));
		return found.filter((secret) => secret !== undefined);
	}

	async #record(webhook: Webhook, event: QueuedEvent, outcome: PostOutcome): Promise<void> {
		const { eventId } = event;
		const attempt = event.failures + 1;
		const at = this.#deps.clock.now();
		if (outcome.kind === 'delivered') {
			return this.#tell(webhook, { type: 'RecordDelivery', at, eventId, attempt, status: outcome.status });
		}
		const { failure, gone } = outcome;
		const { code } = failure;
		this.#deps.log.warn('event not delivered', { webhook: webhook.id, eventId, attempt, code });
		const jitter = randomInt(1_000) / 1_000;
		await this.#tell(webhook, { type: 'FailDelivery', at, eventId, attempt, failure, jitter, gone });
	}

	async #retireSecret(webhook: Webhook, secret: string): Promise<void> {
		await this.#deps.vault.deleteUnder(secret);
		await this.#tell(webhook, { type: 'RetireSecret', at: this.#deps.clock.now(), secret });
	}

	async #tell({ id }: Webhook, command: WebhookCommand): Promise<void> {
		try {
			await this.#deps.webhooks.handle(webhookStream(id), command);
		} catch (error) {
			// It was deleted while this was under way.
			if (!isCoreError(error, 'not-found')) throw error;
		}
	}
}

function postingKey({ id }: Webhook, key: string): string {
	return `${id}/${key}`;
}

function permanent(code: string, message: string): PostOutcome {
	return { kind: 'failed', failure: { kind: 'permanent', code, message }, gone: false };
}
