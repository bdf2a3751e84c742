import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asArtifactId, asMessageId, asPersonId, asQuestionId, asReplyId, asTaskId } from '../ids.ts';
import type { Question } from '../task/question.ts';
import { evolveConversation } from './evolve-conversation.ts';
import { conversationFact, type Message, type RecordedConversationFact } from './facts.ts';
import { heldQuestion, routeMessage } from './route-message.ts';
import { secretIn } from './secret-words.ts';
import type { ConversationState } from './state.ts';

function message(text: string, rest: Partial<Message> = {}): Message {
	const messageId = asMessageId('m');
	const person = asPersonId('p');
	return { messageId, frontend: 'web', platformMessageId: 'm', identity: 'i', person, text, attachments: [], ...rest };
}

const text = (id = 'q1') => ({ id: asQuestionId(id), kind: 'text', purpose: 'goal', text: 'Which ones?' }) as const;
const choice = (...choices: string[]): Question => ({ ...text(), kind: 'choice', text: 'Which colour?', choices });
const approval: Question = { ...text(), kind: 'approval', text: 'Send it?' };
const secret: Question = { ...text(), kind: 'secret', text: 'The password?' };

/** A conversation with two tasks, in which these questions are open: reply `r<n>` of task `t<n>` asks the n-th. */
function asked(...questions: (Question | { question: Question; task: string })[]): ConversationState {
	let state: ConversationState;
	let seq = 0;
	const add = (fact: Omit<RecordedConversationFact, 'seq' | 'at'>) => {
		seq += 1;
		state = evolveConversation(state, { ...fact, seq, at: seq } as RecordedConversationFact);
	};
	for (const n of [1, 2]) {
		const to = { kind: 'task', taskId: asTaskId(`t${n}`) } as const;
		add(conversationFact('MessageReceived', message('goal', { messageId: asMessageId(`m${n}`) })));
		add(conversationFact('MessageRouted', { messageId: asMessageId(`m${n}`), to }));
	}
	questions.forEach((one, index) => {
		const { question, task } = 'question' in one ? one : { question: one, task: `t${index + 1}` };
		const reply = { id: asReplyId(`r${index + 1}`), kind: 'question', text: question.text, question } as const;
		add(conversationFact('ReplyRecorded', { reply: { ...reply, taskId: asTaskId(task) } }));
	});
	return state;
}

const answer = (value: unknown, taskId = 't1', questionId = 'q1') => ({
	kind: 'answer',
	taskId,
	questionId,
	answer: value,
});
const unclear = (part: string) => ({ kind: 'unclear', text: expect.stringContaining(part) });

