import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StepFailure } from '../capability.ts';
import { asMessageId, asPersonId, asQuestionId, asReplyId, asTaskId } from '../ids.ts';
import type { ConversationCommand } from './commands.ts';
import { decideConversation } from './decide-conversation.ts';
import { evolveConversation } from './evolve-conversation.ts';
import { type ConversationFact, conversationFact, type Message, type RecordedConversationFact } from './facts.ts';
import { pendingConversationWork } from './pending-conversation-work.ts';
import type { ReplyBody } from './reply.ts';
import { CONVERSATION_LIMITS, type ConversationState } from './state.ts';

const DAY = 86_400_000;
const failure: StepFailure = { kind: 'retryable', code: 'fetch-failed', message: 'no answer' };

function message(id: string, text = 'hello'): Message {
	const messageId = asMessageId(id);
	const person = asPersonId('p');
	return { messageId, frontend: 'web', platformMessageId: id, identity: 'i', person, text, attachments: [] };
}

function reply(id: string, rest: Partial<ReplyBody> = {}): ReplyBody {
	return { id: asReplyId(id), kind: 'answer', text: id, ...rest };
}

function asking(id: string, task: string, question: string): ReplyBody {
	const asked = { id: asQuestionId(question), kind: 'text', purpose: 'goal', text: 'Which?' } as const;
	return reply(id, { kind: 'question', taskId: asTaskId(task), question: asked });
}

const received = (id: string) => conversationFact('MessageReceived', message(id));
const toTask = (id: string, task: string) =>
	conversationFact('MessageRouted', { messageId: asMessageId(id), to: { kind: 'task', taskId: asTaskId(task) } });
const recorded = (body: ReplyBody) => conversationFact('ReplyRecorded', { reply: body });
const attempted = (id: string) => conversationFact('ReplyAttempted', { replyId: asReplyId(id) });
const receipt = { platformMessageIds: ['m'], at: 5 };
const sent = (id: string) => conversationFact('ReplySent', { replyId: asReplyId(id), receipt });

function given(...facts: ConversationFact[]) {
	const state = fold(facts);
	return {
		state,
		when(command: ConversationCommand) {
			const decision = decideConversation(state, command);
			return {
				// biome-ignore lint/suspicious/noThenProperty: given, when, then
				then: (...expected: ConversationFact[]) => expect(decision).toEqual({ ok: true, facts: expected }),
				refused: (code: string) => expect(decision.ok ? 'accepted' : decision.error.code).toBe(code),
			};
		},
		owes: (now: number) => pendingConversationWork(state, now),
	};
}

function fold(facts: readonly ConversationFact[]): ConversationState {
	let state: ConversationState;
	facts.forEach((fact, index) => {
		state = evolveConversation(state, { ...fact, seq: index + 1, at: index * 10 } as RecordedConversationFact);
	});
	return state;
}

describe('messages', () => {
	test('are received once, whether still waiting or routed', () => {
		const command = { type: 'ReceiveMessage', at: 0, message: message('m1') } as const;
		given().when(command).then(received('m1'));
		given(received('m1')).when(command).then();
		given(received('m1'), toTask('m1', 't1')).when(command).then();
	});

	test('are routed once, and an unknown one is refused', () => {
		const to = { kind: 'task', taskId: asTaskId('t1') } as const;
		const command = { type: 'RouteMessage', at: 0, messageId: asMessageId('m1'), to } as const;
		given(received('m1')).when(command).then(toTask('m1', 't1'));
		given(received('m1'), toTask('m1', 't1')).when(command).then();
		given().when(command).refused('not-found');
	});

	test('are owed a route one at a time, in the order they came', () => {
		expect(given(received('m1'), received('m2')).owes(0)).toMatchObject([
			{ kind: 'route', message: { messageId: 'm1' } },
		]);
		expect(given(received('m1'), received('m2'), toTask('m1', 't1')).owes(0)).toMatchObject([
			{ key: 'route:m2', kind: 'route', message: { messageId: 'm2', seq: 2, at: 10 } },
		]);
	});

	test('that became tasks are remembered, the latest ones', () => {
		const many = Array.from({ length: 25 }, (_, index) => [received(`m${index}`), toTask(`m${index}`, `t${index}`)]);
		const { state } = given(...many.flat());
		expect(state?.tasks).toHaveLength(CONVERSATION_LIMITS.recentTasks);
		expect(state?.tasks.at(-1)).toBe('t24');
		expect(state?.tasks[0]).toBe('t5');
	});
});

