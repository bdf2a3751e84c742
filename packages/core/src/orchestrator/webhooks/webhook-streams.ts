import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { isCoreError } from '../../domain/errors.ts';
import { asWebhookId, type PersonId, type StreamId, type WebhookId, webhookStream } from '../../domain/ids.ts';
import type { Role } from '../../domain/person/person-view.ts';
import type { Report, Task } from '../../domain/task/state.ts';
import type { WebhookCommand } from '../../domain/webhook/commands.ts';
import type { RecordedWebhookFact } from '../../domain/webhook/facts.ts';
import { pendingWebhookWork, type WebhookWork } from '../../domain/webhook/pending-webhook-work.ts';
import type { Webhook } from '../../domain/webhook/state.ts';
import { taskEvent } from '../../domain/webhook/task-event.ts';
import type { IStreamIndex } from '../../ports/event-store.ts';
import type { ISecretVault } from '../../ports/secret-vault.ts';
import type { IWebhookSender } from '../../ports/webhook-sender.ts';
import { DrivenStreams, type DrivingPorts } from '../commands/driven-streams.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import { webhookDecider } from './webhook-decider.ts';
import { WebhookDesk } from './webhook-desk.ts';
import { WebhookWorker } from './webhook-work.ts';

interface Dependencies extends DrivingPorts {
	readonly index: IStreamIndex;
	readonly vault: ISecretVault;
	readonly sender: IWebhookSender;
	/** What a person may do now. */
	readonly roleOf: (person: PersonId) => Promise<Role | undefined>;
}

const PREFIX = 'webhook-';
const REMEMBERED_PEOPLE = 1_000;

/** WebhookStreams are all outgoing webhooks: their desk, the events that go to them, and their deliveries. */
export class WebhookStreams {
	readonly desk: WebhookDesk;
	readonly driven: DrivenStreams<Webhook, WebhookCommand, RecordedWebhookFact, WebhookWork>;
	readonly #deps: Dependencies;
	readonly #handler: CommandHandler<Webhook, WebhookCommand, RecordedWebhookFact>;
	readonly #worker: WebhookWorker;
	/** Which subscriptions people have, because every report of every task asks. */
	readonly #ofPerson = new LRUCache<PersonId, Promise<readonly WebhookId[]>>({ max: REMEMBERED_PEOPLE });

	constructor(deps: Dependencies) {
		const { store, vault, clock, log, sender } = deps;
		this.#deps = deps;
		this.driven = new DrivenStreams(deps, {
			prefix: PREFIX,
			decider: webhookDecider,
			appended: (facts, state) => this.#remember(state.person, facts),
			pending: pendingWebhookWork,
			carryOut: (_stream, work, webhook) => this.#worker.carryOut(work, webhook),
			dropped: (work, webhook) => this.#worker.dropped(work, webhook),
		});
		this.#handler = this.driven.handler;
		const isGuest = (person: PersonId) => this.#isGuest(person);
		this.#worker = new WebhookWorker({ webhooks: this.#handler, store, vault, sender, isGuest, clock, log });
		this.desk = new WebhookDesk({
			webhooks: this.#handler,
			ofPerson: (person) => this.#idsOf(person),
			vault,
			sender,
			clock,
		});
	}

	/** Whether anybody wants events of this person's tasks. */
	async wants(person: PersonId): Promise<boolean> {
		return (await this.#idsOf(person)).length > 0 && !(await this.#isGuest(person));
	}

	/** Queues what a task reports for every subscription that wants it, once; resolves when all of them are durable. */
	async announce(task: Task, report: Report): Promise<void> {
		const ids = await this.#idsOf(task.person);
		if (ids.length === 0 || (await this.#isGuest(task.person))) return;
		const at = this.#deps.clock.now();
		const event = taskEvent(task, report, at);
		if (event === undefined) return;
		const { type, body } = event;
		await Promise.all(
			ids.map(async (id) => {
				const stream = webhookStream(id);
				const webhook = await this.#handler.latest(stream);
				if (webhook === undefined || !webhook.events.includes(type)) return;
				const eventId = derivedEventId(id, task, report);
				await this.#queue(stream, { type: 'QueueEvent', at, eventId, event: type, body });
			}),
		);
	}

	/** Forgets what was folded, after a person's payloads were erased underneath. */
	forget(stream: StreamId): void {
		this.#handler.forget(stream);
		this.#ofPerson.clear();
	}

	forgetAll(): void {
		this.#handler.forgetAll();
		this.#ofPerson.clear();
	}

	/** Starts nothing more and breaks off what is under way; safe to call twice. */
	stop(): void {
		this.driven.stop();
		this.#worker.stop();
	}

	/** Of somebody who became a guest webhooks rest: guests have none. */
	async #isGuest(person: PersonId): Promise<boolean> {
		return (await this.#deps.roleOf(person)) === 'guest';
	}

	async #queue(stream: StreamId, command: WebhookCommand & { type: 'QueueEvent' }): Promise<void> {
		try {
			await this.#handler.handle(stream, command, `event:${command.eventId}`);
		} catch (error) {
			// It was deleted in the meantime.
			if (!isCoreError(error, 'not-found')) throw error;
		}
	}

	#remember(person: PersonId, facts: readonly { readonly type: string }[]): void {
		if (facts.some(changesList)) this.#ofPerson.delete(person);
	}

	#idsOf(person: PersonId): Promise<readonly WebhookId[]> {
		// Another process may have created one a moment ago.
		if (!this.#deps.homes.alone) return this.#list(person);
		const known = this.#ofPerson.get(person);
		if (known !== undefined) return known;
		const listed = this.#list(person);
		this.#ofPerson.set(person, listed);
		// A list that could not be read is read again the next time.
		listed.catch(() => {
			if (this.#ofPerson.get(person) === listed) this.#ofPerson.delete(person);
		});
		return listed;
	}

	async #list(person: PersonId): Promise<readonly WebhookId[]> {
		const ids: WebhookId[] = [];
		let before: number | undefined;
		do {
			const rows = await this.#deps.index.list({ prefix: PREFIX, person, before, limit: 500 });
			for (const { stream, summary } of rows) {
				if (summary['deleted'] !== true) ids.push(asWebhookId(stream.slice(PREFIX.length)));
			}
			before = rows.length === 500 ? rows.at(-1)?.position : undefined;
		} while (before !== undefined);
		return ids;
	}
}

function changesList({ type }: { readonly type: string }): boolean {
	return type === 'WebhookCreated' || type === 'WebhookDeleted';
}

/** The same report is the same event for a subscription, however often it is handed over. */
function derivedEventId(webhook: WebhookId, task: Task, report: Report): string {
	const hash = createHash('sha256').update(`${webhook}/${task.id}/${report.seq}`).digest('hex');
	return `msg_${hash.slice(0, 24)}`;
}
