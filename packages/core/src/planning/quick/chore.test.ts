import { describe, expect, it } from 'vitest';
import { answerChore, choreOf } from './chore.ts';

const history =
	'<chat_history>\nUSER: Compare three phone contracts for a family of four, please\nASSISTANT: Here.\n</chat_history>';
const openWebUi = {
	title: `### Task:\nGenerate a concise, 3-5 word title with an emoji summarizing the chat history.\n### Output:\nJSON format: { "title": "your concise title here" }\n### Chat History:\n${history}`,
	tags: `### Task:\nGenerate 1-3 broad tags categorizing the main themes of the chat history, along with 1-3 more specific subtopic tags.\n### Chat History:\n${history}`,
	'follow-ups': `### Task:\nSuggest 3-5 relevant follow-up questions or prompts that the user might naturally ask next.\n### Chat History:\n${history}`,
	queries: `### Task:\nAnalyze the chat history to determine the necessity of generating search queries, in the given language.\n### Chat History:\n${history}`,
	autocompletion:
		'### Task:\nYou are an autocompletion system. Continue the text in `<text>` based on the type.\n<text>How do I</text>',
};
const libreChat = [
	'Provide a concise, 5-word-or-less title for the conversation, using title case conventions. Only return the title itself.\n\nConversation:\nUser: Where is Rome?\nAI: In Italy.',
	'Analyze this conversation and provide:\n1. The detected language of the conversation\n2. A concise title\n\nUser: Where is Rome?\nAI: In Italy.',
];

describe('chores of chat programs', () => {
	it.each(Object.entries(openWebUi))('recognises the %s prompt of Open WebUI', (chore, prompt) => {
		expect(choreOf(prompt)).toBe(chore);
		expect(typeof JSON.parse(answerChore(choreOf(prompt) ?? 'title', prompt))).toBe('object');
	});

	it.each(libreChat)('recognises a title prompt of LibreChat', (prompt) => {
		expect(choreOf(prompt)).toBe('title');
		expect(answerChore('title', prompt)).toBe('Where is Rome?');
	});

	it('gives what the person said first as the title, cut at a word', () => {
		expect(JSON.parse(answerChore('title', openWebUi.title))).toEqual({
			title: 'Compare three phone contracts for a family of…',
		});
	});

	it('takes what people ask for as goals', () => {
		for (const goal of [
			'Generate a concise title for the attached article',
			'### Task:\nCompare https://a.example and https://b.example',
			'Suggest five follow-up questions about this chat',
			'Please write a summary of the conversation I attached',
		]) {
			expect(choreOf(goal)).toBeUndefined();
		}
	});
});