describe('replies', () => {
	test('are recorded once by their id, whether unsent or sent', () => {
		const command = { type: 'RecordReply', at: 0, reply: reply('r1') } as const;
		given()
			.when(command)
			.then(recorded(reply('r1')));
		given(recorded(reply('r1')))
			.when(command)
			.then();
		given(recorded(reply('r1')), sent('r1'))
			.when(command)
			.then();
	});

	test('are delivered in order, one at a time', () => {
		const both = [recorded(reply('r1')), recorded(reply('r2'))];
		expect(given(...both).owes(0)).toEqual([
			{ key: 'deliver:r1:0', kind: 'deliver', reply: reply('r1'), seq: 1, dueAt: 0, repeated: false },
		]);
		expect(given(...both, sent('r1')).owes(0)).toMatchObject([{ kind: 'deliver', reply: { id: 'r2' }, seq: 2 }]);
	});

	test('are marked as repeated when an attempt left no outcome', () => {
		const attempt = { type: 'AttemptDelivery', at: 0, replyId: asReplyId('r1') } as const;
		given(recorded(reply('r1')))
			.when(attempt)
			.then(attempted('r1'));
		// Each attempt is noted, so that none begins while nothing can be noted.
		given(recorded(reply('r1')), attempted('r1'))
			.when(attempt)
			.then(attempted('r1'));
		given(recorded(reply('r1')), sent('r1'))
			.when(attempt)
			.then();
		expect(given(recorded(reply('r1')), attempted('r1')).owes(0)).toMatchObject([{ repeated: true }]);
	});

	test('are not marked as repeated after a failure that surely sent nothing', () => {
		const failed = (kind: StepFailure['kind']) =>
			conversationFact('ReplyFailed', {
				replyId: asReplyId('r1'),
				attempt: 1,
				failure: { ...failure, kind },
				retryAt: 1,
			});
		const facts = [recorded(reply('r1')), attempted('r1')];
		expect(given(...facts, failed('retryable')).owes(9)).toMatchObject([{ repeated: false }]);
		expect(given(...facts, failed('unknown-outcome')).owes(9)).toMatchObject([{ repeated: true }]);
		expect(given(...facts, failed('timed-out')).owes(9)).toMatchObject([{ repeated: true }]);
	});

	test('stay marked as repeated when an attempt after a doubtful one surely sent nothing', () => {
		const failed = (attempt: number, kind: StepFailure['kind']) =>
			conversationFact('ReplyFailed', {
				replyId: asReplyId('r1'),
				attempt,
				failure: { ...failure, kind },
				retryAt: attempt,
			});
		const lost = [recorded(reply('r1')), attempted('r1'), failed(1, 'unknown-outcome')];
		expect(given(...lost, attempted('r1'), failed(2, 'retryable')).owes(9)).toMatchObject([{ repeated: true }]);
		const died = [recorded(reply('r1')), attempted('r1'), attempted('r1'), failed(1, 'retryable')];
		expect(given(...died).owes(9)).toMatchObject([{ repeated: true }]);
	});

	test('need a receipt only once', () => {
		const command = { type: 'RecordReceipt', at: 0, replyId: asReplyId('r1'), receipt } as const;
		given(recorded(reply('r1')))
			.when(command)
			.then(sent('r1'));
		given(recorded(reply('r1')), sent('r1'))
			.when(command)
			.then();
	});

	test('that fail wait longer and longer, spread by the jitter, and are given up after a day', () => {
		const facts: ConversationFact[] = [recorded(reply('r1'))];
		const waits: number[] = [];
		let now = 0;
		for (;;) {
			const decision = decideConversation(fold(facts), failing(now, 0.5));
			const fact = decision.ok ? decision.facts[0] : undefined;
			if (fact?.type !== 'ReplyFailed') throw new Error('expected a failure');
			facts.push(fact);
			const { retryAt } = fact.data;
			if (retryAt === undefined) break;
			waits.push(retryAt - now);
			expect(given(...facts).owes(retryAt - 1)).toMatchObject([{ kind: 'wait', until: retryAt }]);
			expect(given(...facts).owes(retryAt)).toMatchObject([{ kind: 'deliver', reply: { id: 'r1' } }]);
			now = retryAt;
		}
		expect(waits.slice(0, 4)).toEqual([1_000, 10_000, 30_000, 60_000]);
		expect(waits.at(-1)).toBe(600_000);
		expect(now).toBeGreaterThan(DAY - 600_000);
		expect(now).toBeLessThan(DAY);
		const after = given(...facts);
		expect(after.state?.givenUp).toMatchObject([{ replyId: 'r1', seq: 1, failure }]);
		expect(after.owes(now)).toMatchObject([{ kind: 'forward', lost: { reply: { id: 'r1' } } }]);
	});

	test('hold up those behind them while they were tried a few times, and no longer', () => {
		const facts: ConversationFact[] = [recorded(reply('r1')), recorded(reply('r2'))];
		for (let failures = 1; failures <= 3; failures++) {
			const decision = decideConversation(fold(facts), failing(1_000, 0.5));
			facts.push(...(decision.ok ? decision.facts : []));
			const next = given(...facts).owes(1_001)[0];
			if (failures < 3) expect(next).toMatchObject({ kind: 'wait' });
			else expect(next).toMatchObject({ kind: 'deliver', reply: { id: 'r2' } });
		}
	});

	test('that let others pass are tried before each of them, so that they arrive in order once they can', () => {
		const failures = [1, 2, 3].map((attempt) =>
			conversationFact('ReplyFailed', { replyId: asReplyId('r1'), attempt, failure, retryAt: 600_000 }),
		);
		const passed = given(recorded(reply('r1')), ...failures, recorded(reply('r2')));
		expect(passed.owes(4_000)).toMatchObject([{ kind: 'deliver', reply: { id: 'r2' } }]);
		expect(passed.owes(6_000)).toMatchObject([{ kind: 'deliver', reply: { id: 'r1' } }]);
	});

	test('that nobody could try for a day are given up as well', () => {
		expect(given(recorded(reply('r1'))).owes(DAY)).toMatchObject([{ kind: 'expire', reply: { id: 'r1' } }]);
		const expire = (at: number) => ({ type: 'ExpireReply', at, replyId: asReplyId('r1') }) as const;
		given(recorded(reply('r1')))
			.when(expire(DAY - 1))
			.then();
		const decision = decideConversation(fold([recorded(reply('r1'))]), expire(DAY));
		expect(decision.ok && decision.facts).toMatchObject([
			{ type: 'ReplyFailed', data: { failure: { code: 'expired' } } },
		]);
	});

	test('that could not be delivered are told elsewhere, once', () => {
		const failed = conversationFact('ReplyFailed', { replyId: asReplyId('r1'), attempt: 1, failure });
		const forward = { type: 'RecordForward', at: 0, replyId: asReplyId('r1') } as const;
		const forwarded = conversationFact('ReplyForwarded', { replyId: asReplyId('r1') });
		given(recorded(reply('r1')), failed)
			.when(forward)
			.then(forwarded);
		given(recorded(reply('r1')), failed, forwarded)
			.when(forward)
			.then();
		expect(given(recorded(reply('r1')), failed, forwarded).owes(0)).toEqual([]);
	});

	test('that a carrier lost go out once more, then elsewhere', () => {
		const awaited = conversationFact('ReplySent', {
			replyId: asReplyId('r1'),
			receipt: { ...receipt, awaitsReport: true },
		});
		const report = { type: 'ReportDelivery', at: 100, platformMessageId: 'm', failure } as const;
		const bounced = conversationFact('ReplyBounced', { replyId: asReplyId('r1'), failure, retryAt: 60_100 });
		given(recorded(reply('r1')), awaited)
			.when(report)
			.then(bounced);
		expect(given(recorded(reply('r1')), awaited, bounced).owes(60_100)).toMatchObject([{ kind: 'deliver' }]);
		const lost = conversationFact('ReplyBounced', { replyId: asReplyId('r1'), failure });
		given(recorded(reply('r1')), awaited, bounced, awaited)
			.when(report)
			.then(lost);
		expect(given(recorded(reply('r1')), awaited, bounced, awaited, lost).owes(0)).toMatchObject([{ kind: 'forward' }]);
		given(recorded(reply('r1')), awaited)
			.when({ type: 'ReportDelivery', at: 100, platformMessageId: 'm' })
			.then(conversationFact('ReplyArrived', { replyId: asReplyId('r1') }));
		given(recorded(reply('r1')), sent('r1'))
			.when(report)
			.then();
	});

	test('wait as long as the platform asks, and are given up at once when it never will take them', () => {
		const slow = { ...failing(0, 0), failure: { ...failure, retryAfterMs: 30_000 } };
		given(recorded(reply('r1')))
			.when(slow)
			.then(
				conversationFact('ReplyFailed', {
					replyId: asReplyId('r1'),
					attempt: 1,
					failure: slow.failure,
					retryAt: 30_000,
				}),
			);
		const never = { ...failing(0, 0), failure: { ...failure, kind: 'permanent' as const } };
		given(recorded(reply('r1')))
			.when(never)
			.then(conversationFact('ReplyFailed', { replyId: asReplyId('r1'), attempt: 1, failure: never.failure }));
		given().when(never).then();
	});

	function failing(at: number, jitter: number) {
		return { type: 'FailDelivery', at, replyId: asReplyId('r1'), failure, jitter } as const;
	}
});

