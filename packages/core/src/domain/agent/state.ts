import type { PersonId, TaskId } from '../ids.ts';
import type { DeadCause, Expectation, Registration } from './facts.ts';
import type { IdWindow } from './id-window.ts';

/** AGENT_LIMITS bound one mailbox; what falls out of it stays in its history. */
export const AGENT_LIMITS = {
	waiting: 10_000,
	deadLetters: 500,
	expected: 1_000,
	/** Deliveries before a message is given up. */
	deliveries: 10,
	/** Messages that are carried somewhere at the same time, and tasks that work on some. */
	carried: 8,
	running: 20,
	payloadBytes: 65_536,
} as const;

/** WaitingMessage is a message that nobody has acknowledged; what it says stands in the fact at `seq`. */
export interface WaitingMessage {
	readonly seq: number;
	readonly id: string;
	readonly source: string;
	readonly at: number;
	/** Times it was handed out. */
	readonly deliveries: number;
	readonly inReplyTo?: string | undefined;
	readonly expiresAt?: number | undefined;
	readonly leasedUntil?: number | undefined;
	/** Not handed out before. */
	readonly dueAt?: number | undefined;
}

/** RunningMessage is a message that a task works on. */
export interface RunningMessage extends WaitingMessage {
	readonly task: TaskId;
}

/** DeadMessage is a message that is delivered no more, unless somebody replays it. */
export interface DeadMessage extends WaitingMessage {
	readonly deadAt: number;
	readonly cause: DeadCause;
	readonly reason: string;
}

/** Agent is the folded state of one agent's facts. It is plain data, so that it can be kept as a snapshot. */
export interface Agent extends Registration {
	readonly name: string;
	readonly person: PersonId;
	/** `gone`: it was unregistered, or its person was forgotten. */
	readonly status: 'active' | 'gone';
	readonly tokenHash: string;
	readonly secret?: string | undefined;
	/** Sequence number and time of the last fact folded in. */
	readonly seq: number;
	readonly at: number;
	readonly lastSeenAt?: number | undefined;
	/** In the order they are handed out. */
	readonly waiting: readonly WaitingMessage[];
	readonly running: readonly RunningMessage[];
	/** Oldest first. */
	readonly deadLetters: readonly DeadMessage[];
	readonly expected: readonly Expectation[];
	/** Keys of messages that were accepted: the same one again changes nothing. */
	readonly known: IdWindow;
}

/** AgentState is an agent, or `undefined` before its first fact. */
export type AgentState = Agent | undefined;

/** expectationOf finds who waits for this answer, if anybody does. */
export function expectationOf(
	{ expected }: Agent,
	{ inReplyTo, source }: WaitingMessage,
	now: number,
): Expectation | undefined {
	if (inReplyTo === undefined || expected.length === 0) return undefined;
	return expected.find(
		({ messageId, from, until }) => messageId === inReplyTo && until > now && (from === undefined || from === source),
	);
}
