import {
	type ArtifactId,
	asConversationId,
	asPersonId,
	conversationStream,
	type PersonId,
	type StreamId,
	type TaskId,
	taskStream,
} from '../domain/ids.ts';
import { ownTimeZone } from '../domain/person/person-view.ts';
import type { TaskCommand } from '../domain/task/commands.ts';
import type { RecordedTaskFact } from '../domain/task/facts.ts';
import { pendingWork, type TaskWork } from '../domain/task/pending-work.ts';
import type { Task } from '../domain/task/state.ts';
import type { IAgentCourier } from '../ports/agent-courier.ts';
import type { IArtifactStore } from '../ports/artifact-store.ts';
import type { IClock } from '../ports/clock.ts';
import type { IEventBus } from '../ports/event-bus.ts';
import type { IEventStore, IHistoryAudit, ISnapshotStore, IStreamIndex } from '../ports/event-store.ts';
import type { IExchangeTeller } from '../ports/exchange-teller.ts';
import type { IHistorySigner } from '../ports/history-signer.ts';
import type { IJobQueue } from '../ports/job-queue.ts';
import type { ILogger } from '../ports/logger.ts';
import type { IEmbedder, IMemoryIndex } from '../ports/memory.ts';
import type { IPlanAdmission } from '../ports/plan-admission.ts';
import type { IPlanner } from '../ports/planner.ts';
import type { IResultCache } from '../ports/result-cache.ts';
import type { IScheduleTimes } from '../ports/schedule-times.ts';
import type { ISecretVault } from '../ports/secret-vault.ts';
import type { ISessionPool } from '../ports/session-pool.ts';
import type { SkillText } from '../ports/skill-files.ts';
import type { IStreamHomes } from '../ports/stream-homes.ts';
import type { IWebhookSender } from '../ports/webhook-sender.ts';
import { agentSteps } from './agents/agent-steps.ts';
import { agentsOnDemand } from './agents/agents-on-demand.ts';
import { Arrivals } from './arrivals.ts';
import type { ProjectParts } from './backlogs/backlog-streams.ts';
import { backlogsOnDemand } from './backlogs/backlogs-on-demand.ts';
import { BeginningsFirst } from './commands/beginnings-first.ts';
import { DrivenStreams } from './commands/driven-streams.ts';
import { FactRelay } from './commands/fact-relay.ts';
import type { CommandHandler } from './commands/handle-command.ts';
import { loadedOnce } from './commands/loaded-once.ts';
import type { Driven, StreamsOnDemand } from './commands/streams-on-demand.ts';
import type { ConversationDesk } from './conversations/conversation-desk.ts';
import { type ConversationParts, ConversationStreams } from './conversations/conversation-streams.ts';
import type { IAgentDesk } from './desks/agents.ts';
import type { IBacklogDesk } from './desks/backlog.ts';
import type { IExchangeDesk } from './desks/exchanges.ts';
import type { IPeopleDesk } from './desks/people.ts';
import type { IScheduleDesk } from './desks/schedules.ts';
import type { ISkillDesk } from './desks/skills.ts';
import type { IWorkflowDesk } from './desks/workflows.ts';
import { Erasure } from './erasure.ts';
import { exchangesOnDemand } from './exchanges/exchanges-on-demand.ts';
import { MemoryStreams } from './memories/memory-streams.ts';
import type { ScheduleStreams } from './schedules/schedule-streams.ts';
import { scheduleSteps, schedulesOnDemand } from './schedules/schedules-on-demand.ts';
import { AttachmentIntake } from './tasks/attachment-intake.ts';
import { RunReports } from './tasks/run-reports.ts';
import { StoredOutputs } from './tasks/stored-outputs.ts';
import { taskDecider } from './tasks/task-decider.ts';
import { TaskDesk } from './tasks/task-desk.ts';
import { TaskNumbers } from './tasks/task-numbers.ts';
import { TaskWorker } from './tasks/task-work.ts';
import type { HookDesk } from './webhooks/hook-desk.ts';
import { openHookDesk } from './webhooks/open-hook-desk.ts';
import { WebhookStreams } from './webhooks/webhook-streams.ts';
import { hasSavedWorkflows } from './workflows/has-saved-workflows.ts';
import { OfferingPlanner } from './workflows/offering-planner.ts';
import { SaveHints } from './workflows/save-hints.ts';
import type { WorkflowParts, WorkflowStreams } from './workflows/workflow-streams.ts';
import { workflowsOnDemand } from './workflows/workflows-on-demand.ts';