describe('replies that failed', () => {
	const tryLater = (id: string, retryAt: number) =>
		conversationFact('ReplyFailed', { replyId: asReplyId(id), attempt: 1, failure, retryAt });
	const keys = (work: readonly { readonly key: string }[]) => work.map(({ key }) => key);

	test('go out at once, in their order, when their platform is back', () => {
		const { state } = given(recorded(reply('one')), recorded(reply('two')), tryLater('one', 60_000));
		expect(keys(pendingConversationWork(state, 1_000))).toEqual(['wait:60000']);
		expect(keys(pendingConversationWork(state, 1_000, 500))).toEqual(['deliver:one:1']);
	});

	test('after it was back wait as usual', () => {
		const { state } = given(recorded(reply('one')), tryLater('one', 60_000));
		expect(keys(pendingConversationWork(state, 1_000, 5))).toEqual(['wait:60000']);
	});
});

describe('progress', () => {
	const progress = reply('p1', { kind: 'progress', taskId: asTaskId('t1') });
	const standing = conversationFact('ReplySent', { replyId: asReplyId('p1'), receipt: { ...receipt, editable: true } });
	const end = reply('t1.9', { taskId: asTaskId('t1') });

	test('waits until a task turns out to take a while, while other replies pass it', () => {
		const quiet = conversationFact('ReplyRecorded', { reply: progress, notBefore: 1_500 });
		expect(given(quiet).owes(0)).toMatchObject([{ kind: 'wait', until: 1_500 }]);
		expect(given(quiet).owes(1_500)).toMatchObject([{ kind: 'deliver', dueAt: 1_500 }]);
		expect(given(quiet, recorded(reply('r2'))).owes(10)).toMatchObject([{ kind: 'deliver', reply: { id: 'r2' } }]);
	});

	test('that did not go out before the end of its task never does', () => {
		const quiet = conversationFact('ReplyRecorded', { reply: progress, notBefore: 1_500 });
		const dropped = conversationFact('ReplyDropped', { replyId: asReplyId('p1') });
		given(quiet).when({ type: 'RecordReply', at: 0, reply: end }).then(recorded(end), dropped);
		expect(given(quiet, recorded(end), dropped).state?.unsent).toMatchObject([{ reply: { id: 't1.9' } }]);
	});

	test('that stands is kept up to date until its task ends', () => {
		const stands = given(recorded(progress), standing);
		expect(stands.owes(0)).toMatchObject([{ kind: 'keep', sent: { reply: { id: 'p1' }, receipt } }]);
		expect(given(recorded(progress), standing, recorded(end)).owes(0)).toMatchObject([
			{ kind: 'revise' },
			{ kind: 'deliver' },
		]);
	});

	test('that was under way at the end of its task is edited once it arrives', () => {
		const arrives = given(recorded(progress), attempted('p1'), recorded(end), standing);
		expect(arrives.owes(0)).toMatchObject([{ kind: 'revise', revision: { text: '✓ p1' } }, { kind: 'deliver' }]);
		const late = { type: 'RecordReceipt', at: 0, replyId: asReplyId('p1'), receipt } as const;
		given(recorded(progress), attempted('p1'), recorded(end)).when(late).then(sent('p1'));
		given(recorded(progress), recorded(end)).when(late).then();
	});

	test('of a task that was replaced stops saying that it is under way', () => {
		const to = { kind: 'task', taskId: asTaskId('t2'), replaces: asTaskId('t1') } as const;
		const changed = conversationFact('MessageRouted', { messageId: asMessageId('m2'), to });
		const after = given(recorded(progress), standing, received('m2'), changed);
		expect(after.owes(0)).toMatchObject([{ kind: 'revise', revision: { text: '✗ p1' } }]);
		expect(after.state?.progress).toEqual([]);
	});

	test('is stale after a minute', () => {
		expect(given(recorded(progress)).owes(60_000)).toMatchObject([{ kind: 'expire' }]);
		const expire = { type: 'ExpireReply', at: 60_000, replyId: asReplyId('p1') } as const;
		given(recorded(progress))
			.when(expire)
			.then(conversationFact('ReplyDropped', { replyId: asReplyId('p1') }));
	});

	test('that stands says at the end how it ended, where it can be edited', () => {
		const ended = given(recorded(progress), standing, recorded(end));
		expect(ended.owes(0)).toMatchObject([{ kind: 'revise', revision: { text: '✓ p1' } }, { kind: 'deliver' }]);
		const revised = { type: 'RecordRevision', at: 0, replyId: asReplyId('p1') } as const;
		ended.when(revised).then(conversationFact('ReplyRevised', { replyId: asReplyId('p1') }));
		expect(given(recorded(progress), sent('p1'), recorded(end)).owes(0)).toMatchObject([{ kind: 'deliver' }]);
	});
});

