import { expiresAt, isExpired } from './decide-conversation.ts';
import type { ReplyBody } from './reply.ts';
import type {
	ConversationState,
	HeldMessage,
	LostReply,
	Revision,
	SentReply,
	UnsentReply,
	WaitingMessage,
} from './state.ts';

/** ConversationWork is what the world still owes a conversation; `key` is the same each time for the same work. */
export type ConversationWork =
	| { readonly key: string; readonly kind: 'route'; readonly message: WaitingMessage }
	/** Nobody said what a held message was meant for. */
	| { readonly key: string; readonly kind: 'release'; readonly held: HeldMessage }
	| {
			readonly key: string;
			readonly kind: 'deliver';
			readonly reply: ReplyBody;
			readonly seq: number;
			/** When it was to go out, ms since 1970. */
			readonly dueAt: number;
			/** The person may have seen it already. */
			readonly repeated: boolean;
	  }
	| { readonly key: string; readonly kind: 'expire'; readonly reply: ReplyBody }
	| { readonly key: string; readonly kind: 'forward'; readonly lost: LostReply }
	| { readonly key: string; readonly kind: 'revise'; readonly revision: Revision }
	/** A progress message is to be kept up to date until its task ends, wherever its platform is connected by then. */
	| { readonly key: string; readonly kind: 'keep'; readonly sent: SentReply }
	| { readonly key: string; readonly kind: 'wait'; readonly until: number };

/** How long a held message waits for a word about it, ms; then it is a task of its own. */
export const HOLD_MS = 10 * 60_000;
/** A reply that failed this often no longer holds up those after it. */
const PATIENCE = 3;
/** How long ago (ms) it failed last before it is tried ahead of its time. */
const PROBE_MS = 5_000;

/**
 * pendingConversationWork reads off what a conversation is owed now. One message and one reply at a time: where a message
 * goes depends on where the one before it went, and replies are to arrive in the order they were written. What failed before
 * the platform came back (`backAt`, ms since 1970) need not wait any longer.
 */
export function pendingConversationWork(
	state: ConversationState,
	now: number,
	backAt = Number.NEGATIVE_INFINITY,
): ConversationWork[] {
	if (state === undefined) return [];
	const work: ConversationWork[] = [];
	const [message] = state.unrouted;
	if (message !== undefined) work.push({ key: `route:${message.messageId}`, kind: 'route', message });
	const [lost] = state.lost;
	if (lost !== undefined) work.push({ key: `forward:${lost.reply.id}`, kind: 'forward', lost });
	const [revision] = state.revisions;
	if (revision !== undefined) work.push({ key: `revise:${revision.reply.id}`, kind: 'revise', revision });
	for (const sent of state.progress) {
		if (sent.reply.kind === 'progress') work.push({ key: `keep:${sent.reply.id}`, kind: 'keep', sent });
	}
	const waits: number[] = [];
	if (state.held !== undefined && message === undefined) {
		const { held } = state;
		if (held.since + HOLD_MS <= now) work.push({ key: `release:${held.message.messageId}`, kind: 'release', held });
		else waits.push(held.since + HOLD_MS);
	}
	const next = nextReply(state.unsent, now, backAt);
	if (next.work !== undefined) work.push(next.work);
	else if (next.until !== undefined) waits.push(next.until);
	if (waits.length > 0) {
		const until = Math.min(...waits);
		work.push({ key: `wait:${until}`, kind: 'wait', until });
	}
	return work;
}

/**
 * The first reply that may go now. One that failed often lets others pass, but is tried once more before each of them: so
 * replies arrive in order when a platform comes back, and a reply that it never takes holds up nobody.
 */
function nextReply(
	unsent: readonly UnsentReply[],
	now: number,
	backAt: number,
): { work?: ConversationWork; until?: number } {
	let until: number | undefined;
	let passed: UnsentReply | undefined;
	for (const one of unsent) {
		if (isExpired(one, now)) return { work: { key: `expire:${one.reply.id}`, kind: 'expire', reply: one.reply } };
		const isOver = one.failedAt !== undefined && one.failedAt <= backAt;
		const readyAt = Math.max(one.notBefore ?? 0, isOver ? 0 : (one.retryAt ?? 0));
		if (readyAt <= now) return { work: delivery(passed ?? one) };
		until = Math.min(until ?? readyAt, readyAt, expiresAt(one));
		if (one.failures > 0 && one.failures < PATIENCE) break;
		if (one.failures >= PATIENCE && (one.failedAt ?? 0) + PROBE_MS <= now) passed ??= one;
	}
	return until === undefined ? {} : { until };
}

function delivery({ reply, seq, failures, unsure, attempting, notBefore = 0, at }: UnsentReply): ConversationWork {
	const dueAt = Math.max(notBefore, at);
	const repeated = unsure || attempting;
	return { key: `deliver:${reply.id}:${failures}`, kind: 'deliver', reply, seq, dueAt, repeated };
}
