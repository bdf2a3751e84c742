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

	test('that became tasks give them numbers that never change', () => {
		const many = Array.from({ length: 25 }, (_, index) => [received(`m${index}`), toTask(`m${index}`, `t${index}`)]);
		const { state } = given(...many.flat());
		expect(state?.tasks).toHaveLength(CONVERSATION_LIMITS.recentTasks);
		expect(state?.tasks.at(-1)).toEqual({ number: 25, taskId: 't24' });
		expect(state?.tasks[0]).toEqual({ number: 6, taskId: 't5' });
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
			{ key: 'deliver:r1:0', kind: 'deliver', reply: reply('r1'), seq: 1, repeated: false },
		]);
		expect(given(...both, sent('r1')).owes(0)).toMatchObject([{ kind: 'deliver', reply: { id: 'r2' }, seq: 2 }]);
	});

	test('are marked as repeated when an attempt left no outcome', () => {
		const attempt = { type: 'AttemptDelivery', at: 0, replyId: asReplyId('r1') } as const;
		given(recorded(reply('r1')))
			.when(attempt)
			.then(attempted('r1'));
		given(recorded(reply('r1')), attempted('r1'))
			.when(attempt)
			.then();
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

	test('need a receipt only once', () => {
		const command = { type: 'RecordReceipt', at: 0, replyId: asReplyId('r1'), receipt } as const;
		given(recorded(reply('r1')))
			.when(command)
			.then(sent('r1'));
		given(recorded(reply('r1')), sent('r1'))
			.when(command)
			.then();
	});

	test('that fail wait 1, 10, then 100 seconds, spread by the jitter, and hold back those behind them', () => {
		const facts: ConversationFact[] = [recorded(reply('r1')), recorded(reply('r2'))];
		const waits: number[] = [];
		for (let attempt = 1; attempt < 8; attempt++) {
			const decision = decideConversation(fold(facts), failing(1_000, 0.5));
			const fact = decision.ok ? decision.facts[0] : undefined;
			if (fact?.type !== 'ReplyFailed' || fact.data.retryAt === undefined) throw new Error('expected another attempt');
			expect(fact.data.attempt).toBe(attempt);
			waits.push(fact.data.retryAt - 1_000);
			facts.push(fact);
			expect(given(...facts).owes(fact.data.retryAt - 1)).toMatchObject([{ kind: 'wait', until: fact.data.retryAt }]);
			expect(given(...facts).owes(fact.data.retryAt)).toMatchObject([{ kind: 'deliver', reply: { id: 'r1' } }]);
		}
		expect(waits).toEqual([1_000, 10_000, 100_000, 100_000, 100_000, 100_000, 100_000]);
		const last = decideConversation(fold(facts), failing(1_000, 0.5));
		const givenUp = last.ok ? last.facts : [];
		expect(givenUp).toEqual([conversationFact('ReplyFailed', { replyId: asReplyId('r1'), attempt: 8, failure })]);
		const after = given(...facts, ...givenUp);
		expect(after.state?.givenUp).toMatchObject([{ replyId: 'r1', seq: 1, failure }]);
		expect(after.owes(0)).toMatchObject([{ kind: 'deliver', reply: { id: 'r2' } }]);
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

describe('questions', () => {
	const close = { type: 'CloseQuestion', at: 0, taskId: asTaskId('t1'), questionId: asQuestionId('q1') } as const;
	const closed = conversationFact('QuestionClosed', { taskId: asTaskId('t1'), questionId: asQuestionId('q1') });

	test('open with the reply that asks and close once', () => {
		expect(given(recorded(asking('r1', 't1', 'q1'))).state?.openQuestions).toMatchObject([
			{ replyId: 'r1', taskId: 't1' },
		]);
		given(recorded(asking('r1', 't1', 'q1')))
			.when(close)
			.then(closed);
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

	test('leaves every reply sent, given up or still owed, and every message routed or still owed', () => {
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
				expect([...idsOf('ReplySent'), ...lost, ...owed].sort()).toEqual([...made].sort());
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
				expect(order).toEqual([...order].sort((a, b) => a - b));
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
