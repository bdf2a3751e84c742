import type { JsonObject } from '../../domain/json.ts';

/** Chore is something a chat program asks for by itself, about a conversation: nobody waits for more than a few words. */
export type Chore = 'title' | 'tags' | 'follow-ups' | 'queries' | 'autocompletion' | 'summary';

/**
 * choreOf recognises the prompts that Open WebUI (`### Task:` with the conversation between tags) and LibreChat send on
 * their own. A prompt must have the shape and the words; anything else is a goal.
 */
export function choreOf(prompt: string): Chore | undefined {
	const head = prompt.trimStart().slice(0, MAX_HEAD);
	if (/^### Task:\s/.test(head) && CONVERSATION.test(prompt)) {
		return OPEN_WEBUI.find(([words]) => words.test(head))?.[1];
	}
	return LIBRECHAT.some((words) => words.test(head)) ? 'title' : undefined;
}

/** answerChore does a chore without a language model, in the form its prompt asks for. */
export function answerChore(chore: Chore, prompt: string): string {
	const words = firstWords(prompt);
	if (chore === 'summary') return words;
	if (chore === 'title' && !/^### Task:/.test(prompt.trimStart())) return words;
	return JSON.stringify(EMPTY[chore](words));
}

/** The words that tell stand at the beginning; what a conversation quotes comes later. */
const MAX_HEAD = 400;
const MAX_TITLE = 50;
const CONVERSATION = /<(?:chat_history|text)>/;

const OPEN_WEBUI: readonly (readonly [RegExp, Chore])[] = [
	[/\b(?:word )?title\b[^\n]{0,80}\b(?:summari[sz]ing|chat|conversation)/i, 'title'],
	[/\b(?:broad )?tags\b[^\n]{0,80}\bcategori[sz]ing/i, 'tags'],
	[/\bfollow-?up (?:questions|prompts)/i, 'follow-ups'],
	[/\b(?:search|retrieval) quer(?:y|ies)|necessity of generating search/i, 'queries'],
	[/\bautocompletion system/i, 'autocompletion'],
	[/\bsummary of (?:the|this) (?:chat|conversation)/i, 'summary'],
];

const LIBRECHAT: readonly RegExp[] = [
	/^(?:Please generate|Provide) a concise, 5-word-or-less title for the conversation\b/,
	/^Analyze this conversation and provide:\s+1\. The detected language\b/,
];

const EMPTY: Readonly<Record<Exclude<Chore, 'summary'>, (words: string) => JsonObject>> = {
	title: (title) => ({ title }),
	tags: () => ({ tags: ['General'] }),
	'follow-ups': () => ({ follow_ups: [] }),
	queries: () => ({ queries: [] }),
	autocompletion: () => ({ text: '' }),
};

/** The beginning of what the person said first. */
function firstWords(prompt: string): string {
	const said =
		/(?:^|\n)[^\S\n]*(?:USER|User|Human): ?([^\n]{1,500})/.exec(prompt)?.[1]?.replace(/\s+/g, ' ').trim() ?? '';
	if (said === '') return 'Conversation';
	if (said.length <= MAX_TITLE) return said;
	return `${said.slice(0, MAX_TITLE).replace(/\s+\S*$/, '')}…`;
}