describe('a held message', () => {
	const question = {
		id: asQuestionId('which-m1'),
		kind: 'choice',
		purpose: 'goal',
		text: 'Which?',
		choices: ['a', 'b'],
	} as const;
	const to = { kind: 'held', taskId: asTaskId('t1'), question, replyId: asReplyId('m1.which') } as const;
	const held = conversationFact('MessageRouted', { messageId: asMessageId('m1'), to });
	const asks = recorded(reply('m1.which', { kind: 'question', question }));
	const release = {
		type: 'ReleaseHeldMessage',
		at: 0,
		messageId: asMessageId('m1'),
		to: { kind: 'task', taskId: asTaskId('t2') },
	} as const;
	const released = conversationFact('HeldMessageReleased', { messageId: asMessageId('m1'), to: release.to });

	test('waits for a word about it, ten minutes at most', () => {
		const waiting = given(received('m1'), asks, sent('m1.which'), held);
		expect(waiting.owes(30)).toMatchObject([{ kind: 'wait', until: 600_030 }]);
		expect(waiting.owes(600_030)).toMatchObject([{ kind: 'release', held: { message: { messageId: 'm1' } } }]);
	});

	test('becomes what it was meant for once, and is known when it arrives again', () => {
		given(received('m1'), asks, held).when(release).then(released);
		const after = given(received('m1'), asks, held, released);
		after.when(release).then();
		expect(after.state).toMatchObject({ tasks: ['t2'], unsent: [] });
		given(received('m1'), asks, held)
			.when({ type: 'ReceiveMessage', at: 0, message: message('m1') })
			.then();
	});
});

