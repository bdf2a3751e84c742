import type { ReplyId, TaskId } from '../ids.ts';
import type { Json } from '../json.ts';
import { readMemorySentence } from '../memory/memory-words.ts';
import { shortened } from '../shortened.ts';
import type { Question } from '../task/question.ts';
import { type ChatCommand, type ChatCommandName, commandsLike, readChatCommand } from './chat-command.ts';
import type { Message, QuestionKey } from './facts.ts';
import { isBareAnswer, looksLikeGoal, questionHelp, readAnswer } from './read-answer.ts';
import { type Conversation, type ConversationState, nextQuestions, type OpenQuestion } from './state.ts';
import { steeringOf } from './steering.ts';

/** RoutedCommand is a chat command that is not simply a message to the core. */
export type RoutedCommand = Exclude<ChatCommandName, 'new' | 'answer'>;

/** Route is where a message goes. `unclear` is said back to the person; the message itself goes nowhere. */
export type Route =
	| { readonly kind: 'task'; readonly goal: string }
	/** It adds to the running task. */
	| { readonly kind: 'change'; readonly taskId: TaskId; readonly words: string }
	/** It may be meant for the running task or be a new one: ask. */
	| { readonly kind: 'ask-which'; readonly taskId: TaskId }
	/** It says what the held message was meant for. */
	| { readonly kind: 'release'; readonly as: 'change' | 'task' }
	| ({ readonly kind: 'answer'; readonly answer: Json } & QuestionKey)
	/** It answers a question, and none is open here: perhaps one that was asked elsewhere. */
	| { readonly kind: 'answer-elsewhere'; readonly text: string; readonly number?: number | undefined }
	| {
			readonly kind: 'command';
			readonly name: RoutedCommand;
			/** The task it names, as its person counts; without one the latest that fits. */
			readonly number?: number | undefined;
			readonly rest: string;
	  }
	| { readonly kind: 'unclear'; readonly text: string };

/** RunningTask is a task of this conversation that has not ended. */
export interface RunningTask {
	readonly taskId: TaskId;
	readonly goal: string;
}

/**
 * routeMessage says where a message goes, by rules a person can foresee, in this order: a slash command; a word about a held
 * message; a reply to a question answers it; with an open question, what fits it answers it (any words fit a text question)
 * and a few words that do not fit are asked again; with a running task, stop words, status words and changes steer it;
 * anything else is a new task. `running` are this conversation's open tasks, oldest first.
 */
export function routeMessage(state: ConversationState, message: Message, running: readonly RunningTask[] = []): Route {
	const command = readChatCommand(message.text);
	if (command !== undefined) return routeCommand(state, message, command);
	if (message.text.trim() === '' && message.attachments.length === 0 && message.secret === undefined) {
		return { kind: 'unclear', text: 'That message was empty. Write what you want done, or `/help`.' };
	}
	const held = readHeld(state, message);
	if (held !== undefined) return { kind: 'release', as: held };
	const open = openTo(state, message);
	if (message.replyTo !== undefined) return routeReply(open, state, message, message.replyTo, running);
	if (open.length > 0) return routeByQuestions(open, message);
	if (message.secret !== undefined) {
		return {
			kind: 'unclear',
			text: 'That question has been answered already. Your words were kept out of the history.',
		};
	}
	const memory = message.attachments.length > 0 ? undefined : memoryRoute(message.text);
	if (memory !== undefined) return memory;
	const stops = running.length > 0 && steeringOf(message.text) === 'stop';
	if (isBareAnswer(message.text) && !stops) return { kind: 'answer-elsewhere', text: message.text };
	return steer(message, running) ?? newTask(message);
}

/** Plain sentences that mean a command about what is remembered. */
function memoryRoute(text: string): Route | undefined {
	const said = readMemorySentence(text);
	switch (said?.kind) {
		case 'remember':
			return { kind: 'command', name: 'remember', rest: said.text };
		case 'forget':
			return { kind: 'command', name: 'forget', rest: said.about };
		case 'show':
			return { kind: 'command', name: 'memory', rest: '' };
		case undefined:
			return undefined;
	}
}

/** heldQuestion asks what a message was meant for that arrived while a task is running. */
export function heldQuestion(goal: string, id: Question['id']): Question {
	const task = shortened(goal, 80);
	return {
		id,
		kind: 'choice',
		purpose: 'goal',
		text: `Does that change the running task “${task.replaceAll('\n', ' ')}”, or is it a new one?`,
		choices: ['Change the running task', 'New task'],
	};
}

function readHeld(state: ConversationState, message: Message): 'change' | 'task' | undefined {
	const { held } = state ?? {};
	if (held === undefined || held.message.person !== message.person || message.attachments.length > 0) return undefined;
	const answer = readAnswer(held.question, message);
	if (answer === undefined) return undefined;
	return answer === held.question.choices?.[0] ? 'change' : 'task';
}

/** Only whom a question was asked may answer it. */
function openTo(state: ConversationState, { person }: Message): readonly OpenQuestion[] {
	return (state?.openQuestions ?? []).filter(({ to }) => to === undefined || to === person);
}

