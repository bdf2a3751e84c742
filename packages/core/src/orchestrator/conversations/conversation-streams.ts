import type { ConversationCommand } from '../../domain/conversation/commands.ts';
import type { RecordedConversationFact } from '../../domain/conversation/facts.ts';
import { type ConversationWork, pendingConversationWork } from '../../domain/conversation/pending-conversation-work.ts';
import { frontendOf } from '../../domain/conversation/places.ts';
import type { Conversation } from '../../domain/conversation/state.ts';
import { asConversationId, type ConversationId, type StreamId } from '../../domain/ids.ts';
import type { TaskCommand } from '../../domain/task/commands.ts';
import type { Report, Task } from '../../domain/task/state.ts';
import type { IArtifactStore } from '../../ports/artifact-store.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IStreamIndex } from '../../ports/event-store.ts';
import type { IFrontend } from '../../ports/frontend.ts';
import type { ISecretVault } from '../../ports/secret-vault.ts';
import type { IStreamHomes } from '../../ports/stream-homes.ts';
import type { Arrivals } from '../arrivals.ts';
import { DrivenStreams, type DrivingPorts } from '../commands/driven-streams.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { IBacklogDesk } from '../desks/backlog.ts';
import type { IClusterDesk } from '../desks/cluster.ts';
import type { Principal } from '../desks/desk.ts';
import type { IMemoryDesk } from '../desks/memory.ts';
import type { IModelDesk } from '../desks/models.ts';
import type { IPeopleDesk } from '../desks/people.ts';
import type { IScheduleDesk } from '../desks/schedules.ts';
import type { ISkillDesk } from '../desks/skills.ts';
import type { IWorkflowDesk } from '../desks/workflows.ts';
import { AttachmentIntake } from '../tasks/attachment-intake.ts';
import type { TaskNumbers } from '../tasks/task-numbers.ts';
import { ChatCommands } from './chat-commands.ts';
import { conversationDecider } from './conversation-decider.ts';
import { ConversationDesk } from './conversation-desk.ts';
import { ConversationWorker } from './conversation-work.ts';
import { MessageRouting } from './message-routing.ts';
import { PersonNotices } from './person-notices.ts';
import { ProgressTeller } from './progress-teller.ts';
import { ReplyDelivery } from './reply-delivery.ts';
import { TaskReports } from './task-reports.ts';

/** ConversationParts is what conversations are given by those who compose them: who people are, and where replies go. */
export interface ConversationParts {
	/** Undefined while it is not running. */
	readonly frontend: (name: string) => IFrontend | undefined;
	readonly people: IPeopleDesk;
	/** What carries the work, for the owner's commands; undefined where there is nothing to show. */
	readonly cluster?: IClusterDesk | undefined;
	/** A link that logs somebody in once, and from where they asked; undefined where no page is served. */
	readonly loginLink?: ((principal: Principal, from: string) => string) | undefined;
	/** Ends all logins of somebody's page; resolves with how many. Undefined where no page is served. */
	readonly logOutAll?: ((principal: Principal) => Promise<number>) | undefined;
	/** What is remembered of people. */
	readonly memory: IMemoryDesk;
	readonly schedules?: IScheduleDesk | undefined;
	/** Instructions that the operator installed. */
	readonly skills?: ISkillDesk | undefined;
	/** Which language models there are and what they cost. */
	readonly models: IModelDesk;
	/** What is to be done in people's projects. */
	readonly backlogs: IBacklogDesk;
	readonly workflows: IWorkflowDesk;
}

interface Dependencies extends ConversationParts, DrivingPorts {
	readonly tasks: Pick<CommandHandler<Task, TaskCommand, never>, 'handle' | 'state'>;
	readonly numbers: TaskNumbers;
	readonly wantsEvents: (person: Principal['person']) => Promise<boolean>;
	readonly index: IStreamIndex;
	readonly artifacts: IArtifactStore;
	readonly vault: ISecretVault;
	readonly arrivals: Arrivals;
}

const PREFIX = 'conversation-';

/** ConversationStreams are all conversations: their desk, where their messages go, and the delivery of their replies. */
export class ConversationStreams {
	readonly desk: ConversationDesk;
	readonly handler: CommandHandler<Conversation, ConversationCommand, RecordedConversationFact>;
	readonly #clock: IClock;
	readonly notices: PersonNotices;
	readonly #reports: TaskReports;
	readonly #teller: ProgressTeller;
	/** When each frontend last came back, ms since 1970. */
	readonly #backAt = new Map<string, number>();
	readonly #streams: Streams;

	constructor(deps: Dependencies) {
		const { store, index, artifacts, vault, clock, arrivals } = deps;
		this.#clock = clock;
		this.#streams = new DrivenStreams(deps, {
			prefix: PREFIX,
			decider: conversationDecider,
			homeOf: (stream) => otherHome(deps.homes, frontendOf(idOf(stream))),
			pending: (state, now, stream) => pendingConversationWork(state, now, this.#backAt.get(frontendOf(idOf(stream)))),
			carryOut: async (stream, work, conversation) => {
				if (work.kind !== 'route') return worker.carryOut(idOf(stream), work, conversation);
				await arrivals.calm();
				return worker.carryOut(idOf(stream), work, (await this.handler.state(stream)) ?? conversation);
			},
		});
		this.handler = this.#streams.handler;
		const conversations = this.handler;
		const { loginLink, logOutAll, cluster } = deps;
		const commands = new ChatCommands({ ...deps, conversations, loginLink, logOutAll, cluster });
		this.notices = new PersonNotices({ ...deps, conversations });
		this.#reports = new TaskReports({ ...deps, conversations });
		this.#teller = new ProgressTeller({ ...deps, conversations });
		const progressStands = this.#teller.stands.bind(this.#teller);
		const progressEnds = this.#teller.ends.bind(this.#teller);
		const worker: ConversationWorker = new ConversationWorker(
			new MessageRouting({ ...deps, conversations, commands }),
			new ReplyDelivery({ ...deps, conversations, progressStands, progressEnds }),
		);
		this.desk = new ConversationDesk({
			conversations,
			store,
			index,
			intake: new AttachmentIntake(artifacts),
			vault,
			arrivals,
			clock,
		});
	}

	/** Hands what a task owes to all conversations that are told; resolves when that is durable. */
	report(task: Task, report: Report, hint?: string): Promise<void> {
		return this.#reports.handOver(task, report, hint);
	}

	/** A frontend can send again: what waits for the time of its next attempt goes out now. */
	frontendIsBack(name: string): void {
		this.#backAt.set(name, this.#clock.now());
		this.#streams.lookAgain((stream) => frontendOf(idOf(stream)) === name);
	}

	get driven(): Pick<Streams, 'owns' | 'adopt' | 'letGo'> {
		return this.#streams;
	}

	/** Starts nothing more; safe to call twice. */
	stop(): void {
		this.#streams.stop();
		this.#teller.stop();
	}
}

type Streams = DrivenStreams<Conversation, ConversationCommand, RecordedConversationFact, ConversationWork>;

/** The process whose replies reach the platform, where that is not this one. */
function otherHome(homes: IStreamHomes, frontend: string): string | undefined {
	const home = homes.offering(frontendOffer(frontend));
	return home === homes.self ? undefined : home;
}

/** frontendOffer names what a process offers that has a frontend running. */
export function frontendOffer(frontend: string): string {
	return `frontend:${frontend}`;
}

function idOf(stream: StreamId): ConversationId {
	return asConversationId(stream.slice(PREFIX.length));
}
