import type { PersonId, ReplyId } from '../ids.ts';
import type { Destination, QuestionKey, RecordedConversationFact } from './facts.ts';
import type { ReplyBody } from './reply.ts';
import type { Conversation, ConversationState, GivenUpReply, LostReply, SentReply, UnsentReply } from './state.ts';
import { CONVERSATION_LIMITS, findOpenQuestion } from './state.ts';

/** CONVERSATION_EVOLVE_VERSION keys snapshots: raise it whenever folding the same facts would give another state. */
export const CONVERSATION_EVOLVE_VERSION = 'conversation-2';

/** evolveConversation folds one fact into a conversation. It is total: any fact on any state gives a state. */
export function evolveConversation(state: ConversationState, fact: RecordedConversationFact): Conversation {
	const before = state ?? EMPTY;
	return { ...apply(before, fact), seq: fact.seq, at: Math.max(before.at, fact.at) };
}

const EMPTY: Conversation = {
	seq: 0,
	at: 0,
	since: 0,
	unrouted: [],
	unsent: [],
	openQuestions: [],
	closedQuestions: [],
	revisions: [],
	progress: [],
	unreported: [],
	lost: [],
	tasks: [],
	givenUp: [],
	recentMessages: [],
	recentReplies: [],
	counts: { messages: 0, tasks: 0, replies: 0, sent: 0, givenUp: 0 },
};

type FactOf<T extends RecordedConversationFact['type']> = Extract<RecordedConversationFact, { type: T }>;

function apply(state: Conversation, fact: RecordedConversationFact): Conversation {
	switch (fact.type) {
		case 'MessageReceived':
			return received(state, fact);
		case 'MessageRouted':
			return routed(state, fact);
		case 'HeldMessageReleased':
			return released(state, fact);
		case 'ReplyRecorded':
			return recorded(state, fact);
		case 'ReplyDropped':
			return changeUnsent(state, fact.data.replyId, () => undefined);
		case 'ReplyAttempted':
			return changeUnsent(state, fact.data.replyId, (unsent) => ({ ...unsent, unsure: true }));
		case 'ReplySent':
			return sent(state, fact);
		case 'ReplyFailed':
			return failed(state, fact);
		case 'ReplyArrived':
			return { ...state, unreported: state.unreported.filter(({ reply }) => reply.id !== fact.data.replyId) };
		case 'ReplyBounced':
			return bounced(state, fact);
		case 'ReplyForwarded':
			return { ...state, lost: state.lost.filter(({ reply }) => reply.id !== fact.data.replyId) };
		case 'ReplyRevised':
			return { ...state, revisions: state.revisions.filter(({ reply }) => reply.id !== fact.data.replyId) };
		case 'QuestionClosed':
			return closed(state, fact.data, fact.data.outcome);
		default:
			// A fact of a later release: it must not keep this one from showing the rest.
			return state;
	}
}

function received(before: Conversation, { seq, at, data }: FactOf<'MessageReceived'>): Conversation {
	const state = handedTo(before, data.person, seq);
	return {
		...state,
		heardAt: at,
		unrouted: [...state.unrouted, { ...data, seq, at }],
		recentMessages: remember(state.recentMessages, data.messageId, CONVERSATION_LIMITS.recentIds),
		counts: { ...state.counts, messages: state.counts.messages + 1 },
	};
}

/** What was said to somebody else with this account is nothing to its new person. */
function handedTo(state: Conversation, person: PersonId, seq: number): Conversation {
	if (state.person === person) return state;
	if (state.person === undefined) return { ...state, person };
	return { ...state, person, since: seq, held: undefined, openQuestions: [], progress: [], tasks: [] };
}

function routed(state: Conversation, { at, data }: FactOf<'MessageRouted'>): Conversation {
	const { messageId, to } = data;
	const message = state.unrouted.find((one) => one.messageId === messageId);
	const rest = { ...state, unrouted: state.unrouted.filter((one) => one !== message) };
	if (to.kind !== 'held') return arrived(rest, to);
	if (message === undefined) return rest;
	const { taskId, question, replyId } = to;
	const standing = sentWith(rest, replyId);
	return { ...rest, held: { message, taskId, question, replyId, since: at, ...standing } };
}