describe('a plain message', () => {
	test('is a new task when no question is open', () => {
		expect(routeMessage(undefined, message('  Summarise https://a.example  '))).toEqual({
			kind: 'task',
			goal: 'Summarise https://a.example',
		});
		expect(routeMessage(asked(), message('yes please do that'))).toMatchObject({ kind: 'task' });
	});

	test('without words is a task when files came along, and unclear otherwise', () => {
		const attachments = [{ kind: 'url', url: 'https://a.example' }] as const;
		expect(routeMessage(undefined, message(' ', { attachments }))).toEqual({ kind: 'task', goal: '' });
		expect(routeMessage(undefined, message(' \n'))).toEqual(unclear('empty'));
	});

	test('answers the one open text question, whatever it says', () => {
		expect(routeMessage(asked(text()), message(' Compare https://a.example and https://b.example '))).toEqual(
			answer('Compare https://a.example and https://b.example'),
		);
	});

	test('brings its attachments along as lines of the answer', () => {
		const file = {
			kind: 'file',
			id: asArtifactId('a1'),
			name: 'my policy.pdf',
			type: 'application/pdf',
			bytes: 9,
		} as const;
		const attachments = [file, { kind: 'url', url: 'https://b.example/x' }] as const;
		expect(routeMessage(asked(text()), message('these', { attachments }))).toEqual(
			answer('these\nartifact:a1 application/pdf my policy.pdf\nhttps://b.example/x'),
		);
	});

	test('names a choice by its words, number or letter', () => {
		const state = asked(choice('Red', 'Dark blue', '10'));
		const choices: Record<string, string> = {
			'dark BLUE.': 'Dark blue',
			'2': 'Dark blue',
			'b)': 'Dark blue',
			'(1)': 'Red',
		};
		for (const [said, meant] of Object.entries(choices))
			expect(routeMessage(state, message(said))).toEqual(answer(meant));
		expect(routeMessage(state, message('option 3'))).toEqual(answer('10'));
		expect(routeMessage(state, message('10'))).toEqual(answer('10'));
	});

	test('that fits no choice is told the choices again; a whole sentence or an address is a new task', () => {
		const state = asked(choice('Red', 'Blue'));
		expect(routeMessage(state, message('green'))).toEqual(unclear('1. Red\n2. Blue'));
		expect(routeMessage(state, message('7'))).toEqual(unclear('Which colour?'));
		expect(routeMessage(state, message('read https://a.example'))).toMatchObject({ kind: 'task' });
		expect(routeMessage(state, message('what does the law say about colours in parks'))).toMatchObject({
			kind: 'task',
		});
	});

	test('approves or refuses in many words', () => {
		for (const said of ['yes', 'OK!', 'Go ahead.', '👍', 'ja', 'sí']) {
			expect(routeMessage(asked(approval), message(said))).toEqual(answer('approve'));
		}
		for (const said of ['no', 'Nope', 'don’t', 'stop', '👎', 'nein']) {
			expect(routeMessage(asked(approval), message(said))).toEqual(answer('refuse'));
		}
		expect(routeMessage(asked(approval), message('maybe'))).toEqual(unclear('**yes** or **no**'));
	});

	test('answers what one task asks together in the order it was asked', () => {
		const state = asked({ question: text('q1'), task: 't1' }, { question: text('q2'), task: 't1' });
		expect(routeMessage(state, message('500 euros'))).toEqual(answer('500 euros', 't1', 'q1'));
	});

	test('goes to the only question it fits when several tasks ask, and is asked about when it fits more', () => {
		expect(routeMessage(asked(choice('Red', 'Blue'), approval), message('no'))).toEqual(answer('refuse', 't2'));
		expect(routeMessage(asked(text(), approval), message('no'))).toEqual(unclear('1. Which ones?\n2. Send it?'));
		expect(routeMessage(asked(choice('Red'), approval), message('hello'))).toEqual({ kind: 'task', goal: 'hello' });
		expect(routeMessage(asked(text(), text()), message('read https://a.example'))).toMatchObject({ kind: 'task' });
	});
});

describe('a reply to a message', () => {
	const to = (id: string) => ({ replyTo: asReplyId(id) });

	test('answers the question it replies to, however many are open', () => {
		expect(routeMessage(asked(text(), approval), message('no', to('r2')))).toEqual(answer('refuse', 't2'));
		expect(routeMessage(asked(text(), approval), message('hm', to('r2')))).toEqual(unclear('Send it?'));
	});

	test('to a question answered before changes nothing', () => {
		const open = asked(text());
		const closed = conversationFact('QuestionClosed', { taskId: asTaskId('t1'), questionId: asQuestionId('q1') });
		const state = evolveConversation(open, { ...closed, seq: 99, at: 99 });
		expect(routeMessage(state, message('blue', to('r1')))).toEqual(unclear('answered already'));
	});

	test('to a question that is not known here is no request, if it only answers', () => {
		for (const words of ['yes', 'no', '2'])
			expect(routeMessage(asked(text()), message(words, to('r9')))).toEqual(unclear('not open here'));
	});

	test('to anything else is a new task', () => {
		expect(routeMessage(asked(text()), message('and in French?', to('r9')))).toEqual({
			kind: 'task',
			goal: 'and in French?',
		});
	});
});

