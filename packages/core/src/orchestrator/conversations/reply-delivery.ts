import { randomInt } from 'node:crypto';
import type { StepFailure } from '../../domain/capability.ts';
import type { ConversationCommand } from '../../domain/conversation/commands.ts';
import { DeliveryFailure } from '../../domain/conversation/delivery-failure.ts';
import type { ConversationWork } from '../../domain/conversation/pending-conversation-work.ts';
import { frontendOf, homeOf, identityIn } from '../../domain/conversation/places.ts';
import { repeatedText } from '../../domain/conversation/repeated-text.ts';
import type { Receipt, ReplyBody } from '../../domain/conversation/reply.ts';
import type { Conversation, LostReply, Revision, SentReply } from '../../domain/conversation/state.ts';
import { CoreError, describeError, isCoreError } from '../../domain/errors.ts';
import { type ConversationId, conversationStream, taskStream } from '../../domain/ids.ts';
import type { PersonView } from '../../domain/person/person-view.ts';
import type { TaskCommand } from '../../domain/task/commands.ts';
import type { Task } from '../../domain/task/state.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IFrontend } from '../../ports/frontend.ts';
import { attempt } from '../commands/attempt.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { IPeopleDesk } from '../desks/people.ts';
import { lateText, lostText } from '../render/delivery.ts';
import { asleepUntil } from './asleep-until.ts';
import { DeliveryIntent } from './delivery-intent.ts';

interface Dependencies {
	readonly tasks: Pick<CommandHandler<Task, TaskCommand, never>, 'handle'>;
	readonly conversations: Pick<CommandHandler<Conversation, ConversationCommand, never>, 'handle' | 'state'>;
	/** Undefined while it is not running. */
	readonly frontend: (name: string) => IFrontend | undefined;
	readonly people: Pick<IPeopleDesk, 'view' | 'whoIs'>;
	/** A progress message stands and may be kept up to date. */
	readonly progressStands: (conversation: ConversationId, standing: SentReply) => void;
	/** It may not any more; resolves once no edit of it is under way. */
	readonly progressEnds: (conversation: ConversationId, reply: ReplyBody) => Promise<void>;
	readonly clock: IClock;
}

/** A reply that goes out this much later than it was meant to says so, ms. */
const LATE_MS = 10 * 60_000;
/** A call of a platform that takes longer (ms) holds up the conversation no more; frontends bound theirs before that. */
const LONGEST_CALL_MS = 5 * 60_000;
/** Platforms that recognise a repeat for a while do so for a few minutes. */
const BRIEFLY_MS = 2 * 60_000;

const NOT_THEIRS: StepFailure = {
	kind: 'permanent',
	code: 'not-theirs',
	message: 'The account is no longer linked to whom this is for.',
};

/** ReplyDelivery takes replies to their frontends: sends, edits, and tells elsewhere what could not be sent. */
export class ReplyDelivery {
	readonly #deps: Dependencies;
	readonly #underWay = new Map<string, Promise<void>>();

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	/** A reply that an earlier one has overtaken meanwhile is owed again while it is still under way: it goes out once. */
	deliver(id: ConversationId, work: Extract<ConversationWork, { kind: 'deliver' }>): Promise<void> {
		const key = `${id}/${work.key}`;
		const known = this.#underWay.get(key);
		if (known !== undefined) return known;
		const done = this.#deliver(id, work).finally(() => this.#underWay.delete(key));
		this.#underWay.set(key, done);
		return done;
	}

