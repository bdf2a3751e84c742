import type { ReplyBody } from '@errand/core/domain/conversation/reply.ts';
import type { ConversationEntry } from '@errand/core/orchestrator/desks/desk.ts';
import type { Problem } from '../state/problem.ts';

/** Outgoing is a message that the page shows before the server has it. */
export interface Outgoing {
	readonly clientId: string;
	readonly text: string;
	readonly files: readonly { readonly name: string; readonly bytes: number }[];
	readonly at: number;
	readonly status: 'sending' | 'sent' | 'refused';
	readonly problem?: Problem | undefined;
}

/** TimelineItem is one thing in the chat, from top to bottom. */
export type TimelineItem =
	| {
			readonly kind: 'message';
			readonly key: string;
			readonly at: number;
			readonly text: string;
			readonly files: readonly { readonly name: string; readonly bytes?: number | undefined }[];
			readonly status: Outgoing['status'];
			readonly problem?: Problem | undefined;
	  }
	/** A task's plan, where the task is first spoken of. */
	| { readonly kind: 'plan'; readonly key: string; readonly taskId: string }
	| {
			readonly kind: 'question';
			readonly key: string;
			readonly taskId: string;
			readonly reply: ReplyBody;
			readonly undelivered?: Undelivered;
	  }
	/**
	 * How a task ended: `last` on its latest end, the one whose result the task still has. Without a reply it has not ended
	 * yet: there its answer will stand.
	 */
	| {
			readonly kind: 'end';
			readonly key: string;
			readonly taskId: string;
			readonly reply: ReplyBody | undefined;
			readonly last: boolean;
			readonly undelivered?: Undelivered;
	  }
	/** `choices` are there while a question about a message, rather than about a task, waits for one of them. */
	| {
			readonly kind: 'text';
			readonly key: string;
			readonly reply: ReplyBody;
			readonly choices?: readonly string[];
			readonly undelivered?: Undelivered;
	  };

/** Undelivered is why a reply did not reach the person where they were. */
export type Undelivered = { readonly message: string } | undefined;

/** mergeEntries adds entries to what is known: in order of `seq`, each once, a reply once whatever its `seq`. */
export function mergeEntries(
	known: readonly ConversationEntry[],
	incoming: readonly ConversationEntry[],
): readonly ConversationEntry[] {
	if (incoming.length === 0) return known;
	const byKey = new Map(known.map((entry) => [entryKey(entry), entry]));
	for (const entry of incoming) byKey.set(entryKey(entry), entry);
	return [...byKey.values()].sort((a, b) => a.seq - b.seq);
}

/** timeline lays out a conversation: messages, the plans they became, questions, ends, what is still being sent, and the place of answers to come. */
export function timeline(entries: readonly ConversationEntry[], outbox: readonly Outgoing[]): TimelineItem[] {
	const items: TimelineItem[] = [];
	const planned = new Set<string>();
	const lastEnd = lastEnds(entries);
	const plan = (taskId: string | undefined) => {
		if (taskId === undefined || planned.has(taskId)) return;
		planned.add(taskId);
		items.push({ kind: 'plan', key: `plan-${taskId}`, taskId });
	};
	const arrived = new Set<string>();
	for (const [place, entry] of entries.entries()) {
		if (entry.kind === 'message') {
			arrived.add(entry.clientId);
			items.push(messageItem(entry));
			plan(entry.taskId);
			continue;
		}
		const { reply } = entry;
		plan(reply.taskId);
		const item = replyItem(reply, lastEnd);
		if (item === undefined) continue;
		const open = item.kind === 'text' && outbox.length === 0 && waitsForChoice(reply, entries.slice(place + 1));
		items.push({
			...item,
			...(open ? { choices: reply.question?.choices ?? [] } : {}),
			...(entry.undelivered === undefined ? {} : { undelivered: entry.undelivered }),
		});
	}
	for (const message of outbox) {
		if (!arrived.has(message.clientId)) items.push({ kind: 'message', key: `m-${message.clientId}`, ...message });
	}
	for (const taskId of planned) {
		if (!lastEnd.has(taskId)) items.push({ kind: 'end', key: endKey(taskId), taskId, reply: undefined, last: true });
	}
	return items;
}

const entryKey = (entry: ConversationEntry) => (entry.kind === 'message' ? `m${entry.seq}` : `r${entry.reply.id}`);

function lastEnds(entries: readonly ConversationEntry[]): ReadonlyMap<string, string> {
	const last = new Map<string, string>();
	for (const entry of entries) {
		if (entry.kind !== 'reply' || !isEnd(entry.reply)) continue;
		if (entry.reply.taskId !== undefined) last.set(entry.reply.taskId, entry.reply.id);
	}
	return last;
}

const isEnd = (reply: ReplyBody) => reply.kind === 'answer' || reply.kind === 'notice';

function messageItem(entry: Extract<ConversationEntry, { kind: 'message' }>): TimelineItem {
	return {
		kind: 'message',
		key: `m-${entry.clientId}`,
		at: entry.at,
		text: entry.text,
		files: entry.attachments.map((file) =>
			'url' in file ? { name: file.url } : { name: file.name, bytes: file.bytes },
		),
		status: 'sent',
	};
}

type ReplyItem = Extract<TimelineItem, { readonly reply: ReplyBody | undefined }>;

/** A word of progress about a task is what its plan shows already. */
function replyItem(reply: ReplyBody, lastEnd: ReadonlyMap<string, string>): ReplyItem | undefined {
	const key = `r-${reply.id}`;
	const { taskId } = reply;
	if (taskId === undefined) return { kind: 'text', key, reply };
	if (reply.kind === 'progress') return undefined;
	if (reply.kind === 'question') return { kind: 'question', key, taskId, reply };
	const last = lastEnd.get(taskId) === reply.id;
	return { kind: 'end', key: last ? endKey(taskId) : key, taskId, reply, last };
}

/** Any words but a command settle what the message before them was meant for, and so does time: then it is answered. */
function waitsForChoice({ question, inReplyTo }: ReplyBody, later: readonly ConversationEntry[]): boolean {
	if (question?.kind !== 'choice') return false;
	return !later.some((entry) =>
		entry.kind === 'message' ? !entry.text.startsWith('/') : entry.reply.inReplyTo === inReplyTo,
	);
}

/** The same from the first word of an answer to its end, so that what was drawn stays. */
const endKey = (taskId: string) => `end-${taskId}`;