describe('a message during a running task', () => {
	const one = [{ taskId: asTaskId('t2'), goal: 'Compare the policies' }];
	const two = [{ taskId: asTaskId('t1'), goal: 'Read it' }, ...one];

	test.each(['stop', 'Stop it!', 'please cancel that', 'never mind', 'Forget it.'])('%s stops it', (words) => {
		expect(routeMessage(asked(), message(words), one)).toEqual({ kind: 'command', name: 'cancel', rest: '' });
	});

	test.each(['status?', 'How is it going?', 'are you done yet', 'any news?'])('%s asks how it stands', (words) => {
		expect(routeMessage(asked(), message(words), one)).toEqual({ kind: 'command', name: 'status', rest: '' });
	});

	test.each(['also look at the price', 'Actually, leave out the third', 'in German please', 'make it shorter'])(
		'%s changes it',
		(words) => {
			expect(routeMessage(asked(), message(words), one)).toEqual({ kind: 'change', taskId: 't2', words });
			expect(routeMessage(asked(), message(words), two)).toEqual({ kind: 'ask-which', taskId: 't2' });
			expect(routeMessage(asked(), message(words))).toMatchObject({ kind: 'task' });
		},
	);

	test.each(['research the coming bills', 'what is the capital of France?', 'thanks', 'https://a.example'])(
		'%s is a task of its own',
		(words) => {
			expect(routeMessage(asked(), message(words), one)).toMatchObject({ kind: 'task' });
		},
	);

	test('that may be either is asked about', () => {
		expect(routeMessage(asked(), message('cheap hotels'), one)).toEqual({ kind: 'ask-which', taskId: 't2' });
	});

	test('that only makes sense as an answer is one to a question asked elsewhere', () => {
		for (const words of ['yes', '2', 'no.']) {
			expect(routeMessage(asked(), message(words), one)).toEqual({ kind: 'answer-elsewhere', text: words });
		}
	});
});

describe('words about a held message', () => {
	const question = heldQuestion('Compare the policies', asQuestionId('which-m3'));
	const to = { kind: 'held', taskId: asTaskId('t2'), question, replyId: asReplyId('m3.which') } as const;
	const held = [
		conversationFact('MessageReceived', message('cheap hotels', { messageId: asMessageId('m3') })),
		conversationFact('MessageRouted', { messageId: asMessageId('m3'), to }),
	].reduce<ConversationState>(
		(state, fact, index) => evolveConversation(state, { ...fact, seq: 10 + index, at: 10 } as RecordedConversationFact),
		asked(),
	);

	test('say what it was meant for, by words or number', () => {
		expect(routeMessage(held, message('1'))).toEqual({ kind: 'release', as: 'change' });
		expect(routeMessage(held, message('new task'))).toEqual({ kind: 'release', as: 'task' });
		expect(routeMessage(held, message('hello'))).toMatchObject({ kind: 'task' });
		expect(routeMessage(held, message('/tasks'))).toMatchObject({ kind: 'command' });
	});
});

describe('a question that was asked of somebody else', () => {
	test('is not answered', () => {
		const state = asked();
		const reply = {
			id: asReplyId('r1'),
			kind: 'question',
			text: 'Sure?',
			question: approval,
			taskId: asTaskId('t1'),
		} as const;
		const fact = conversationFact('ReplyRecorded', { reply: { ...reply, to: asPersonId('other') } });
		const asking = evolveConversation(state, { ...fact, seq: 9, at: 9 });
		expect(routeMessage(asking, message('yes'))).toMatchObject({ kind: 'answer-elsewhere' });
		expect(routeMessage(asking, message('yes', { person: asPersonId('other') }))).toMatchObject({ kind: 'answer' });
	});
});

