import type { ConversationCommand } from '../../domain/conversation/commands.ts';
import type { RecordedConversationFact } from '../../domain/conversation/facts.ts';
import { frontendOf, homeOf } from '../../domain/conversation/places.ts';
import { secretIn } from '../../domain/conversation/secret-words.ts';
import { type Conversation, findSentReply } from '../../domain/conversation/state.ts';
import { CoreError } from '../../domain/errors.ts';
import {
	asConversationId,
	asReplyId,
	type ConversationId,
	conversationStream,
	type MessageId,
	type PersonId,
	type ReplyId,
	type StreamId,
	type TaskId,
} from '../../domain/ids.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IEventStore, IStreamIndex } from '../../ports/event-store.ts';
import type { DeliveryReport, InboundMessage } from '../../ports/frontend.ts';
import type { ISecretVault } from '../../ports/secret-vault.ts';
import type { Arrivals } from '../arrivals.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { ConversationEntry, ConversationSummary, IConversationDesk, Principal } from '../desks/desk.ts';
import type { AttachmentIntake } from '../tasks/attachment-intake.ts';
import { messageIdOf } from './message-id.ts';
import { replyKey } from './reply-delivery.ts';

interface Dependencies {
	readonly conversations: Pick<CommandHandler<Conversation, ConversationCommand, never>, 'handle' | 'state'>;
	readonly store: IEventStore;
	readonly index: IStreamIndex;
	readonly intake: AttachmentIntake;
	readonly vault: ISecretVault;
	readonly arrivals: Arrivals;
	readonly clock: IClock;
}

/** Longest message, in characters; more belongs in an attached file. */
const MAX_MESSAGE_CHARACTERS = 100_000;

/** ConversationDesk takes messages in, once each, and reads conversations back. */
export class ConversationDesk implements IConversationDesk {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	async receive({ person }: Principal, message: InboundMessage): Promise<{ id: string }> {
		checkMessage(message);
		const { frontend, conversation, identity, platformMessageId, text } = message;
		const stream = conversationStream(conversation);
		const state = await this.#deps.conversations.state(stream);
		const replyTo = message.replyTo ?? repliedTo(state, message);
		const messageId = messageIdOf(message);
		const secret = secretIn(state, { text, replyTo });
		const reference = `${person}/message/${messageId}`;
		if (secret !== undefined) await this.#deps.vault.put(reference, secret.words);
		const attachments = await this.#deps.intake.take(message.attachments, { person });
		const command = {
			type: 'ReceiveMessage',
			at: this.#deps.clock.now(),
			message: {
				messageId,
				frontend,
				platformMessageId,
				identity,
				person,
				text: secret?.text ?? text,
				attachments,
				...(replyTo === undefined ? {} : { replyTo }),
				...(message.direct ? {} : { shared: true }),
				...(secret === undefined ? {} : { secret: reference }),
			},
		} as const;
		// Files were fetched before, and nobody waits for how long that takes but their sender.
		await this.#deps.arrivals.during(() => this.#deps.conversations.handle(stream, command, `message:${messageId}`));
		return { id: messageId };
	}

