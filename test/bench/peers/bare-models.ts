import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { ChatOpenAI } from '@langchain/openai';
import { streamText } from 'ai';

/** PeerModel is another library's way to ask a language model; `ask` resolves with the whole text, streamed. */
export interface PeerModel {
	readonly name: string;
	ask(question: string): Promise<string>;
}

/** openPeerModels opens what others use to ask an OpenAI-compatible server. */
export function openPeerModels(url: string): readonly PeerModel[] {
	const provider = createOpenAICompatible({ name: 'instant', baseURL: url, includeUsage: true });
	const langchain = new ChatOpenAI({
		model: 'instant',
		apiKey: 'none',
		configuration: { baseURL: url },
		streamUsage: true,
		maxTokens: 100,
	});
	return [
		{
			name: 'Vercel AI SDK',
			ask: async (prompt) => {
				let text = '';
				const { textStream } = streamText({ model: provider('instant'), prompt, maxOutputTokens: 100 });
				for await (const piece of textStream) text += piece;
				return text;
			},
		},
		{
			name: 'LangChain',
			ask: async (question) => {
				let text = '';
				for await (const { content } of await langchain.stream(question)) text += content;
				return text;
			},
		},
	];
}