	/** The intent comes first where the platform would show a repeat, and the receipt after. */
	async #deliver(id: ConversationId, work: Extract<ConversationWork, { kind: 'deliver' }>): Promise<void> {
		const { reply, seq, repeated } = work;
		const frontend = this.#running(id);
		if (!(await this.#isTheirs(id, reply))) return this.#fail(id, reply, NOT_THEIRS);
		const intent = new DeliveryIntent(async () => {
			if (frontend.limits.deduplicates === 'always') return;
			await this.#tell(id, { type: 'AttemptDelivery', at: this.#now(), replyId: reply.id });
		});
		let sent: Receipt;
		try {
			// What is in doubt stays so, even when this attempt fails before it sends anything.
			if (repeated || !frontend.limits.saysWhenSending) await intent.note();
			const doubt = repeated && !this.#showsOnce(frontend, work.dueAt);
			const text = this.#worded(reply, work.dueAt, doubt);
			const told = { ...reply, text, conversation: id, seq, ...(repeated ? { repeated } : {}) };
			sent = await this.#withinTime(frontend.deliver(told, () => intent.note()));
		} catch (thrown) {
			const error = intent.refusal ?? thrown;
			if (isCoreError(error, 'disk-full')) throw error;
			return this.#fail(id, reply, failureOf(error, intent));
		} finally {
			intent.end();
		}
		// What cannot be noted now may have been sent all the same, and is no failure of the platform.
		const receipt = frontend.limits.edits ? { ...sent, editable: true } : sent;
		await this.#tell(id, { type: 'RecordReceipt', at: this.#now(), replyId: reply.id, receipt });
	}

	/** Has a progress message kept up to date; it goes on until its task ends. */
	async keep(id: ConversationId, sent: SentReply): Promise<void> {
		if (this.#running(id).limits.edits) this.#deps.progressStands(id, sent);
	}

	/** Tried once: a message that still looks open misleads nobody, because its buttons say what became of it. */
	async revise(id: ConversationId, { reply, seq, receipt, text }: Revision): Promise<void> {
		const frontend = this.#running(id);
		if (frontend.limits.edits) {
			const { question: _, ...body } = reply;
			const edited = this.#deps
				.progressEnds(id, reply)
				.then(() => frontend.revise(receipt, { ...body, text, conversation: id, seq }));
			await this.#withinTime(edited).catch(() => undefined);
		}
		await this.#tell(id, { type: 'RecordRevision', at: this.#now(), replyId: reply.id });
	}

	/** Tells in another of the person's private conversations what did not arrive in this one. */
	async forward(id: ConversationId, { closedQuestions, ...conversation }: Conversation, { reply }: LostReply) {
		const person = reply.to ?? conversation.person;
		const wanted = person !== undefined && !closedQuestions.includes(reply.id);
		const view = wanted ? await this.#deps.people.view(person) : undefined;
		const to = wanted
			? await this.#elsewhere(id, reply, { id: person, identities: view?.identities ?? [] })
			: undefined;
		if (to !== undefined) {
			const { inReplyTo: _, ...body } = reply;
			const forwarded = { ...body, text: lostText(frontendOf(id), reply.text) };
			// What is asked there goes on there.
			if (reply.taskId !== undefined && reply.question !== undefined && person !== undefined) {
				const follow = { type: 'FollowTask', at: this.#now(), conversation: to, by: person } as const;
				const { taskId } = reply;
				await attempt(() => this.#deps.tasks.handle(taskStream(taskId), follow));
			}
			const at = this.#now();
			const notBefore = await asleepUntil(this.#deps, to, { person: view, now: at });
			await this.#deps.conversations.handle(
				conversationStream(to),
				{ type: 'RecordReply', at, reply: forwarded, ...(notBefore === undefined ? {} : { notBefore }) },
				replyKey(to, reply),
			);
		}
		const told = to === undefined ? {} : { to };
		await this.#tell(id, { type: 'RecordForward', at: this.#now(), replyId: reply.id, ...told });
	}

	expire(id: ConversationId, reply: ReplyBody): Promise<void> {
		return this.#tell(id, { type: 'ExpireReply', at: this.#now(), replyId: reply.id });
	}

	async #withinTime<T>(call: Promise<T>): Promise<T> {
		let callOff: (() => void) | undefined;
		const late = new Promise<never>((_resolve, reject) => {
			callOff = this.#deps.clock.after(LONGEST_CALL_MS, () => reject(new Error('The platform gave no answer.')));
		});
		try {
			return await Promise.race([call, late]);
		} finally {
			callOff?.();
		}
	}

	#running(id: ConversationId): IFrontend {
		const name = frontendOf(id);
		const frontend = this.#deps.frontend(name);
		if (frontend !== undefined) return frontend;
		throw new CoreError('frontend-down', `"${name}" is not connected.`, { hint: 'Replies wait until it is back.' });
	}

	/** An account that was taken off a person is not to hear of their tasks; what answers its own words it may. */
	async #isTheirs(id: ConversationId, { to, taskId }: ReplyBody): Promise<boolean> {
		const identity = identityIn(id);
		if (identity === undefined || to === undefined) return true;
		const holder = await this.#deps.people.whoIs(identity);
		return holder === undefined ? taskId === undefined : holder.person === to;
	}

	async #fail(id: ConversationId, { id: replyId }: ReplyBody, failure: StepFailure): Promise<void> {
		const jitter = randomInt(1_000) / 1_000;
		await this.#tell(id, { type: 'FailDelivery', at: this.#now(), replyId, failure, jitter });
	}

	/**
	 * Another running frontend on which this person has an account, and which has not failed to deliver this reply as well;
	 * the page last, because nothing rings there.
	 */
	async #elsewhere(
		from: ConversationId,
		{ id: replyId }: ReplyBody,
		{ id, identities }: Pick<PersonView, 'id' | 'identities'>,
	): Promise<ConversationId | undefined> {
		const homes = [...identities.map(({ identity }) => homeOf(identity)), homeOf(`web:${id}`)];
		for (const home of homes) {
			if (home === undefined || frontendOf(home) === frontendOf(from)) continue;
			if (this.#deps.frontend(frontendOf(home)) === undefined) continue;
			const there = await this.#deps.conversations.state(conversationStream(home));
			if (there?.givenUp.some((lost) => lost.replyId === replyId) !== true) return home;
		}
		return undefined;
	}

	/** Whether the platform would still recognise a repeat. */
	#showsOnce({ limits }: IFrontend, dueAt: number): boolean {
		if (limits.deduplicates === 'briefly') return this.#now() - dueAt < BRIEFLY_MS;
		return limits.deduplicates === 'always';
	}

	#worded(reply: ReplyBody, dueAt: number, doubt: boolean): string {
		const lateMs = this.#now() - dueAt;
		const text = lateMs >= LATE_MS ? lateText(lateMs, reply.text) : reply.text;
		return doubt ? repeatedText(text) : text;
	}

	async #tell(id: ConversationId, command: ConversationCommand): Promise<void> {
		await this.#deps.conversations.handle(conversationStream(id), command);
	}

	#now(): number {
		return this.#deps.clock.now();
	}
}

/** replyKey makes a reply one reply per conversation in the whole store, because a conversation remembers the latest ids only. */
export function replyKey(conversation: ConversationId, { id }: Pick<ReplyBody, 'id'>): string {
	return `reply:${conversation}:${id}`;
}

/** Unless the frontend knows better, the reply may have arrived although its receipt did not, once anything was to be sent. */
function failureOf(error: unknown, { isNoted }: DeliveryIntent): StepFailure {
	if (error instanceof DeliveryFailure) return error.failure;
	const message = describeError(error);
	if (isCoreError(error)) return { kind: 'retryable', code: error.code, message };
	return { kind: isNoted ? 'unknown-outcome' : 'retryable', code: 'delivery-failed', message };
}