	async entries({ person }: Principal, conversation: ConversationId, after: number) {
		const stream = conversationStream(conversation);
		const state = await this.#deps.conversations.state(stream);
		// One's own on the web may be read before it begins. Any other looks the same whether it exists or not: its name is an account's.
		if (state === undefined && frontendOf(conversation) === 'web') return { entries: [], next: after };
		if (state?.person !== person) {
			throw new CoreError('unknown-conversation', `There is no conversation "${conversation}".`, {
				hint: 'Conversations of other people cannot be read.',
			});
		}
		// What was said before the account changed hands is not this person's to read.
		const from = Math.max(after, state.since - 1);
		const facts = (await this.#deps.store.read(stream, from)) as unknown as readonly RecordedConversationFact[];
		return { entries: entriesOf(facts, person), next: facts.at(-1)?.seq ?? after };
	}

	async ofPerson({ person }: Principal, { before, limit }: { before?: number | undefined; limit: number }) {
		const rows = await this.#deps.index.list({ prefix: 'conversation-', person, before, limit: limit + 1 });
		const page = rows.slice(0, limit);
		const found = await Promise.all(
			page.map(async ({ stream }) => summaryOf(stream, await this.#deps.conversations.state(stream))),
		);
		const conversations = found.flat();
		const last = page.at(-1);
		return rows.length > limit && last !== undefined ? { conversations, next: last.position } : { conversations };
	}

	/** Says something to somebody where they can be written to privately; once for each key. Nothing where that is nowhere. */
	async tell(identity: string, { key, text, to }: { key: string; text: string; to: PersonId }): Promise<void> {
		const home = homeOf(identity);
		if (home === undefined) return;
		const reply = { id: asReplyId(key), kind: 'notice', text, to } as const;
		const command = { type: 'RecordReply', at: this.#deps.clock.now(), reply } as const;
		await this.#deps.conversations.handle(conversationStream(home), command, replyKey(home, reply));
	}

	/** Notes what a platform says later about a message it took. */
	async reportDelivery({ conversation, platformMessageId, status, code, message }: DeliveryReport): Promise<void> {
		const stream = conversationStream(conversation);
		if ((await this.#deps.conversations.state(stream)) === undefined) return;
		const failure = {
			kind: 'retryable',
			code: code ?? 'undelivered',
			message: message ?? 'The platform reports that it did not arrive.',
		} as const;
		await this.#deps.conversations.handle(stream, {
			type: 'ReportDelivery',
			at: this.#deps.clock.now(),
			platformMessageId,
			...(status === 'undelivered' ? { failure } : {}),
		});
	}
}

function summaryOf(stream: StreamId, state: Conversation | undefined): ConversationSummary[] {
	if (state === undefined) return [];
	const id = asConversationId(stream.slice('conversation-'.length));
	const { messages, givenUp: undelivered } = state.counts;
	return [{ id, frontend: frontendOf(id), lastAt: state.at, messages, undelivered }];
}

function checkMessage({ text, attachments }: InboundMessage): void {
	if (text.trim() === '' && attachments.length === 0) {
		throw new CoreError('empty-goal', 'The message is empty.', { hint: 'Write what you want done.' });
	}
	if (text.length <= MAX_MESSAGE_CHARACTERS) return;
	const message = `The message has ${text.length} characters; at most ${MAX_MESSAGE_CHARACTERS} are taken.`;
	throw new CoreError('too-large', message, { hint: 'Attach the long part as a file.' });
}

/** The reply that a platform's own "reply" points at. */
function repliedTo(state: Conversation | undefined, { replyToMessage }: InboundMessage) {
	return replyToMessage === undefined ? undefined : findSentReply(state, replyToMessage);
}

/** Tasks of whoever had the account before may still have had something to say in it. */
function entriesOf(facts: readonly RecordedConversationFact[], person: PersonId): ConversationEntry[] {
	const taskOf = new Map<MessageId, TaskId>();
	const undelivered = new Map<ReplyId, { readonly message: string }>();
	for (const { type, data } of facts) {
		if (type === 'MessageRouted' || type === 'HeldMessageReleased') {
			if (data.to.kind === 'task') taskOf.set(data.messageId, data.to.taskId);
		} else if ((type === 'ReplyFailed' || type === 'ReplyBounced') && data.retryAt === undefined) {
			undelivered.set(data.replyId, { message: data.failure.message });
		}
	}
	return facts.flatMap(({ type, data, seq, at }): ConversationEntry[] => {
		if (type === 'ReplyRecorded') {
			if (data.reply.to !== undefined && data.reply.to !== person) return [];
			const lost = undelivered.get(data.reply.id);
			return [{ kind: 'reply', seq, at, reply: data.reply, ...(lost === undefined ? {} : { undelivered: lost }) }];
		}
		if (type !== 'MessageReceived') return [];
		const { messageId, platformMessageId: clientId, text } = data;
		const attachments = data.attachments.map(({ kind: _kind, ...attachment }) => attachment);
		const taskId = taskOf.get(messageId);
		return [{ kind: 'message', seq, at, clientId, text, attachments, ...(taskId === undefined ? {} : { taskId }) }];
	});
}
