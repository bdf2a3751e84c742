import type { AgentMessage } from '../../domain/agent/message.ts';
import type { TaskId } from '../../domain/ids.ts';
import type { Json } from '../../domain/json.ts';
import type { Principal } from './desk.ts';

/** AgentSkill is one thing an agent says it can do. */
export interface AgentSkill {
	readonly id: string;
	readonly name: string;
	readonly description: string;
	readonly tags?: readonly string[] | undefined;
	readonly examples?: readonly string[] | undefined;
}

/**
 * AgentReach is how messages come to an agent: it fetches them itself (`pull`), a workflow runs for each, they are posted to an address, or
 * they go to an agent elsewhere over A2A.
 */
export type AgentReach =
	| { readonly kind: 'pull' }
	| { readonly kind: 'workflow'; readonly workflow: string }
	| { readonly kind: 'webhook'; readonly url: string }
	| { readonly kind: 'a2a'; readonly url: string };

/** AgentView is an agent as lists show it. */
export interface AgentView {
	readonly name: string;
	readonly description: string;
	readonly owner: string;
	readonly skills: readonly AgentSkill[];
	readonly topics: readonly string[];
	readonly reach: AgentReach;
	readonly waiting: number;
	readonly deadLetters: number;
	/** When it last fetched or acknowledged something, ms since 1970. */
	readonly lastSeenAt?: number | undefined;
}

/** AgentCaller is who calls: a person, or an agent that showed its own token and can only speak as itself. */
export interface AgentCaller extends Principal {
	readonly agent?: string | undefined;
}

/** AgentDelivery is a message as its target has it. */
export interface AgentDelivery {
	readonly message: AgentMessage;
	/** Times it was handed out before. */
	readonly deliveries: number;
	/** Handed back to others unless acknowledged by then, ms since 1970. */
	readonly leasedUntil: number;
}

/**
 * IAgentDesk carries durable messages between agents: stored before they are acknowledged to the sender, delivered at least once until
 * the target acknowledges, in order for each (source, target), dead letters after ten deliveries or at their expiry. A later message of
 * one source is not handed out while an earlier one is out or waits for its next delivery. An agent belongs to a person; who is not its
 * owner, or was not given its token, can neither speak as it nor read what it gets. Refusals are CoreErrors: `unknown-agent`, `forbidden`,
 * `invalid-input`, `too-large` (payload over 64 KB), `not-possible` (the name is taken), `rate-limited` (10,000 wait already).
 */
export interface IAgentDesk {
	register(
		caller: AgentCaller,
		agent: Pick<AgentView, 'name' | 'description' | 'skills' | 'topics'> & {
			/** A `token` is shown to an agent elsewhere, and never again to anybody here. */
			readonly reach: AgentReach | (Extract<AgentReach, { kind: 'a2a' }> & { readonly token?: string | undefined });
		},
		/** The token is shown this once, and takes the place of the one before; so is the secret that signs an agent's webhook. */
	): Promise<{ token: string; secret?: string | undefined }>;
	unregister(caller: AgentCaller, name: string): Promise<void>;
	list(caller: AgentCaller): Promise<readonly AgentView[]>;
	/** Resolves once it is durable; `routed` tells to how many agents. */
	send(
		caller: AgentCaller,
		message: Omit<AgentMessage, 'at'>,
	): Promise<{ id: string; routed: readonly string[]; duplicate: boolean }>;
	/** Sends for a task, which goes on with the answer: it gets it as the event `agent.reply.<id>`, until then. */
	ask(
		caller: AgentCaller,
		message: Omit<AgentMessage, 'at'>,
		waits: { task: TaskId; until: number },
	): Promise<{ id: string; routed: readonly string[]; duplicate: boolean }>;
	/** Sends, and waits for the message that answers it. `timed-out` when none comes; one that comes later waits in the source's mailbox. */
	request(
		caller: AgentCaller,
		message: Omit<AgentMessage, 'at'>,
		options: { timeoutMs: number; signal?: AbortSignal | undefined },
	): Promise<AgentMessage>;
	/** Hands out waiting messages, oldest first; waits up to `waitMs` for one. */
	receive(
		caller: AgentCaller,
		agent: string,
		options: { max: number; waitMs: number; leaseMs?: number | undefined; signal?: AbortSignal | undefined },
	): Promise<readonly AgentDelivery[]>;
	/** Ids as their sources gave them; `<source>/<id>` where two sources use the same one. */
	acknowledge(caller: AgentCaller, agent: string, ids: readonly string[]): Promise<void>;
	/** Gives it back; `dead` makes it a dead letter at once, with the reason. */
	reject(
		caller: AgentCaller,
		agent: string,
		id: string,
		reason: { words: string; dead?: boolean | undefined },
	): Promise<void>;
	deadLetters(
		caller: AgentCaller,
		agent: string,
	): Promise<readonly { message: AgentMessage; reason: string; at: number }[]>;
	replay(caller: AgentCaller, agent: string, id: string): Promise<void>;
	/** Whose token this is. */
	ofToken(token: string): Promise<AgentCaller | undefined>;
}

/** AgentAnswer is a payload with what it came from, for callers that only want that. */
export interface AgentAnswer {
	readonly payload: Json;
	readonly from: string;
}