describe('a command', () => {
	test('may name a task by its number', () => {
		expect(routeMessage(asked(), message('/cancel'))).toEqual({ kind: 'command', name: 'cancel', rest: '' });
		expect(routeMessage(asked(), message('/status@errand_bot #1'))).toMatchObject({ name: 'status', number: 1 });
		expect(routeMessage(asked(), message('/RETRY 1 please'))).toMatchObject({ name: 'retry', number: 1 });
		expect(routeMessage(undefined, message('/notify questions telegram'))).toMatchObject({
			rest: 'questions telegram',
		});
	});

	test('works while a question is open', () => {
		expect(routeMessage(asked(text()), message('/tasks'))).toMatchObject({ kind: 'command', name: 'tasks' });
		expect(routeMessage(asked(text()), message('/new what is new?'))).toEqual({ kind: 'task', goal: 'what is new?' });
		expect(routeMessage(asked(text()), message('/new 5 ideas'))).toEqual({ kind: 'task', goal: '5 ideas' });
		expect(routeMessage(undefined, message('/new'))).toEqual(unclear('Write the goal'));
	});

	test('that does not exist is answered with those that begin like it, and the way to all; a path is no command', () => {
		expect(routeMessage(undefined, message('/start'))).toMatchObject({ kind: 'command', name: 'help' });
		expect(routeMessage(undefined, message('/cancle 3'))).toEqual(unclear('`/cancel [n]`'));
		expect(routeMessage(undefined, message('/dance 3'))).toEqual({
			kind: 'unclear',
			text: 'There is no command `/dance`. `/help` lists all there are.',
		});
		expect(routeMessage(undefined, message('/constructor'))).toEqual(unclear('no command `/constructor`'));
		expect(routeMessage(undefined, message('/etc/hosts says what?'))).toMatchObject({ kind: 'task' });
	});

	test('answers an open question by its place', () => {
		const state = asked(text(), approval);
		expect(routeMessage(state, message('/answer 2 yes'))).toEqual(answer('approve', 't2'));
		expect(routeMessage(state, message('/answer yes'))).toEqual(unclear('/answer 1'));
		expect(routeMessage(state, message('/answer 3 yes'))).toEqual(unclear('Several questions'));
		expect(routeMessage(asked(choice('Red', 'Blue')), message('/answer 2'))).toEqual(answer('Blue'));
		expect(routeMessage(asked(choice('Red', 'Blue')), message('/answer'))).toEqual(unclear('Which colour?'));
		expect(routeMessage(asked(), message('/answer yes'))).toEqual({ kind: 'answer-elsewhere', text: 'yes' });
	});
});

describe('a secret', () => {
	test('is found before its words are stored, and answers by reference', () => {
		expect(secretIn(asked(secret), message(' hunter2 '))).toEqual({ words: 'hunter2', text: '' });
		expect(routeMessage(asked(secret), message('', { secret: 's1' }))).toEqual(answer({ secret: 's1' }));
	});

	test('is told apart from commands and from replies to other questions', () => {
		expect(secretIn(asked(secret), message('/cancel'))).toBeUndefined();
		expect(secretIn(asked(text(), secret), message('blue', { replyTo: asReplyId('r1') }))).toBeUndefined();
		expect(secretIn(asked(text(), secret), message('pw', { replyTo: asReplyId('r2') }))).toEqual({
			words: 'pw',
			text: '',
		});
		expect(secretIn(asked(text()), message('pw'))).toBeUndefined();
		expect(secretIn(undefined, message('pw'))).toBeUndefined();
	});

	test('can be given by place', () => {
		const state = asked(text(), secret);
		expect(secretIn(state, message('/answer 2 pw'))).toEqual({ words: 'pw', text: '/answer 2' });
		expect(secretIn(state, message('/answer 1 blue'))).toBeUndefined();
		expect(routeMessage(state, message('/answer 2', { secret: 's1' }))).toEqual(answer({ secret: 's1' }, 't2'));
	});

	test('counts as one in doubt, and nothing is done with it', () => {
		expect(secretIn(asked(text(), secret), message('blue'))).toEqual({ words: 'blue', text: '' });
		expect(routeMessage(asked(text(), secret), message('', { secret: 's1' }))).toEqual(unclear('Several questions'));
		expect(routeMessage(asked(), message('', { secret: 's1' }))).toEqual(unclear('kept out of the history'));
	});

	test('whose words were stored in clear never becomes the answer', () => {
		expect(routeMessage(asked(secret), message('hunter2'))).toEqual(unclear('The password?'));
	});
});

test('any text routes somewhere, in linear time', () => {
	const states = [undefined, asked(text()), asked(choice('Red', 'Blue')), asked(approval), asked(text(), approval)];
	fc.assert(
		fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...states), (words, state) => {
			expect(routeMessage(state, message(words)).kind).toMatch(/^(task|answer|answer-elsewhere|command|unclear)$/);
		}),
	);
	for (const unit of [' ', '.', '/a', '1)', 'a ', '\n', '(', '/answer 1 ']) {
		for (const state of states) routeMessage(state, message(unit.repeat(Math.ceil(1_000_000 / unit.length))));
	}
});
