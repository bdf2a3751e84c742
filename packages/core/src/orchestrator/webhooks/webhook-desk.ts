import { randomBytes } from 'node:crypto';
import { CoreError } from '../../domain/errors.ts';
import { asWebhookId, type WebhookId, webhookStream } from '../../domain/ids.ts';
import type { WebhookCommand } from '../../domain/webhook/commands.ts';
import { TASK_EVENT_TYPES } from '../../domain/webhook/event-types.ts';
import type { Webhook } from '../../domain/webhook/state.ts';
import { testEvent } from '../../domain/webhook/task-event.ts';
import { viewDeadEvent, viewWebhook, type WebhookView } from '../../domain/webhook/view.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ISecretVault } from '../../ports/secret-vault.ts';
import type { IWebhookSender } from '../../ports/webhook-sender.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { Principal } from '../desks/desk.ts';
import type { IWebhookDesk, SecretOnce, WebhookSubscription } from '../desks/webhooks.ts';
import { refuseGuests } from '../people/refuse-guests.ts';

interface Dependencies {
	readonly webhooks: Pick<CommandHandler<Webhook, WebhookCommand, never>, 'handle' | 'begin' | 'latest'>;
	/** The subscriptions of a person that are not deleted, newest first. */
	readonly ofPerson: (person: Principal['person']) => Promise<readonly WebhookId[]>;
	readonly vault: ISecretVault;
	readonly sender: IWebhookSender;
	readonly clock: IClock;
}

const MAX_WEBHOOKS = 50;
const MAX_URL = 2_000;
const NOT_FOR_GUESTS = 'Guests have no webhooks.';

/** WebhookDesk lets people see and steer their own outgoing webhooks. */
export class WebhookDesk implements IWebhookDesk {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	async create(principal: Principal, request: WebhookSubscription): Promise<WebhookView & SecretOnce> {
		const { person } = principal;
		refuseGuests(principal, NOT_FOR_GUESTS);
		this.#checkUrl(request.url);
		if ((await this.#deps.ofPerson(person)).length >= MAX_WEBHOOKS) throw tooMany();
		const { clock, webhooks } = this.#deps;
		const webhookId = newWebhookId(clock.now());
		const { url, events = TASK_EVENT_TYPES, name } = request;
		const { reference, secret } = await this.#newSecret(person, webhookId);
		const handled = await webhooks.begin(webhookStream(webhookId), {
			type: 'CreateWebhook',
			at: clock.now(),
			webhookId,
			person,
			url,
			events: [...new Set(events)],
			...(name === undefined ? {} : { name }),
			secret: reference,
		});
		return { ...this.#shown(handled.state), secret };
	}

	async list({ person }: Principal): Promise<readonly WebhookView[]> {
		const ids = await this.#deps.ofPerson(person);
		const states = await Promise.all(ids.map((id) => this.#deps.webhooks.latest(webhookStream(id))));
		return states.flatMap((state) => (isThere(state) ? [this.#shown(state)] : []));
	}

	async view(principal: Principal, id: string): Promise<WebhookView> {
		return this.#shown(await this.#own(principal, id));
	}

	async rotate(principal: Principal, id: string): Promise<WebhookView & SecretOnce> {
		const webhook = await this.#ownAsMember(principal, id);
		const { reference, secret } = await this.#newSecret(webhook.person, webhook.id);
		const view = await this.#steer(webhook, { type: 'RotateSecret', at: this.#now(), secret: reference });
		return { ...view, secret };
	}

	async pause(principal: Principal, id: string): Promise<WebhookView> {
		return this.#steer(await this.#own(principal, id), { type: 'PauseWebhook', at: this.#now() });
	}

	async resume(principal: Principal, id: string): Promise<WebhookView> {
		return this.#steer(await this.#ownAsMember(principal, id), { type: 'ResumeWebhook', at: this.#now() });
	}

	async remove(principal: Principal, id: string): Promise<void> {
		const webhook = await this.#own(principal, id);
		await this.#deps.webhooks.handle(webhookStream(webhook.id), { type: 'DeleteWebhook', at: this.#now() });
	}

	async test(principal: Principal, id: string): Promise<{ eventId: string }> {
		const webhook = await this.#ownAsMember(principal, id);
		if (webhook.status === 'paused') {
			throw new CoreError('not-possible', 'The webhook is paused, so nothing is sent.', { hint: 'Resume it first.' });
		}
		const at = this.#now();
		const eventId = `msg_${randomBytes(12).toString('hex')}`;
		const { type: event, body } = testEvent(webhook.id, at);
		await this.#steer(webhook, { type: 'QueueEvent', at, eventId, event, body });
		return { eventId };
	}

	async deadLetters(principal: Principal, id: string) {
		return (await this.#own(principal, id)).deadLetters.map(viewDeadEvent).reverse();
	}

	async replay(principal: Principal, id: string, eventId: string): Promise<void> {
		await this.#steer(await this.#ownAsMember(principal, id), { type: 'ReplayEvent', at: this.#now(), eventId });
	}

	async #steer(webhook: Webhook, command: WebhookCommand): Promise<WebhookView> {
		const { state } = await this.#deps.webhooks.handle(webhookStream(webhook.id), command);
		return this.#shown(state);
	}

	/** The subscription, if it is the principal's own; to anyone else it does not exist. */
	async #own({ person }: Principal, id: string): Promise<Webhook> {
		const webhook = await this.#deps.webhooks.latest(webhookStream(asWebhookId(id)));
		if (isThere(webhook) && webhook.person === person) return webhook;
		throw unknown(id);
	}

	/** Whoever became a guest sees, pauses and removes what they set up before, and has nothing more sent by it. */
	async #ownAsMember(principal: Principal, id: string): Promise<Webhook> {
		const webhook = await this.#own(principal, id);
		refuseGuests(principal, NOT_FOR_GUESTS);
		return webhook;
	}

	async #newSecret(person: Principal['person'], id: WebhookId) {
		const reference = `${person}/webhook/${id}/${randomBytes(8).toString('hex')}`;
		const secret = `whsec_${randomBytes(32).toString('base64')}`;
		await this.#deps.vault.put(reference, secret);
		return { reference, secret };
	}

	#checkUrl(url: string): void {
		if (url.length > MAX_URL) {
			const message = `The address has ${url.length} characters; at most ${MAX_URL} are taken.`;
			throw new CoreError('too-large', message, { hint: 'Give a shorter address.' });
		}
		this.#deps.sender.check(url);
	}

	#shown(webhook: Webhook | undefined): WebhookView {
		if (webhook === undefined) throw unknown('');
		return viewWebhook(webhook, this.#now());
	}

	#now(): number {
		return this.#deps.clock.now();
	}
}

function isThere(webhook: Webhook | undefined): webhook is Webhook {
	return webhook !== undefined && webhook.status !== 'deleted';
}

/** Ids begin with the time, so that new streams stand side by side in the store's index; the rest cannot be guessed. */
function newWebhookId(now: number): WebhookId {
	return asWebhookId(now.toString(36).padStart(9, '0') + randomBytes(8).toString('hex'));
}

function unknown(id: string): CoreError {
	return new CoreError('not-found', `There is no webhook "${id.slice(0, 100)}" of yours.`, {
		hint: 'GET /v1/webhooks lists yours.',
	});
}

function tooMany(): CoreError {
	return new CoreError('not-possible', `You have ${MAX_WEBHOOKS} webhooks; there may not be more.`, {
		hint: 'Delete one that is not needed any more.',
	});
}
