import type { PersonId, TaskId } from '../ids.ts';
import type { AgentMessage } from './message.ts';

/** AgentSkillData is one thing an agent says it can do. */
export interface AgentSkillData {
	readonly id: string;
	readonly name: string;
	readonly description: string;
	readonly tags?: readonly string[] | undefined;
	readonly examples?: readonly string[] | undefined;
}

/** Reach is how messages come to an agent: it fetches them, or they are carried to a workflow, an address or an agent elsewhere. */
export type Reach =
	| { readonly kind: 'pull' }
	| { readonly kind: 'workflow'; readonly workflow: string }
	| { readonly kind: 'webhook'; readonly url: string }
	| { readonly kind: 'a2a'; readonly url: string };

/** Registration is what an agent says of itself. */
export interface Registration {
	readonly description: string;
	readonly skills: readonly AgentSkillData[];
	readonly topics: readonly string[];
	readonly reach: Reach;
}

/** DeadCause says why a message is delivered no more. */
export type DeadCause = 'expired' | 'deliveries' | 'rejected' | 'mailbox-full';

/** Expectation is an answer that somebody waits for: until it is late, nobody else is handed it. */
export interface Expectation {
	readonly messageId: string;
	/** Only this agent can answer; anybody where a topic was asked. */
	readonly from?: string | undefined;
	readonly until: number;
	/** The task that goes on when it comes. */
	readonly task?: TaskId | undefined;
}

interface AgentFactData {
	/** `tokenHash` is all that is kept of its token; `secret` is the name in the vault of what signs its webhook, or is shown to it elsewhere. */
	AgentRegistered: Registration & {
		readonly name: string;
		readonly person: PersonId;
		readonly tokenHash: string;
		readonly secret?: string | undefined;
	};
	AgentUnregistered: Readonly<Record<never, never>>;
	/** `key` stands for its source and id together. */
	MessageAccepted: { readonly key: string; readonly message: AgentMessage };
	/** Messages are named by the `seq` of the fact that accepted them, here and below. */
	MessagesLeased: { readonly seqs: readonly number[]; readonly until: number };
	MessagesAcknowledged: { readonly seqs: readonly number[] };
	/** It goes back to its place in line; not handed out again before `retryAt`. */
	MessageRejected: { readonly message: number; readonly reason: string; readonly retryAt?: number | undefined };
	/** A task works on it. */
	MessageStarted: { readonly message: number; readonly task: TaskId };
	MessagesDeadLettered: { readonly seqs: readonly number[]; readonly cause: DeadCause; readonly reason: string };
	MessageReplayed: { readonly message: number };
	ReplyExpected: Expectation;
}

export type AgentFactType = keyof AgentFactData;
/** AgentFact is one thing that happened to an agent's mailbox: a past-tense type and its data. */
export type AgentFact = {
	[T in AgentFactType]: { readonly type: T; readonly v: 1; readonly data: AgentFactData[T] };
}[AgentFactType];
/** RecordedAgentFact is a mailbox's fact with its place in the stream (`seq` from 1, no gaps) and its time (ms since 1970). */
export type RecordedAgentFact = AgentFact & { readonly seq: number; readonly at: number };

/** agentFact builds a fact of the current version. */
export function agentFact<T extends AgentFactType>(type: T, data: AgentFactData[T]): Extract<AgentFact, { type: T }> {
	return { type, v: 1, data } as unknown as Extract<AgentFact, { type: T }>;
}
