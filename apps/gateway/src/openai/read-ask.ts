import { readChatCommand } from '@errand/core/domain/conversation/chat-command.ts';
import type { Turn } from '@errand/core/domain/task/submission.ts';
import { choreOf } from '@errand/core/planning/quick/chore.ts';
import type { InboundAttachment } from '@errand/core/ports/frontend.ts';
import { type Told, withoutFoundContext } from './found-context.ts';
import { type AskedHere, askedIn, withoutSecrets } from './question-marker.ts';
import { refersBack } from './refers-back.ts';
import type { Said } from './said.ts';

/** Goal is what a conversation asks for: a task, or with `answerOnly` an answer at once. */
export interface Goal {
	readonly goal: string;
	readonly attachments: readonly InboundAttachment[];
	readonly earlierGoals?: readonly string[] | undefined;
	readonly answerOnly?: readonly Turn[] | undefined;
	/** Where its words come from, when they are not all the person's own. */
	readonly origins?: readonly string[] | undefined;
}

/** Ask is what the last message of a conversation is: a goal, or `said` to a question, and what it is if it answers none. */
export interface Ask {
	readonly goal: Goal;
	readonly reply?: { readonly to: AskedHere; readonly said: Said } | undefined;
}

/**
 * readAsk reads a whole conversation, as clients send it each time. Its last user message is what is asked; what a program asks
 * by itself is only to be answered. System messages and earlier answers have no say in a task: answers may quote strangers.
 */
export function readAsk(conversation: readonly Said[], options: { readonly quick: boolean }): Ask | undefined {
	const place = conversation.findLastIndex(({ role }) => role === 'user');
	const said = conversation[place];
	if (said === undefined) return undefined;
	const before = conversation.slice(0, place);
	if (choreOf(said.text) !== undefined) {
		return { goal: { goal: withoutSecrets(said.text), attachments: [], answerOnly: systemTurns(before) } };
	}
	const asked = lastQuestion(before);
	const told = withoutFoundContext(said);
	const goal = options.quick ? quickGoal(before, said) : taskGoal(before, told);
	return asked === undefined || told.origins !== undefined ? { goal } : { goal, reply: { to: asked, said: told.said } };
}

const MAX_EARLIER = 10;
const MAX_EARLIER_CHARACTERS = 2_000;
const MAX_TURNS_CHARACTERS = 60_000;
const MAX_SYSTEM_CHARACTERS = 8_000;
const SECRET = '(kept secret)';

function lastQuestion(before: readonly Said[]): AskedHere | undefined {
	const last = before.findLast(({ role }) => role !== 'system');
	return last?.role === 'assistant' ? askedIn(last.text) : undefined;
}

function taskGoal(before: readonly Said[], { said, origins }: Told): Goal {
	const command = readChatCommand(said.text);
	const goal = command?.name === 'new' ? [command.number, command.rest].filter(Boolean).join(' ') : said.text;
	const answers = answersIn(before);
	const earlierGoals = before
		.filter((one) => one.role === 'user' && !answers.has(one) && one.text.trim() !== '')
		.slice(-MAX_EARLIER)
		// What cannot be told apart from a stranger's words is not read as the person's.
		.flatMap((one) => {
			const told = withoutFoundContext(one);
			return told.origins === undefined ? told.said.text.slice(0, MAX_EARLIER_CHARACTERS) : [];
		});
	const earlier = earlierGoals.length === 0 ? {} : { earlierGoals };
	const found = origins === undefined ? {} : { origins };
	return { goal, attachments: attachmentsFor(before, said), ...earlier, ...found };
}

/** What came with an earlier message, or the conversation as a file, comes along only where the words speak of it. */
function attachmentsFor(before: readonly Said[], said: Said): readonly InboundAttachment[] {
	if (said.attachments.length > 0 || /https?:\/\//i.test(said.text) || !refersBack(said.text)) return said.attachments;
	const files = before.findLast((one) => one.role === 'user' && one.attachments.length > 0)?.attachments ?? [];
	const transcript = transcriptOf(before);
	return transcript === undefined ? files : [...files, transcript];
}

function transcriptOf(before: readonly Said[]): InboundAttachment | undefined {
	const answers = answersIn(before);
	const lines = before
		.filter(({ role, text }) => role !== 'system' && text.trim() !== '')
		.map(
			(one) => `## ${one.role === 'user' ? 'Asked' : 'Answered'}\n\n${answers.get(one)?.secret ? SECRET : one.text}`,
		);
	if (!before.some(({ role }) => role === 'assistant')) return undefined;
	const text = lines.join('\n\n').slice(-MAX_TURNS_CHARACTERS);
	return { kind: 'bytes', name: 'conversation.md', type: 'text/markdown', content: Buffer.from(text) };
}

function quickGoal(before: readonly Said[], said: Said): Goal {
	const answers = answersIn(before);
	const turns: Turn[] = [];
	let room = MAX_TURNS_CHARACTERS;
	for (const one of before.toReversed()) {
		if (one.role === 'system' || one.text.trim() === '') continue;
		const text = answers.get(one)?.secret ? SECRET : one.text;
		room -= text.length;
		if (room < 0) break;
		turns.unshift({ role: one.role, text });
	}
	return { goal: said.text, attachments: said.attachments, answerOnly: [...systemTurns(before), ...turns] };
}

function systemTurns(before: readonly Said[]): Turn[] {
	const text = before.flatMap((one) => (one.role === 'system' ? [one.text] : [])).join('\n\n');
	return text.trim() === '' ? [] : [{ role: 'system', text: text.slice(0, MAX_SYSTEM_CHARACTERS) }];
}

/** The messages that answered a question of ours, and which. */
function answersIn(conversation: readonly Said[]): ReadonlyMap<Said, AskedHere> {
	const answers = new Map<Said, AskedHere>();
	let asked: AskedHere | undefined;
	for (const one of conversation) {
		if (one.role === 'assistant') asked = askedIn(one.text);
		else if (one.role === 'user') {
			if (asked !== undefined) answers.set(one, asked);
			asked = undefined;
		}
	}
	return answers;
}