describe('a held message that was settled', () => {
	test('leaves a question that can no longer be answered', () => {
		const question = {
			id: asQuestionId('w'),
			kind: 'choice',
			purpose: 'goal',
			text: 'Which?',
			choices: ['a'],
		} as const;
		const replyId = asReplyId('m1.which');
		const held = { kind: 'held', taskId: asTaskId('t1'), question, replyId } as const;
		const facts = [
			received('m1'),
			recorded(reply('m1.which', { kind: 'question', question })),
			attempted('m1.which'),
			conversationFact('MessageRouted', { messageId: asMessageId('m1'), to: held }),
			conversationFact('HeldMessageReleased', {
				messageId: asMessageId('m1'),
				to: { kind: 'task', taskId: asTaskId('t2') },
			}),
		];
		expect(given(...facts).state).toMatchObject({ closedQuestions: [replyId], unsent: [] });
		const editable = conversationFact('ReplySent', { replyId, receipt: { ...receipt, editable: true } });
		expect(given(...facts, editable).owes(0)).toMatchObject([
			{ kind: 'revise', revision: { text: 'Which?\n\n✓ A new task.' } },
		]);
	});
});

describe('an account that changes hands', () => {
	test('brings nothing of its former person along', () => {
		const other = conversationFact('MessageReceived', { ...message('m2'), person: asPersonId('q') });
		const { state } = given(received('m1'), toTask('m1', 't1'), recorded(asking('r1', 't1', 'q1')), other);
		expect(state).toMatchObject({ person: 'q', since: 4, tasks: [], openQuestions: [] });
	});
});

