import type { AgentCommand } from '../../domain/agent/commands.ts';
import type { RecordedAgentFact } from '../../domain/agent/facts.ts';
import { type AgentWork, pendingAgentWork } from '../../domain/agent/pending-agent-work.ts';
import type { Agent } from '../../domain/agent/state.ts';
import type { PersonId, StreamId } from '../../domain/ids.ts';
import type { IAgentCourier } from '../../ports/agent-courier.ts';
import type { IStreamIndex } from '../../ports/event-store.ts';
import type { ISecretVault } from '../../ports/secret-vault.ts';
import type { IWebhookSender } from '../../ports/webhook-sender.ts';
import { DrivenStreams, type DrivingPorts } from '../commands/driven-streams.ts';
import type { ITaskDesk, Principal } from '../desks/desk.ts';
import type { IWorkflowDesk } from '../desks/workflows.ts';
import { agentDecider } from './agent-decider.ts';
import { AgentDesk } from './agent-desk.ts';
import { AgentPost } from './agent-post.ts';
import { AGENT_PREFIX, AgentRegistry } from './agent-registry.ts';
import { AgentWorker } from './agent-work.ts';
import { endedTasks, type TaskEvents } from './ended-tasks.ts';
import { StreamChanges } from './stream-changes.ts';

/** AgentParts is what agents are kept, driven and reached with. */
export interface AgentParts extends DrivingPorts {
	readonly index: IStreamIndex;
	readonly vault: ISecretVault;
	readonly sender: IWebhookSender;
	/** Carries messages to agents that speak A2A; where left out, no agent can be reached so. */
	readonly courier?: IAgentCourier | undefined;
	/** Where left out, no workflow runs for a message. */
	readonly workflows?: Pick<IWorkflowDesk, 'run'> | undefined;
	readonly tasks: Pick<ITaskDesk, 'view' | 'follow'>;
	/** Hands an event to a task that waits for it. */
	readonly deliverEvent: TaskEvents['deliver'];
	readonly roleOf: (person: PersonId) => Promise<Principal['role'] | undefined>;
}

/** AgentStreams are all agents: their desk, their mailboxes, and what is carried to those that do not fetch. */
export class AgentStreams {
	readonly desk: AgentDesk;
	readonly driven: DrivenStreams<Agent, AgentCommand, RecordedAgentFact, AgentWork>;
	readonly #registry: AgentRegistry;
	readonly #changes: StreamChanges;
	readonly #worker: AgentWorker;

	constructor(deps: AgentParts) {
		const { clock, homes, index, tasks, deliverEvent } = deps;
		this.#registry = new AgentRegistry({ index, alone: homes.alone });
		this.driven = new DrivenStreams(deps, {
			prefix: AGENT_PREFIX,
			decider: agentDecider,
			appended: (facts) => {
				if (facts.some(({ type }) => CHANGES_REGISTRY.has(type))) this.#registry.changed();
			},
			pending: pendingAgentWork,
			carryOut: (_stream, work, agent) => this.#worker.carryOut(work, agent),
			dropped: (work, agent) => this.#worker.dropped(agent.name, work),
			released: (stream, work) => this.#worker.dropped(stream.slice(AGENT_PREFIX.length), work),
		});
		const agents = this.driven.handler;
		const post = new AgentPost({ agents, registry: this.#registry, clock });
		this.#changes = new StreamChanges(deps);
		this.#worker = new AgentWorker({
			...{ ...deps, agents, post },
			tasks: { ...endedTasks(tasks), deliver: deliverEvent },
		});
		this.desk = new AgentDesk({ ...deps, agents, post, registry: this.#registry, changes: this.#changes });
	}

	/** Mailboxes follow the tasks that work on their messages themselves: whichever process drives them. */
	async taskReported(): Promise<void> {}

	/** Forgets what was folded, after a person's payloads were erased underneath. */
	forget(stream: StreamId): void {
		this.driven.handler.forget(stream);
		this.#registry.changed();
	}

	forgetAll(): void {
		this.driven.handler.forgetAll();
		this.#registry.changed();
	}

	/** Starts nothing more, breaks off what is under way, and lets those go who wait for a message; safe to call twice. */
	stop(): void {
		this.driven.stop();
		this.#worker.stop();
		this.#changes.stop();
	}
}

const CHANGES_REGISTRY: ReadonlySet<string> = new Set(['AgentRegistered', 'AgentUnregistered']);
