import type { ConversationCommand } from '../domain/conversation/commands.ts';
import type { RecordedConversationFact } from '../domain/conversation/facts.ts';
import { type ConversationWork, pendingConversationWork } from '../domain/conversation/pending-conversation-work.ts';
import type { Conversation } from '../domain/conversation/state.ts';
import {
	type ArtifactId,
	asConversationId,
	asTaskId,
	type PersonId,
	type StreamId,
	type TaskId,
	taskStream,
} from '../domain/ids.ts';
import type { TaskCommand } from '../domain/task/commands.ts';
import type { RecordedTaskFact } from '../domain/task/facts.ts';
import { pendingWork, type TaskWork } from '../domain/task/pending-work.ts';
import type { Task } from '../domain/task/state.ts';
import type { IArtifactStore } from '../ports/artifact-store.ts';
import type { IClock } from '../ports/clock.ts';
import type { IEventBus } from '../ports/event-bus.ts';
import type { IEventStore, IHistoryAudit, ISnapshotStore, IStreamIndex, StoredFact } from '../ports/event-store.ts';
import type { IFrontend } from '../ports/frontend.ts';
import type { IJobQueue } from '../ports/job-queue.ts';
import type { ILogger } from '../ports/logger.ts';
import type { IPlanAdmission } from '../ports/plan-admission.ts';
import type { IPlanner } from '../ports/planner.ts';
import type { IResultCache } from '../ports/result-cache.ts';
import type { ISecretVault } from '../ports/secret-vault.ts';
import type { ISessionPool } from '../ports/session-pool.ts';
import type { IWebhookSender } from '../ports/webhook-sender.ts';
import { AttachmentIntake } from './attachment-intake.ts';
import { conversationDecider } from './conversation-decider.ts';
import { ConversationDesk } from './conversation-desk.ts';
import { ConversationWorker } from './conversation-work.ts';
import { FactRelay } from './fact-relay.ts';
import { CommandHandler } from './handle-command.ts';
import { RunReports } from './run-reports.ts';
import { StoredOutputs } from './stored-outputs.ts';
import { taskDecider } from './task-decider.ts';
import { TaskDesk } from './task-desk.ts';
import { TaskWorker } from './task-work.ts';
import { WebhookStreams } from './webhook-streams.ts';
import { WorkLoop } from './work-loop.ts';

/** Ports is everything of the outside world that the orchestrator works through. */
export interface Ports {
	readonly store: IEventStore;
	readonly index: IStreamIndex;
	readonly snapshots: ISnapshotStore;
	readonly audit: IHistoryAudit;
	readonly artifacts: IArtifactStore;
	readonly vault: ISecretVault;
	readonly cache: IResultCache;
	readonly queue: IJobQueue;
	readonly bus: IEventBus;
	readonly clock: IClock;
	readonly log: ILogger;
	readonly storeFull: () => boolean;
}

/** Parts is what the orchestrator is given besides: who plans, who ends sessions, where replies go. */
export interface Parts {
	readonly planner: IPlanner;
	readonly admission: IPlanAdmission;
	readonly sessions: ISessionPool;
	readonly frontend: (name: string) => IFrontend | undefined;
	readonly webhookSender: IWebhookSender;
}

/** Streams read at start before others get a turn. */
const RESUME_PAGE = 500;

/** Orchestrator ties the pure cores to the world: commands in, pending work out. */
export class Orchestrator {
	readonly tasks: TaskDesk;
	readonly conversations: ConversationDesk;
	readonly runs: RunReports;
	readonly webhooks: WebhookStreams;
	readonly #ports: Ports;
	readonly #relay: FactRelay;
	readonly #taskHandler: CommandHandler<Task, TaskCommand, RecordedTaskFact>;
	readonly #conversationHandler: CommandHandler<Conversation, ConversationCommand, RecordedConversationFact>;
	readonly #outputs: StoredOutputs;
	readonly #sessions: ISessionPool;
	readonly #taskWorker: TaskWorker;
	readonly #taskLoop: WorkLoop<Task, TaskWork>;
	readonly #conversationLoop: WorkLoop<Conversation, ConversationWork>;