/** Ports is everything of the outside world that the orchestrator works through. */
export interface Ports {
	readonly store: IEventStore;
	readonly index: IStreamIndex;
	readonly snapshots: ISnapshotStore;
	readonly audit: IHistoryAudit;
	/** This installation's key. */
	readonly signer: Pick<IHistorySigner, 'publicKey' | 'sign'>;
	readonly artifacts: IArtifactStore;
	readonly vault: ISecretVault;
	readonly cache: IResultCache;
	readonly queue: IJobQueue;
	readonly bus: IEventBus;
	readonly homes: IStreamHomes;
	readonly memoryIndex: IMemoryIndex;
	readonly clock: IClock;
	readonly log: ILogger;
	readonly storeFull: () => boolean;
}

/** Parts is what the orchestrator is given besides: who plans, who ends sessions, who people are, where replies go. */
export interface Parts extends Omit<ConversationParts, 'memory' | 'backlogs' | 'workflows' | 'schedules' | 'skills'> {
	/** Tells which texts mean alike, so that what is remembered is found again. */
	readonly embedder: IEmbedder;
	/** Where backlogs have their files, who may open which folder, and what work on them is; asked for with the first backlog. */
	readonly projects: () => Promise<ProjectParts>;
	/** What workflows are read with, where they come from, and what they may use; asked for with the first one. */
	readonly workflows: () => Promise<WorkflowParts>;
	/** Instructions that the operator installed, and those among them that suit a goal. */
	readonly skills?: (ISkillDesk & { suiting(goal: string): Promise<readonly SkillText[]> }) | undefined;
	/** When schedules fall due; asked for with the first one. */
	readonly scheduleTimes: () => Promise<IScheduleTimes>;
	readonly planner: IPlanner;
	readonly admission: IPlanAdmission;
	readonly sessions: ISessionPool;
	readonly webhookSender: IWebhookSender;
	/** Tells agents elsewhere how their tasks stand. */
	readonly teller: IExchangeTeller;
	/** Carries messages to agents that speak A2A. */
	readonly courier?: IAgentCourier | undefined;
}

/** Orchestrator ties the pure cores to the world: commands in, pending work out. */
export class Orchestrator {
	readonly tasks: TaskDesk;
	readonly conversations: ConversationDesk;
	readonly runs: RunReports;
	readonly webhooks: WebhookStreams;
	readonly hooks: HookDesk;
	readonly memories: MemoryStreams;
	readonly backlogs: StreamsOnDemand<IBacklogDesk>;
	readonly agents: StreamsOnDemand<IAgentDesk>;
	readonly exchanges: StreamsOnDemand<IExchangeDesk>;
	readonly workflows: StreamsOnDemand<IWorkflowDesk, WorkflowStreams>;
	readonly schedules: StreamsOnDemand<IScheduleDesk, ScheduleStreams>;
	/** Kinds that a server without any of them keeps no room for. */
	readonly #onDemand: readonly Pick<StreamsOnDemand<object>, 'driven' | 'forget' | 'forgetAll' | 'stop'>[];
	readonly #ports: Ports;
	readonly #arrivals: Arrivals;
	readonly #relay: FactRelay;
	readonly #taskHandler: CommandHandler<Task, TaskCommand, RecordedTaskFact>;
	readonly #conversations: ConversationStreams;
	readonly #erasure: Erasure;
	readonly #taskWorker: TaskWorker;
	readonly #tasks: DrivenStreams<Task, TaskCommand, RecordedTaskFact, TaskWork>;

