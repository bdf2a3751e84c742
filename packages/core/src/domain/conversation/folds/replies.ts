import { remember } from '../../remember.ts';
import type { ConversationFactOf } from '../facts.ts';
import { CONVERSATION_LIMITS, type Conversation, type GivenUpReply, type LostReply, type SentReply } from '../state.ts';
import { changeUnsent, endProgress, revise } from './parts.ts';

/** recorded owes the person a reply. */
export function recorded(before: Conversation, { seq, at, data }: ConversationFactOf<'ReplyRecorded'>): Conversation {
	const { reply, notBefore } = data;
	const { question, taskId, id: replyId, to, kind } = reply;
	const begun = before.person === undefined ? { ...before, person: to } : before;
	const isEnd = taskId !== undefined && (kind === 'answer' || kind === 'notice');
	const state = isEnd ? endProgress(begun, taskId, kind === 'answer' ? '✓' : '✗') : begun;
	const asks = question !== undefined && taskId !== undefined;
	const times = { at, ...(notBefore === undefined ? {} : { notBefore }) };
	const unsent = { reply, seq, ...times, failures: 0, unsure: false, attempting: false };
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

/** sent notes where a reply stands. */
export function sent(state: Conversation, { at, data }: ConversationFactOf<'ReplySent'>): Conversation {
	const { replyId, receipt } = data;
	const unsent = state.unsent.find(({ reply }) => reply.id === replyId);
	if (unsent === undefined) return sentAllTheSame(state, data);
	const { reply, seq, failures, bounces } = unsent;
	const rest = stands(
		changeUnsent(state, replyId, () => undefined),
		{ reply, seq, receipt },
	);
	const counts = { ...rest.counts, sent: rest.counts.sent + 1 };
	if (receipt.awaitsReport !== true) return { ...rest, counts };
	const awaited = { reply, seq, receipt, at, failures, ...(bounces === undefined ? {} : { bounces }) };
	return { ...rest, counts, unreported: remember(rest.unreported, awaited, CONVERSATION_LIMITS.unreported) };
}

/** It was under way when it became needless: where it can be edited, it says so. */
function sentAllTheSame(
	state: Conversation,
	{ replyId, receipt }: ConversationFactOf<'ReplySent'>['data'],
): Conversation {
	const known = state.withdrawn.find(({ reply }) => reply.id === replyId);
	if (known === undefined) return state;
	const { reply, seq, text } = known;
	const rest = { ...state, withdrawn: state.withdrawn.filter((one) => one !== known) };
	const counted = { ...rest, counts: { ...rest.counts, sent: rest.counts.sent + 1 } };
	return receipt.editable === true ? revise(counted, { reply, seq, receipt }, text) : counted;
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

/** failed notes an attempt that did not deliver a reply; without another one it is given up. */
export function failed(state: Conversation, { at, data }: ConversationFactOf<'ReplyFailed'>): Conversation {
	const { replyId, attempt, failure, retryAt } = data;
	if (retryAt !== undefined) {
		// A failure that is sure not to have reached the person leaves the doubt that earlier ones left.
		const doubtful = failure.kind === 'unknown-outcome' || failure.kind === 'timed-out';
		return changeUnsent(state, replyId, (unsent) => ({
			...unsent,
			failures: attempt,
			retryAt,
			failedAt: at,
			unsure: unsent.unsure || doubtful,
			attempting: false,
		}));
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

/** bounced sends a reply again that its carrier lost, or gives it up. */
export function bounced(state: Conversation, { at, data }: ConversationFactOf<'ReplyBounced'>): Conversation {
	const known = state.unreported.find(({ reply }) => reply.id === data.replyId);
	if (known === undefined) return state;
	const { reply, seq, failures, bounces = 0 } = known;
	const rest = {
		...state,
		unreported: state.unreported.filter((one) => one !== known),
		counts: { ...state.counts, sent: state.counts.sent - 1 },
	};
	const { failure, retryAt } = data;
	if (retryAt === undefined) return givenUp(rest, known, { at, failure });
	const again = {
		reply,
		seq,
		at,
		failures: failures + 1,
		bounces: bounces + 1,
		unsure: false,
		attempting: false,
		retryAt,
	};
	return { ...rest, unsent: [...rest.unsent, again] };
}
