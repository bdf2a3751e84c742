import { smallTalk } from '@errand/core/planning/rules/small-talk.ts';

/** StormMessage is something that somebody says in a storm, and by which words its answer is known. */
export interface StormMessage {
	readonly text: string;
	/** Stands in the answer as people see it, on every platform. */
	readonly answer: string;
	/** What is asked of a command is answered where it is read; anything else becomes a task. */
	readonly kind: 'command' | 'talk' | 'errand';
}

const TALK = ['Hello!', 'Thanks!', 'How are you?', 'Hey', 'Thank you', 'Hi there', 'What can you do?'];

/** commandMessage asks for a task that nobody has, so that the answer names the number again. */
export function commandMessage(number: number): StormMessage {
	return { text: `/status ${number}`, answer: `no task ${number} of yours`, kind: 'command' };
}

/** talkMessage is small talk, which is answered without a plan. */
export function talkMessage(turn: number): StormMessage {
	const text = TALK[turn % TALK.length] ?? 'Hello!';
	// The first words; the examples after them are written differently on each platform.
	const answer = (smallTalk(text) ?? '').split(/[.!?:\n]/)[0] ?? '';
	return { text, answer, kind: 'talk' };
}

/** errandMessage is a task with a plan: a page is read and summed up. */
export function errandMessage(origin: string): StormMessage {
	return { text: `Summarise ${origin}/lamp`, answer: 'lighthouse', kind: 'errand' };
}

/** The page that `errandMessage` names. */
export const LAMP_PAGE = {
	type: 'text/html',
	body: `<html><head><title>The lamp</title></head><body><article><h1>The lamp of the lighthouse</h1>
<p>The lamp of the lighthouse was lit for the first time in 1874 and burned colza oil for thirty years.</p>
<p>Since 1904 the lighthouse has had an electric lamp, which is seen from a distance of 28 kilometres.</p>
<p>The keeper of the lighthouse lived in the house beside it until 1971, when the lamp became automatic.</p></article></body></html>`,
};