/** The question that went with a held message may have been sent before the message was held. */
function sentWith(state: Conversation, replyId: ReplyId): { sent?: SentReply } {
	const found = state.progress.find(({ reply }) => reply.id === replyId);
	return found === undefined ? {} : { sent: found };
}

function released(state: Conversation, { data }: FactOf<'HeldMessageReleased'>): Conversation {
	const { held } = state;
	if (held?.message.messageId !== data.messageId) return state;
	const text = data.to.kind === 'task' && data.to.replaces !== undefined ? 'Changed the running task.' : 'A new task.';
	const revised = held.sent === undefined ? state : revise(state, held.sent, `${held.question.text}\n\n✓ ${text}`);
	const rest = changeUnsent(revised, held.replyId, () => undefined);
	return arrived({ ...rest, held: undefined, progress: without(rest.progress, held.replyId) }, data.to);
}

function arrived(state: Conversation, to: Destination): Conversation {
	if (to.kind === 'answer') return closed(state, to, to.words === undefined ? 'Answered.' : `Answered: ${to.words}`);
	if (to.kind !== 'task' || state.tasks.includes(to.taskId)) return state;
	return {
		...state,
		tasks: remember(state.tasks, to.taskId, CONVERSATION_LIMITS.recentTasks),
		counts: { ...state.counts, tasks: state.counts.tasks + 1 },
	};
}

function recorded(before: Conversation, { seq, at, data }: FactOf<'ReplyRecorded'>): Conversation {
	const { reply, notBefore } = data;
	const state = endProgress(before.person === undefined ? { ...before, person: reply.to } : before, reply);
	const { question, taskId, id: replyId, to } = reply;
	const asks = question !== undefined && taskId !== undefined;
	const unsent = { reply, seq, at, failures: 0, unsure: false, ...(notBefore === undefined ? {} : { notBefore }) };
	return {
		...state,
		unsent: [...state.unsent, unsent],
		openQuestions: asks
			? [...state.openQuestions, { question, taskId, replyId, ...(to === undefined ? {} : { to }) }]
			: state.openQuestions,
		recentReplies: remember(state.recentReplies, replyId, CONVERSATION_LIMITS.recentIds),
		counts: { ...state.counts, replies: state.counts.replies + 1 },
	};
}

/** With the end of a task its progress message stops saying that it is under way. */
function endProgress(state: Conversation, { kind, taskId }: ReplyBody): Conversation {
	if (taskId === undefined || (kind !== 'answer' && kind !== 'notice')) return state;
	const over = state.progress.filter(({ reply }) => reply.taskId === taskId);
	const mark = kind === 'answer' ? '✓' : '✗';
	return over.reduce(
		(next, standing) => revise(next, standing, `${mark} ${standing.reply.text}`),
		over.length === 0 ? state : { ...state, progress: state.progress.filter((one) => !over.includes(one)) },
	);
}

function sent(state: Conversation, { at, data }: FactOf<'ReplySent'>): Conversation {
	const { replyId, receipt } = data;
	const unsent = state.unsent.find(({ reply }) => reply.id === replyId);
	if (unsent === undefined) return state;
	const { reply, seq, failures } = unsent;
	const rest = stands(
		changeUnsent(state, replyId, () => undefined),
		{ reply, seq, receipt },
	);
	const counts = { ...rest.counts, sent: rest.counts.sent + 1 };
	if (receipt.awaitsReport !== true) return { ...rest, counts };
	const awaited = { reply, seq, receipt, at, failures };
	return { ...rest, counts, unreported: remember(rest.unreported, awaited, CONVERSATION_LIMITS.unreported) };
}

