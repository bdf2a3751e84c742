import { asPersonId } from '../ids.ts';
import { remember } from '../remember.ts';
import type { AgentFactType, RecordedAgentFact } from './facts.ts';
import { NO_IDS, rememberId } from './id-window.ts';
import { AGENT_LIMITS, type Agent, type AgentState, type DeadMessage, type WaitingMessage } from './state.ts';

/** AGENT_EVOLVE_VERSION keys snapshots: raise it whenever folding the same facts would give another state. */
export const AGENT_EVOLVE_VERSION = 'agent-1';

/** evolveAgent folds one fact into a mailbox. It is total: any fact on any state gives a state. */
export function evolveAgent(state: AgentState, fact: RecordedAgentFact): AgentState {
	const next = apply(state ?? NOBODY, fact);
	return { ...next, seq: fact.seq, at: Math.max(next.at, fact.at) };
}

type FactOf<T extends AgentFactType> = Extract<RecordedAgentFact, { type: T }>;

const EMPTY = { waiting: [], running: [], deadLetters: [], expected: [], known: NO_IDS } as const;

/** What is left of an agent whose person was forgotten: its facts read as erased, but their places are taken. */
const NOBODY: Agent = {
	...EMPTY,
	name: '',
	person: asPersonId(''),
	status: 'gone',
	tokenHash: '',
	description: '',
	skills: [],
	topics: [],
	reach: { kind: 'pull' },
	seq: 0,
	at: 0,
};

function apply(state: Agent, fact: RecordedAgentFact): Agent {
	switch (fact.type) {
		case 'AgentRegistered':
			return { ...(state.status === 'gone' ? { ...state, ...EMPTY } : state), ...fact.data, status: 'active' };
		case 'AgentUnregistered':
			return { ...state, ...EMPTY, status: 'gone', tokenHash: '' };
		case 'MessageAccepted':
			return accepted(state, fact);
		case 'MessagesLeased':
			return leased(state, fact);
		case 'MessagesAcknowledged':
			return acknowledged(state, fact);
		case 'MessageRejected':
			return rejected(state, fact);
		case 'MessageStarted':
			return started(state, fact);
		case 'MessagesDeadLettered':
			return deadLettered(state, fact);
		case 'MessageReplayed':
			return replayed(state, fact.data.message);
		case 'ReplyExpected': {
			const live = state.expected.filter(
				({ messageId, until }) => until > fact.at && messageId !== fact.data.messageId,
			);
			return { ...state, expected: remember(live, fact.data, AGENT_LIMITS.expected) };
		}
		default:
			// A fact of a later release, or an erased one: it must not keep this one from showing the rest.
			return state;
	}
}

function accepted(state: Agent, { data, seq, at }: FactOf<'MessageAccepted'>): Agent {
	const { key, message } = data;
	const { id, source, inReplyTo, expiresAt } = message;
	const waiting: WaitingMessage = {
		...{ seq, id, source, at, deliveries: 0 },
		...(inReplyTo === undefined ? {} : { inReplyTo }),
		...(expiresAt === undefined ? {} : { expiresAt }),
	};
	return { ...state, waiting: [...state.waiting, waiting], known: rememberId(state.known, key) };
}

function leased(state: Agent, { data, at }: FactOf<'MessagesLeased'>): Agent {
	const { seqs, until: leasedUntil } = data;
	const wanted = new Set(seqs);
	const waiting = state.waiting.map((message) =>
		wanted.has(message.seq) ? { ...message, leasedUntil, deliveries: message.deliveries + 1 } : message,
	);
	return { ...state, waiting, lastSeenAt: at };
}

function acknowledged(state: Agent, { data, at }: FactOf<'MessagesAcknowledged'>): Agent {
	const done = new Set(data.seqs);
	return { ...withExpectations(without(state, done), state, done), lastSeenAt: at };
}

/** What was waited for came: nobody waits for it any more. */
function withExpectations(next: Agent, before: Agent, done: ReadonlySet<number>): Agent {
	if (before.expected.length === 0) return next;
	const answered = new Set(before.waiting.flatMap(({ seq, inReplyTo }) => (done.has(seq) ? [inReplyTo] : [])));
	return { ...next, expected: next.expected.filter(({ messageId }) => !answered.has(messageId)) };
}

function rejected(state: Agent, { data }: FactOf<'MessageRejected'>): Agent {
	const { retryAt } = data;
	const waiting = state.waiting.map((message) => {
		if (message.seq !== data.message) return message;
		const { leasedUntil, ...rest } = message;
		// One that was handed out on lease was counted then.
		const deliveries = message.deliveries + (leasedUntil === undefined ? 1 : 0);
		return { ...rest, deliveries, ...(retryAt === undefined ? {} : { dueAt: retryAt }) };
	});
	return { ...state, waiting };
}

function started(state: Agent, { data }: FactOf<'MessageStarted'>): Agent {
	const message = state.waiting.find(({ seq }) => seq === data.message);
	if (message === undefined) return state;
	const running = [...state.running, { ...message, task: data.task }];
	return { ...without(state, new Set([message.seq])), running };
}

function deadLettered(state: Agent, { data, at: deadAt }: FactOf<'MessagesDeadLettered'>): Agent {
	const { cause, reason } = data;
	const dead = new Set(data.seqs);
	const letters = [...state.waiting, ...state.running]
		.filter(({ seq }) => dead.has(seq))
		.map(({ seq, id, source, at, deliveries, inReplyTo }): DeadMessage => {
			const answer = inReplyTo === undefined ? {} : { inReplyTo };
			return { seq, id, source, at, deliveries, ...answer, deadAt, cause, reason };
		});
	const deadLetters = [...state.deadLetters, ...letters].slice(-AGENT_LIMITS.deadLetters);
	return { ...without(state, dead), deadLetters };
}

/** It begins anew, behind what waits, with all its deliveries and without an end. */
function replayed(state: Agent, place: number): Agent {
	const dead = state.deadLetters.find(({ seq }) => seq === place);
	if (dead === undefined) return state;
	const { seq, id, source, at, inReplyTo } = dead;
	const again = { seq, id, source, at, deliveries: 0, ...(inReplyTo === undefined ? {} : { inReplyTo }) };
	return {
		...state,
		deadLetters: state.deadLetters.filter((one) => one !== dead),
		waiting: [...state.waiting, again],
	};
}

function without(state: Agent, seqs: ReadonlySet<number>): Agent {
	const waiting = state.waiting.filter(({ seq }) => !seqs.has(seq));
	const running = state.running.some(({ seq }) => seqs.has(seq))
		? state.running.filter(({ seq }) => !seqs.has(seq))
		: state.running;
	return { ...state, waiting, running };
}
