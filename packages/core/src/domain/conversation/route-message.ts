import type { TaskId } from '../ids.ts';
import type { Json } from '../json.ts';
import { type ChatCommand, type ChatCommandName, commandHelp, readChatCommand } from './chat-command.ts';
import type { Message, QuestionKey } from './facts.ts';
import { questionHelp, readAnswer } from './read-answer.ts';
import { type ConversationState, nextQuestions, type OpenQuestion } from './state.ts';

/** Route is where a message goes. `unclear` is said back to the person; the message itself goes nowhere. */
export type Route =
	| { readonly kind: 'task'; readonly goal: string }
	| ({ readonly kind: 'answer'; readonly answer: Json } & QuestionKey)
	| {
			readonly kind: 'command';
			readonly name: Exclude<ChatCommandName, 'new' | 'answer'>;
			/** The task it names; without a number the latest one. */
			readonly taskId?: TaskId | undefined;
			/** False when no number was given, so that a caller may prefer the latest task that still runs. */
			readonly numbered: boolean;
	  }
	| { readonly kind: 'unclear'; readonly text: string };

/**
 * routeMessage says where a message goes, by rules a person can foresee, in this order: a slash command; a reply to a
 * question answers it; with an open question, what fits it answers it (any words fit a text question) and a few words that
 * do not fit are asked again; anything else is a new task.
 */
export function routeMessage(state: ConversationState, message: Message): Route {
	const command = readChatCommand(message.text);
	if (command !== undefined) return routeCommand(state, message, command);
	if (message.text.trim() === '' && message.attachments.length === 0 && message.secret === undefined) {
		return { kind: 'unclear', text: 'That message was empty. Write what you want done, or `/help`.' };
	}
	const open = state?.openQuestions ?? [];
	if (message.replyTo !== undefined) {
		const asked = open.find(({ replyId }) => replyId === message.replyTo);
		if (asked !== undefined) return answerTo(asked, message) ?? { kind: 'unclear', text: questionHelp(asked.question) };
		if (state?.closedQuestions.includes(message.replyTo)) {
			return { kind: 'unclear', text: 'That question has been answered already. Nothing was changed.' };
		}
		return newTask(message);
	}
	return routeByQuestions(open, message);
}

function routeCommand(state: ConversationState, message: Message, command: ChatCommand): Route {
	const { name, word, number, rest } = command;
	switch (name) {
		case undefined:
			return { kind: 'unclear', text: `There is no command \`/${word}\`. These exist:\n\n${commandHelp()}` };
		case 'new': {
			const goal = [number, rest].filter((part) => part !== undefined && part !== '').join(' ');
			if (goal !== '' || message.attachments.length > 0) return { kind: 'task', goal };
			return { kind: 'unclear', text: 'Write the goal after the command: `/new summarise https://…`' };
		}
		case 'answer':
			return routeAnswer(state?.openQuestions ?? [], message, command);
		case 'help':
		case 'tasks':
			return { kind: 'command', name, numbered: false };
		case 'status':
		case 'cancel':
		case 'retry': {
			const tasks = state?.tasks ?? [];
			if (number === undefined) return { kind: 'command', name, taskId: tasks.at(-1)?.taskId, numbered: false };
			const task = tasks.find((known) => known.number === number);
			if (task !== undefined) return { kind: 'command', name, taskId: task.taskId, numbered: true };
			return { kind: 'unclear', text: `There is no task ${number} here. \`/tasks\` lists the latest ones.` };
		}
	}
}

function routeAnswer(open: readonly OpenQuestion[], message: Message, { number, rest }: ChatCommand): Route {
	if (open.length === 0) return { kind: 'unclear', text: 'No question is open.' };
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
	if (first === undefined) {
		if (message.secret === undefined) return newTask(message);
		return {
			kind: 'unclear',
			text: 'That question has been answered already. Your words were kept out of the history.',
		};
	}
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

function newTask(message: Message): Route {
	return { kind: 'task', goal: message.text.trim() };
}

const MAX_ANSWER_WORDS = 6;

/** More than a slip in answering: an address, a file, or a whole sentence. */
function looksLikeGoal({ text, attachments }: Message): boolean {
	if (attachments.length > 0 || /https?:\/\//i.test(text)) return true;
	return text.slice(0, 500).trim().split(/\s+/).length > MAX_ANSWER_WORDS;
}