describe('questions', () => {
	const close = { type: 'CloseQuestion', at: 0, taskId: asTaskId('t1'), questionId: asQuestionId('q1') } as const;
	const closed = conversationFact('QuestionClosed', { taskId: asTaskId('t1'), questionId: asQuestionId('q1') });

	test('open with the reply that asks and close once', () => {
		expect(given(recorded(asking('r1', 't1', 'q1'))).state?.openQuestions).toMatchObject([
			{ replyId: 'r1', taskId: 't1' },
		]);
		given(recorded(asking('r1', 't1', 'q1')), sent('r1'))
			.when(close)
			.then(closed);
		given(recorded(asking('r1', 't1', 'q1')))
			.when(close)
			.then(closed, conversationFact('ReplyDropped', { replyId: asReplyId('r1') }));
		given(recorded(asking('r1', 't1', 'q1')), closed)
			.when(close)
			.then();
		given().when(close).then();
	});

	test('of two tasks with the same id are told apart', () => {
		const { state } = given(recorded(asking('r1', 't1', 'q1')), recorded(asking('r2', 't2', 'q1')), closed);
		expect(state?.openQuestions).toMatchObject([{ taskId: 't2' }]);
		expect(state?.closedQuestions).toEqual(['r1']);
	});

	test('close with the message that answers them, before the task says so', () => {
		const answered = conversationFact('MessageRouted', {
			messageId: asMessageId('m1'),
			to: { kind: 'answer', taskId: asTaskId('t1'), questionId: asQuestionId('q1') },
		});
		const { state } = given(recorded(asking('r1', 't1', 'q1')), received('m1'), answered);
		expect(state?.openQuestions).toEqual([]);
		expect(state?.unrouted).toEqual([]);
	});

	test('that were answered before they could go out are not asked any more', () => {
		const asleep = conversationFact('ReplyRecorded', { reply: asking('r1', 't1', 'q1'), notBefore: DAY });
		const answered = conversationFact('MessageRouted', {
			messageId: asMessageId('m1'),
			to: { kind: 'answer', taskId: asTaskId('t1'), questionId: asQuestionId('q1'), words: 'blue' },
		});
		expect(given(asleep, received('m1'), answered).owes(DAY)).toEqual([]);
	});

	test('that were closed while they were under way say so once they arrive', () => {
		const underWay = [recorded(asking('r1', 't1', 'q1')), attempted('r1'), closed];
		expect(given(...underWay).owes(0)).toEqual([]);
		const editable = conversationFact('ReplySent', {
			replyId: asReplyId('r1'),
			receipt: { ...receipt, editable: true },
		});
		expect(given(...underWay, editable).owes(0)).toMatchObject([
			{ kind: 'revise', revision: { text: 'Which?\n\n✓ No longer needed.', reply: { id: 'r1' } } },
		]);
	});
});

