import { join } from 'node:path';
import { openHistorySigner } from '@errand/core/adapters/files/history-signer.ts';
import { openSqliteStore, type SqliteStore } from '@errand/core/adapters/sqlite/open-sqlite-store.ts';
import type { RecordedConversationFact } from '@errand/core/domain/conversation/facts.ts';
import { asConversationId, conversationStream, type StreamId } from '@errand/core/domain/ids.ts';

/** StoredConversation is what history holds of a conversation. */
export interface StoredConversation {
	/** The platform's ids of messages, in the order in which they were taken. */
	readonly received: readonly string[];
	/** How often a message was taken somewhere, by its id here. */
	readonly routed: readonly string[];
	/** Tasks that its messages became. */
	readonly tasks: readonly string[];
	/** The message that each answer is to, in the order in which the answers were first delivered. */
	readonly answered: readonly { readonly to: string; readonly kind: 'command' | 'task' }[];
	/** Replies given up, or still on their way. */
	readonly undelivered: readonly string[];
}

/** StoredStorm is what history holds after a storm. */
export interface StoredStorm {
	readonly verified: boolean;
	/** All tasks there are. */
	readonly tasks: ReadonlySet<string>;
	conversation(id: string): Promise<StoredConversation>;
	close(): void;
}

/** openStoredStorm opens the history of a server that is stopped. */
export async function openStoredStorm(dataDir: string): Promise<StoredStorm> {
	const signer = openHistorySigner(join(dataDir, 'history.key'));
	const history = openSqliteStore({ path: join(dataDir, 'history.db'), signer });
	const { ok } = await history.audit.verify();
	return {
		verified: ok,
		tasks: new Set((await streamsOf(history, 'task-')).map((stream) => stream.slice('task-'.length))),
		conversation: async (id) => {
			const stream = conversationStream(asConversationId(id));
			return read((await factsOf(history, stream)) as unknown as readonly RecordedConversationFact[]);
		},
		close: () => history.close(),
	};
}

function read(facts: readonly RecordedConversationFact[]): StoredConversation {
	const received: string[] = [];
	const routed: string[] = [];
	const tasks: string[] = [];
	const replies = new Map<string, { to: string; kind: 'command' | 'task' }>();
	const open = new Set<string>();
	const answered: { to: string; kind: 'command' | 'task' }[] = [];
	for (const { type, data } of facts) {
		if (type === 'MessageReceived') received.push(data.platformMessageId);
		else if (type === 'MessageRouted') {
			routed.push(data.messageId);
			if (data.to.kind === 'task') tasks.push(data.to.taskId);
		} else if (type === 'ReplyRecorded' && data.reply.kind !== 'progress') {
			const { id, inReplyTo = '', taskId } = data.reply;
			replies.set(id, { to: inReplyTo, kind: taskId === undefined ? 'command' : 'task' });
			open.add(id);
		} else if (type === 'ReplySent') {
			const reply = replies.get(data.replyId);
			if (reply !== undefined && open.delete(data.replyId)) answered.push(reply);
		}
	}
	return { received, routed, tasks, answered, undelivered: [...open] };
}

async function factsOf({ events }: SqliteStore, stream: StreamId) {
	const facts = [];
	for (;;) {
		const page = await events.read(stream, facts.length);
		if (page.length === 0) return facts;
		facts.push(...page);
	}
}

async function streamsOf({ index }: SqliteStore, prefix: string): Promise<StreamId[]> {
	const found: StreamId[] = [];
	for (let before: number | undefined; ; ) {
		const page = await index.list({ prefix, before, limit: 1_000 });
		found.push(...page.map(({ stream }) => stream));
		const last = page.at(-1);
		if (last === undefined) return found;
		before = last.position;
	}
}