	constructor(ports: Ports, parts: Parts) {
		const { store, snapshots, log, clock, bus, artifacts, vault } = ports;
		this.#ports = ports;
		this.#relay = new FactRelay(store, bus);
		this.#outputs = new StoredOutputs(artifacts);
		this.#sessions = parts.sessions;
		this.webhooks = new WebhookStreams({ ...ports, sender: parts.webhookSender });
		this.#taskHandler = new CommandHandler({
			decider: taskDecider,
			store,
			snapshots,
			log,
			appended: (stream, facts, state) => this.#appended(stream, facts, () => this.#taskLoop.look(stream, state)),
		});
		this.#conversationHandler = new CommandHandler({
			decider: conversationDecider,
			store,
			snapshots,
			log,
			appended: (stream, facts, state) =>
				this.#appended(stream, facts, () => this.#conversationLoop.look(stream, state)),
		});
		const handlers = { tasks: this.#taskHandler, conversations: this.#conversationHandler };
		const announce = this.webhooks.announce.bind(this.webhooks);
		this.#taskWorker = new TaskWorker({ ...handlers, ...ports, ...parts, outputs: this.#outputs, announce });
		const conversationWorker = new ConversationWorker({ ...handlers, clock, frontend: parts.frontend });
		this.#taskLoop = new WorkLoop<Task, TaskWork>(
			{
				pending: pendingWork,
				load: (stream) => this.#taskHandler.state(stream),
				carryOut: (_stream, work, task) => this.#taskWorker.carryOut(work, task),
				dropped: (work, task) => this.#taskWorker.dropped(work, task),
			},
			{ clock, log },
		);
		this.#conversationLoop = new WorkLoop<Conversation, ConversationWork>(
			{
				pending: pendingConversationWork,
				load: (stream) => this.#conversationHandler.state(stream),
				carryOut: (stream, work, conversation) =>
					conversationWorker.carryOut(asConversationId(stream.slice('conversation-'.length)), work, conversation),
			},
			{ clock, log },
		);
		const intake = new AttachmentIntake(artifacts);
		const relay = this.#relay;
		const { admission } = parts;
		const wantsEvents = this.webhooks.wants.bind(this.webhooks);
		this.tasks = new TaskDesk({ ...ports, tasks: this.#taskHandler, relay, intake, admission, wantsEvents });
		this.conversations = new ConversationDesk({
			conversations: this.#conversationHandler,
			store,
			intake,
			vault,
			clock,
		});
		this.runs = new RunReports({ tasks: this.#taskHandler, artifacts, vault, admission, clock });
	}

	/** Takes up all unfinished work where history left it. Resolves with the number of streams once each has been looked at. */
	async resume(): Promise<number> {
		let count = 0;
		let after = '';
		for (;;) {
			const page = await this.#ports.store.openStreams({ after, limit: RESUME_PAGE });
			const last = page.at(-1);
			if (last === undefined) return count;
			await Promise.all(page.map(({ stream, dueAt }) => this.#resumeStream(stream, dueAt)));
			count += page.length;
			after = last.stream;
		}
	}

	/** Whether a task exists and has not ended. */
	async isOpen(task: TaskId): Promise<boolean> {
		const state = await this.#taskHandler.state(taskStream(task));
		return state !== undefined && state.end === undefined;
	}

	/** Whether a task's history speaks of an artifact. */
	async refersTo(task: TaskId, artifact: ArtifactId): Promise<boolean> {
		return JSON.stringify((await this.#taskHandler.state(taskStream(task))) ?? '').includes(artifact);
	}

	/** Forgets a person: their words, files, cached results and secrets of answers; the histories stay, blank. Returns how many streams. */
	async forget(person: PersonId): Promise<number> {
		await this.#cancelAll(person);
		const streams = await this.#ports.audit.erase(person);
		for (const stream of streams) {
			this.#taskHandler.forget(stream);
			this.#conversationHandler.forget(stream);
			this.webhooks.forget(stream);
		}
		this.#outputs.clear();
		const { artifacts, cache, vault } = this.#ports;
		await Promise.all([artifacts.eraseOf(person), cache.eraseOf(person), vault.deleteUnder(`${person}/`)]);
		return streams.length;
	}

	/** Nothing of a person may still run when their words are blanked, because it would write new ones. */
	async #cancelAll(person: PersonId): Promise<void> {
		let before: number | undefined;
		do {
			const page = await this.#ports.index.list({ prefix: 'task-', person, before, limit: 500 });
			for (const { stream, summary } of page) {
				if (summary['endedAt'] !== undefined) continue;
				const at = this.#ports.clock.now();
				const reason = 'The person was forgotten.';
				await this.#taskHandler.handle(stream, { type: 'CancelTask', at, by: 'erasure', reason });
				// Now, not when the task's work is next looked at: by then its history is blank.
				await this.#sessions.closeAll(asTaskId(stream.slice('task-'.length)));
			}
			before = page.at(-1)?.position;
		} while (before !== undefined);
	}

	/** Starts nothing new, and gives up plans under way; safe to call twice. */
	stop(): void {
		this.#taskLoop.stop();
		this.#conversationLoop.stop();
		this.#taskWorker.stop();
		this.webhooks.stop();
		this.#relay.stop();
	}

	#appended(stream: StreamId, facts: readonly StoredFact[], look: () => void): void {
		this.#ports.bus.publish('facts', { stream, facts });
		look();
	}

	async #resumeStream(stream: StreamId, dueAt: number): Promise<void> {
		if (this.webhooks.owns(stream)) return this.webhooks.resume(stream, dueAt);
		const later = dueAt > this.#ports.clock.now();
		if (stream.startsWith('task-')) {
			if (later) return this.#taskLoop.lookAt(stream, dueAt);
			const task = await this.#taskHandler.state(stream);
			if (task !== undefined) this.#taskLoop.look(stream, task);
			return;
		}
		if (later) return this.#conversationLoop.lookAt(stream, dueAt);
		const conversation = await this.#conversationHandler.state(stream);
		if (conversation !== undefined) this.#conversationLoop.look(stream, conversation);
	}
}