describe('any history', () => {
	const id = fc.integer({ min: 0, max: 5 }).map((n) => `${n}`);
	const kind = fc.constantFrom<StepFailure['kind'][]>('retryable', 'permanent', 'timed-out', 'unknown-outcome');
	const body = fc.tuple(id, fc.boolean()).map(([n, asks]) => (asks ? asking(`r${n}`, `t${n}`, 'q1') : reply(`r${n}`)));
	const command: fc.Arbitrary<ConversationCommand> = fc.oneof(
		id.map((n) => ({ type: 'ReceiveMessage', at: 0, message: message(`m${n}`) }) as const),
		id.map((n) => {
			const to = { kind: 'task', taskId: asTaskId(`t${n}`) } as const;
			return { type: 'RouteMessage', at: 0, messageId: asMessageId(`m${n}`), to } as const;
		}),
		body.map((one) => ({ type: 'RecordReply', at: 0, reply: one }) as const),
		id.map((n) => ({ type: 'AttemptDelivery', at: 0, replyId: asReplyId(`r${n}`) }) as const),
		id.map((n) => ({ type: 'RecordReceipt', at: 0, replyId: asReplyId(`r${n}`), receipt }) as const),
		fc.tuple(id, kind).map(([n, how]) => {
			const failed = { ...failure, kind: how };
			return { type: 'FailDelivery', at: 0, replyId: asReplyId(`r${n}`), failure: failed, jitter: 0.5 } as const;
		}),
		id.map(
			(n) => ({ type: 'CloseQuestion', at: 0, taskId: asTaskId(`t${n}`), questionId: asQuestionId('q1') }) as const,
		),
	);

	function run(commands: readonly ConversationCommand[]) {
		const facts: RecordedConversationFact[] = [];
		let state: ConversationState;
		for (const one of commands) {
			const decision = decideConversation(state, one);
			for (const fact of decision.ok ? decision.facts : []) {
				facts.push({ ...fact, seq: facts.length + 1, at: 0 } as RecordedConversationFact);
				state =
					facts.at(-1) === undefined ? state : evolveConversation(state, facts.at(-1) as RecordedConversationFact);
			}
		}
		return { facts, state };
	}

	test('leaves every reply sent, dropped, given up or still owed, and every message routed or still owed', () => {
		fc.assert(
			fc.property(fc.array(command, { maxLength: 80 }), (commands) => {
				const { facts, state } = run(commands);
				const idsOf = (...types: string[]) =>
					facts.flatMap((fact) => (types.includes(fact.type) && 'replyId' in fact.data ? [fact.data.replyId] : []));
				const made = facts.flatMap((fact) => (fact.type === 'ReplyRecorded' ? [fact.data.reply.id] : []));
				const lost = facts.flatMap((fact) =>
					fact.type === 'ReplyFailed' && fact.data.retryAt === undefined ? [fact.data.replyId] : [],
				);
				const owed = (state?.unsent ?? []).map(({ reply: { id: replyId } }) => replyId);
				const ended = new Set([...idsOf('ReplySent', 'ReplyDropped'), ...lost]);
				expect([...ended, ...owed].sort()).toEqual([...made].sort());
				expect(owed).toEqual(made.filter((replyId) => owed.includes(replyId)));
				expect(state?.counts.replies ?? 0).toBe(made.length);
				const inbound = facts.filter((fact) => fact.type === 'MessageReceived').length;
				const routed = facts.filter((fact) => fact.type === 'MessageRouted').length;
				expect(inbound - routed).toBe(state?.unrouted.length ?? 0);
			}),
		);
	});

	test('comes to rest, in order, when its work is done', () => {
		fc.assert(
			fc.property(fc.array(command, { maxLength: 60 }), fc.infiniteStream(fc.nat(9)), (commands, luck) => {
				let { state } = run(commands);
				const order: number[] = [];
				let now = 0;
				let seq = state?.seq ?? 0;
				for (let round = 0; round < 2_000; round++) {
					const [work] = pendingConversationWork(state, now);
					if (work === undefined) break;
					const decision = decideConversation(state, outcome(work, luck.next().value ?? 0, now));
					if (work.kind === 'wait') now = work.until;
					if (work.kind === 'deliver') order.push(work.seq);
					for (const fact of work.kind === 'wait' || !decision.ok ? [] : decision.facts) {
						seq += 1;
						state = evolveConversation(state, { ...fact, seq, at: now } as RecordedConversationFact);
					}
				}
				expect(pendingConversationWork(state, now)).toEqual([]);
				const begun = [...new Set(order)];
				expect(begun).toEqual([...begun].sort((a, b) => a - b));
			}),
		);
	});

	function outcome(
		work: ReturnType<typeof pendingConversationWork>[number],
		luck: number,
		at: number,
	): ConversationCommand {
		if (work.kind === 'route') {
			return { type: 'RouteMessage', at, messageId: work.message.messageId, to: { kind: 'nothing' } };
		}
		if (work.kind === 'forward') return { type: 'RecordForward', at, replyId: work.lost.reply.id };
		if (work.kind === 'revise') return { type: 'RecordRevision', at, replyId: work.revision.reply.id };
		if (work.kind === 'expire') return { type: 'ExpireReply', at, replyId: work.reply.id };
		const replyId = work.kind === 'deliver' ? work.reply.id : asReplyId('none');
		if (luck < 4) return { type: 'FailDelivery', at, replyId, failure, jitter: luck / 10 };
		return { type: 'RecordReceipt', at, replyId, receipt };
	}

	test('folds from any prefix and any order without throwing, and stays bounded', () => {
		fc.assert(
			fc.property(fc.array(command, { maxLength: 60 }), fc.nat(), fc.boolean(), (commands, cut, backwards) => {
				const { facts } = run(commands);
				const some = backwards ? facts.toReversed() : facts.slice(cut % (facts.length + 1));
				let state: ConversationState;
				for (const fact of some) state = evolveConversation(state, fact);
				expect(state?.tasks.length ?? 0).toBeLessThanOrEqual(CONVERSATION_LIMITS.recentTasks);
				expect(state?.closedQuestions.length ?? 0).toBeLessThanOrEqual(CONVERSATION_LIMITS.closedQuestions);
			}),
		);
	});

	test('shows the rest when a later release wrote a fact', () => {
		const later = { type: 'MoonRose', v: 1, data: {}, seq: 2, at: 7 } as unknown as RecordedConversationFact;
		const before = fold([received('m1')]);
		expect(evolveConversation(before, later)).toEqual({ ...before, seq: 2, at: 7 });
	});

	test('of a long, busy conversation folds into a small state', () => {
		const facts = Array.from({ length: 3_000 }, (_, n) => [
			received(`m${n}`),
			toTask(`m${n}`, `t${n}`),
			recorded(asking(`r${n}`, `t${n}`, 'q1')),
			sent(`r${n}`),
			conversationFact('QuestionClosed', { taskId: asTaskId(`t${n}`), questionId: asQuestionId('q1') }),
		]).flat();
		const state = fold(facts);
		expect(JSON.stringify(state).length).toBeLessThan(10_000);
		expect(state?.counts).toEqual({ messages: 3_000, tasks: 3_000, replies: 3_000, sent: 3_000, givenUp: 0 });
	});
});