	constructor(ports: Ports, parts: Parts) {
		const { clock, artifacts, vault } = ports;
		this.#ports = ports;
		const arrivals = new Arrivals(clock);
		this.#arrivals = arrivals;
		this.#relay = new FactRelay(ports);
		const outputs = new StoredOutputs(artifacts);
		const roleOf = async (person: PersonId) => (await parts.people.view(person))?.role;
		this.webhooks = new WebhookStreams({ ...ports, sender: parts.webhookSender, roleOf });
		const memories = new MemoryStreams({ ...ports, ...parts, index: ports.memoryIndex, roleOf });
		this.memories = memories;
		this.#tasks = new DrivenStreams(ports, {
			prefix: 'task-',
			decider: taskDecider,
			pending: pendingWork,
			carryOut: (_stream, work, task) => this.#taskWorker.carryOut(work, task),
			dropped: (work, task) => this.#taskWorker.dropped(work, task),
			released: (stream, work) => this.#taskWorker.released(stream, work),
		});
		this.#taskHandler = this.#tasks.handler;
		const numbers = new TaskNumbers(ports.index);
		const wantsEvents = this.webhooks.wants.bind(this.webhooks);
		const tasks = this.#taskHandler;
		const intake = new AttachmentIntake(artifacts);
		const relay = this.#relay;
		const { admission } = parts;
		this.tasks = new TaskDesk({ ...ports, tasks, relay, intake, arrivals, admission, numbers, wantsEvents });
		const backlogs = backlogsOnDemand(
			{
				...{ ...ports, tasks: this.tasks },
				tell: ({ id, person, conversation: place, text }) => {
					const conversation = place === undefined ? undefined : asConversationId(place);
					return this.#conversations.notices.tell({ key: `backlog.${id}`, person, conversation, text });
				},
			},
			parts.projects,
		);
		this.backlogs = backlogs;
		const { courier, teller, webhookSender: sender } = parts;
		this.exchanges = exchangesOnDemand({ ...ports, teller, tasks: this.tasks, roleOf });
		this.agents = agentsOnDemand({
			...{ ...ports, sender, courier, tasks: this.tasks, roleOf },
			workflows: { run: (principal, request) => this.workflows.desk.run(principal, request) },
			deliverEvent: (principal, task, event) => this.tasks.deliverEvent(principal, task, event),
		});
		const workflows = workflowsOnDemand(
			{
				...{ ...ports, embedder: parts.embedder, tasks: this.tasks, owners: () => ownersAmong(parts.people) },
				tell: (notice) => this.#conversations.notices.tell(notice),
			},
			parts.workflows,
		);
		this.workflows = workflows;
		const beginnings = new BeginningsFirst(clock);
		const schedules = schedulesOnDemand({
			...{ ...ports, tasks: this.tasks, workflows: workflows.desk, roleOf, beginnings },
			times: loadedOnce(parts.scheduleTimes),
			tell: (notice) => this.#conversations.notices.tell({ ...notice, alsoPreferred: true }),
			zoneOf: async (person) => {
				const preferences = (await parts.people.view(person))?.preferences;
				return preferences === undefined ? undefined : ownTimeZone(preferences);
			},
		});
		this.schedules = schedules;
		this.#onDemand = [backlogs, this.agents, this.exchanges, workflows, schedules];
		this.#conversations = new ConversationStreams({
			...{ ...ports, ...parts, tasks, numbers, wantsEvents, arrivals },
			...{ memory: memories.desk, backlogs: backlogs.desk, workflows: workflows.desk, schedules: schedules.desk },
		});
		const hasSaved = (person: PersonId) => hasSavedWorkflows(ports.index, person);
		const saveHints = new SaveHints({
			...{ index: ports.index, numbers, log: ports.log },
			hasOne: async (person, goal) =>
				(await hasSaved(person)) && (await (await workflows.open()).offers.find(person, goal)) !== undefined,
		});
		this.#taskWorker = new TaskWorker({
			...ports,
			...parts,
			tasks,
			conversations: this.#conversations.handler,
			planner: new OfferingPlanner({
				...{ otherwise: parts.planner, clock, log: ports.log },
				hasSaved,
				offers: async () => (await workflows.open()).offers,
			}),
			...{ outputs, beginnings },
			coreSteps: [...scheduleSteps(schedules), ...agentSteps({ desk: this.agents.desk, roleOf, clock })],
			again: (stream, key) => this.#tasks.again(stream, key),
			report: async (task, report) => {
				await this.#conversations.report(task, report, await saveHints.hintFor(task, report));
				await this.webhooks.announce(task, report);
				await memories.noteResult(task, report);
				await backlogs.taskReported(task, report);
				await workflows.taskReported(task, report);
			},
			recall: (person, text, limit) => memories.recall(person, text, limit),
			skills: parts.skills && ((goal) => parts.skills?.suiting(goal) ?? Promise.resolve([])),
		});
		this.conversations = this.#conversations.desk;
		this.hooks = openHookDesk({
			...ports,
			tasks: this.tasks,
			roleOf,
			isOwn: async (person, conversation) => {
				if (conversation === `web-${person}`) return true;
				return (await this.#conversations.handler.state(conversationStream(conversation)))?.person === person;
			},
		});
		this.runs = new RunReports({ tasks: this.#taskHandler, artifacts, vault, admission, clock });
		this.#erasure = new Erasure({
			...{ ...ports, sessions: parts.sessions, tasks, memories, outputs },
			folds: [tasks, this.#conversations.handler, this.webhooks, this.hooks, ...this.#onDemand],
		});
	}

	/**
	 * Begins to drive streams: takes up unfinished work where history left it, and what others leave. Resolves with the number of
	 * streams that were taken up so far, once each has been looked at.
	 */
	async resume(): Promise<number> {
		let count = 0;
		// Others append to backlogs that have their home here, and those are to hear of it.
		if (!this.#ports.homes.alone)
			await Promise.all([this.backlogs.open(), this.agents.open(), this.exchanges.open(), this.schedules.open()]);
		await this.#ports.homes.start({
			adopted: async (streams) => {
				count += streams.length;
				await Promise.all(streams.map(({ stream, dueAt }) => this.#driverOf(stream).adopt(stream, dueAt)));
			},
			lapsed: () => {
				this.#ports.log.warn('unfinished work let go: this process was out of reach for too long');
				for (const driven of this.#driven()) driven.letGo();
			},
		});
		return count;
	}

	/** Told when a frontend begins to work, or works again: what waits for it goes out. */
	frontendIsBack(name: string): void {
		this.#conversations.frontendIsBack(name);
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
	forget(person: PersonId): Promise<number> {
		return this.#erasure.forget(person);
	}

	/** Another process has forgotten somebody: drops all that was folded here, theirs among it. */
	forgottenElsewhere(): void {
		this.#erasure.forgottenElsewhere();
	}

	/** Starts nothing new, and gives up plans under way; resolves once files of backlogs are in step. Safe to call twice. */
	async stop(): Promise<void> {
		this.#tasks.stop();
		this.#conversations.stop();
		this.#arrivals.stop();
		this.#taskWorker.stop();
		this.webhooks.stop();
		this.memories.stop();
		this.#relay.stop();
		await Promise.all(this.#onDemand.map((kind) => kind.stop()));
	}

	#driverOf(stream: StreamId): Driven {
		return this.#driven().find((driven) => driven.owns(stream)) ?? this.#tasks;
	}

	#driven(): readonly Driven[] {
		return [
			this.#tasks,
			this.#conversations.driven,
			this.webhooks.driven,
			this.memories.driven,
			...this.#onDemand.map(({ driven }) => driven),
		];
	}
}

/** Whoever may share with everybody. */
async function ownersAmong(people: Pick<IPeopleDesk, 'list'>): Promise<readonly PersonId[]> {
	const everybody = await people.list({ person: asPersonId('owner'), role: 'owner' });
	return everybody.flatMap(({ id, role }) => (role === 'owner' ? id : []));
}