/** What may still be changed or replied to is remembered with where it stands. */
function stands(state: Conversation, standing: SentReply): Conversation {
	const { id, kind } = standing.reply;
	if (standing.receipt.editable !== true) return state;
	if (state.held?.replyId === id) return { ...state, held: { ...state.held, sent: standing } };
	const openQuestions = state.openQuestions.map((asked) =>
		asked.replyId === id ? { ...asked, sent: standing } : asked,
	);
	const unfinished = kind === 'progress' || (kind === 'question' && standing.reply.taskId === undefined);
	if (!unfinished) return { ...state, openQuestions };
	return { ...state, openQuestions, progress: remember(state.progress, standing, CONVERSATION_LIMITS.progress) };
}

function failed(state: Conversation, { at, data }: FactOf<'ReplyFailed'>): Conversation {
	const { replyId, attempt, failure, retryAt } = data;
	if (retryAt !== undefined) {
		// Only a failure that is sure not to have reached the person clears the doubt.
		const unsure = failure.kind === 'unknown-outcome' || failure.kind === 'timed-out';
		return changeUnsent(state, replyId, (unsent) => ({ ...unsent, failures: attempt, retryAt, unsure }));
	}
	const unsent = state.unsent.find(({ reply }) => reply.id === replyId);
	if (unsent === undefined) return state;
	return givenUp(
		changeUnsent(state, replyId, () => undefined),
		unsent,
		{ at, failure },
	);
}

function givenUp(
	state: Conversation,
	{ reply, seq }: LostReply,
	{ at, failure }: Pick<GivenUpReply, 'at' | 'failure'>,
): Conversation {
	return {
		...state,
		lost: reply.kind === 'progress' ? state.lost : [...state.lost, { reply, seq }],
		givenUp: remember(state.givenUp, { replyId: reply.id, seq, at, failure }, CONVERSATION_LIMITS.givenUp),
		counts: { ...state.counts, givenUp: state.counts.givenUp + 1 },
	};
}

/** It goes out again, or is given up. */
function bounced(state: Conversation, { at, data }: FactOf<'ReplyBounced'>): Conversation {
	const known = state.unreported.find(({ reply }) => reply.id === data.replyId);
	if (known === undefined) return state;
	const { reply, seq, failures } = known;
	const rest = {
		...state,
		unreported: state.unreported.filter((one) => one !== known),
		counts: { ...state.counts, sent: state.counts.sent - 1 },
	};
	const { failure, retryAt } = data;
	if (retryAt === undefined) return givenUp(rest, known, { at, failure });
	const again = { reply, seq, at, failures: failures + 1, unsure: false, retryAt };
	return { ...rest, unsent: [...rest.unsent, again] };
}

function closed(state: Conversation, key: QuestionKey, outcome = 'No longer needed.'): Conversation {
	const open = findOpenQuestion(state, key);
	if (open === undefined) return state;
	const rest = {
		...state,
		openQuestions: state.openQuestions.filter((other) => other !== open),
		closedQuestions: remember(state.closedQuestions, open.replyId, CONVERSATION_LIMITS.closedQuestions),
	};
	return open.sent === undefined ? rest : revise(rest, open.sent, `${open.question.text}\n\n✓ ${outcome}`);
}

function revise(state: Conversation, standing: SentReply, text: string): Conversation {
	const revisions = state.revisions.filter(({ reply }) => reply.id !== standing.reply.id);
	return { ...state, revisions: [...revisions, { ...standing, text }] };
}

function without(list: readonly SentReply[], replyId: ReplyId): SentReply[] {
	return list.filter(({ reply }) => reply.id !== replyId);
}

function changeUnsent(
	state: Conversation,
	replyId: ReplyId,
	change: (unsent: UnsentReply) => UnsentReply | undefined,
): Conversation {
	if (!state.unsent.some(({ reply }) => reply.id === replyId)) return state;
	const unsent = state.unsent.flatMap((one) => (one.reply.id === replyId ? (change(one) ?? []) : one));
	return { ...state, unsent };
}

function remember<T>(list: readonly T[], one: T, limit: number): T[] {
	return [...list, one].slice(-limit);
}
