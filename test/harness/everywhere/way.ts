import type { Seen } from '../../support/contract/platform-driver.ts';

/** Way is one way to give Errand a goal, and what its person sees there. */
export interface Way {
	readonly name: string;
	/** Resolves once the goal is on its way. */
	ask(goal: string): Promise<void>;
	/** Resolves once the answer is there. */
	answered(): Promise<Shown>;
}

/** ChatWay is one where a message stands while the task is at work. */
export interface ChatWay extends Way {
	/** Resolves once the person sees it. */
	atWork(): Promise<void>;
}

/** Shown is what a person has in front of them in the end. */
export interface Shown {
	/** Messages of the answer, as the platform shows them. */
	readonly answer: string;
	/** All of it, from the first word. */
	readonly transcript: string;
}

/** One line of a conversation as it is written down. */
export function spoken(who: 'you' | 'errand', text: string): string {
	const [first = '', ...more] = text.split('\n');
	return [`${who.padEnd(6)} │ ${first}`, ...more.map((line) => `       │ ${line}`)]
		.map((line) => line.trimEnd())
		.join('\n');
}

/** A message of Errand's with what hangs on it. */
export function seenMessage({ text, buttons, files, edits }: Seen): string {
	const below = [
		...(buttons.length === 0 ? [] : [buttons.map((label) => `[ ${label} ]`).join(' ')]),
		...files.map(({ name }) => `📎 ${name}`),
		...(edits === 0 ? [] : ['(edited)']),
	];
	return spoken('errand', [...(text === '' ? [] : [text]), ...below].join('\n'));
}