function routeCommand(state: ConversationState, message: Message, command: ChatCommand): Route {
	const { name, word, number, rest } = command;
	switch (name) {
		case undefined:
			return { kind: 'unclear', text: noCommand(word) };
		case 'new': {
			const goal = [number, rest].filter((part) => part !== undefined && part !== '').join(' ');
			if (goal !== '' || message.attachments.length > 0) return { kind: 'task', goal };
			return { kind: 'unclear', text: 'Write the goal after the command: `/new summarise https://…`' };
		}
		case 'answer':
			return routeAnswer(openTo(state, message), message, command);
		default:
			return { kind: 'command', name, rest, ...(number === undefined ? {} : { number }) };
	}
}

function noCommand(word: string): string {
	const like = commandsLike(word);
	const meant = like === '' ? '' : ` Did you mean one of these?\n\n${like}\n\n`;
	return `There is no command \`/${word}\`.${meant === '' ? ' ' : meant}\`/help\` lists all there are.`;
}

function routeReply(
	open: readonly OpenQuestion[],
	state: ConversationState,
	message: Message,
	replyTo: ReplyId,
	running: readonly RunningTask[],
): Route {
	const asked = open.find(({ replyId }) => replyId === replyTo);
	if (asked !== undefined) return answerTo(asked, message) ?? { kind: 'unclear', text: questionHelp(asked.question) };
	if (state?.closedQuestions.includes(replyTo)) {
		return { kind: 'unclear', text: 'That question has been answered already. Nothing was changed.' };
	}
	const about = taskOfProgress(state, replyTo);
	const task = running.find(({ taskId }) => taskId === about);
	// A button of long ago, or one that was made up, is no request.
	const isKnown = about !== undefined || state?.held?.replyId === replyTo;
	if (!isKnown && isBareAnswer(message.text))
		return { kind: 'unclear', text: 'That question is not open here any more.' };
	if (task === undefined) return newTask(message);
	// Words in reply to a running task's own message are meant for it.
	const said = steer(message, [task]);
	if (said?.kind === 'command') return said;
	return { kind: 'change', taskId: task.taskId, words: message.text.trim() };
}

function taskOfProgress(state: Conversation | undefined, replyId: ReplyId): TaskId | undefined {
	return state?.progress.find(({ reply }) => reply.id === replyId)?.reply.taskId;
}

function routeAnswer(open: readonly OpenQuestion[], message: Message, { number, rest }: ChatCommand): Route {
	if (open.length === 0) {
		return { kind: 'answer-elsewhere', text: rest, ...(number === undefined ? {} : { number }) };
	}
	const firsts = nextQuestions(open);
	const first = firsts.length === 1 ? firsts[0] : undefined;
	// `/answer 2` to the only question is its second choice.
	const bare = rest === '' && message.attachments.length === 0 && message.secret === undefined;
	if (first !== undefined && (number === undefined || (bare && open.length === 1))) {
		const text = bare ? String(number ?? '') : rest;
		return answerTo(first, { ...message, text }) ?? { kind: 'unclear', text: questionHelp(first.question) };
	}
	const asked = number === undefined ? undefined : open[number - 1];
	if (asked === undefined) return whichQuestion(open);
	return answerTo(asked, { ...message, text: rest }) ?? { kind: 'unclear', text: questionHelp(asked.question) };
}

function routeByQuestions(open: readonly OpenQuestion[], message: Message): Route {
	const firsts = nextQuestions(open);
	const [first, ...others] = firsts;
	if (first === undefined) return newTask(message);
	if (others.length === 0) {
		const answered = answerTo(first, message);
		if (answered !== undefined) return answered;
		return looksLikeGoal(message) ? newTask(message) : { kind: 'unclear', text: questionHelp(first.question) };
	}
	if (message.secret === undefined && looksLikeGoal(message)) return newTask(message);
	const fitting = firsts.filter((asked) => readAnswer(asked.question, message) !== undefined);
	const [only, ...more] = fitting;
	if (message.secret !== undefined || more.length > 0) return whichQuestion(open);
	return (only === undefined ? undefined : answerTo(only, message)) ?? newTask(message);
}

function answerTo({ question, taskId }: OpenQuestion, message: Message): Route | undefined {
	const answer = readAnswer(question, message);
	return answer === undefined ? undefined : { kind: 'answer', taskId, questionId: question.id, answer };
}

function whichQuestion(open: readonly OpenQuestion[]): Route {
	const list = open.map(({ question }, index) => `${index + 1}. ${question.text}`).join('\n');
	return { kind: 'unclear', text: `Several questions are open:\n\n${list}\n\nAnswer one with \`/answer 1 …\`.` };
}

function steer(message: Message, running: readonly RunningTask[]): Route | undefined {
	const latest = running.at(-1);
	if (latest === undefined) return undefined;
	const steering = steeringOf(message.text);
	switch (steering) {
		case 'stop':
		case 'status':
			return { kind: 'command', name: steering === 'stop' ? 'cancel' : 'status', rest: '' };
		case 'change':
		case 'unclear':
			// With several tasks running nobody can know which one is meant.
			if (steering === 'change' && running.length === 1) {
				return { kind: 'change', taskId: latest.taskId, words: message.text.trim() };
			}
			return message.attachments.length > 0 ? undefined : { kind: 'ask-which', taskId: latest.taskId };
		case 'new':
			return undefined;
	}
}

function newTask(message: Message): Route {
	return { kind: 'task', goal: message.text.trim() };
}
