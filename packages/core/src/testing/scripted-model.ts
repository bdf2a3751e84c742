import type { ILanguageModel, ModelReply, ModelRequest, ReplyOptions } from '../ports/language-model.ts';

/** ScriptedReply is what a scripted model does with a request: pieces of text as they come, tool calls, or an error. */
export interface ScriptedReply {
	readonly pieces?: readonly string[];
	readonly toolCalls?: ModelReply['toolCalls'];
	readonly finish?: ModelReply['finish'];
	readonly tokens?: number;
	readonly error?: Error;
	/** Does not answer before the request is aborted. */
	readonly hangs?: boolean;
}

/** ScriptedModel is a small working language model for tests: a function from requests to replies, with every request kept. */
export class ScriptedModel implements ILanguageModel {
	readonly name = 'scripted';
	readonly contextTokens: number;
	readonly requests: ModelRequest[] = [];
	readonly #script: (request: ModelRequest, count: number) => ScriptedReply;

	constructor(script: (request: ModelRequest, count: number) => ScriptedReply, contextTokens = 32_000) {
		this.#script = script;
		this.contextTokens = contextTokens;
	}

	async reply(request: ModelRequest, { signal, onText }: ReplyOptions): Promise<ModelReply> {
		this.requests.push(request);
		const {
			pieces = [],
			toolCalls = [],
			tokens = 10,
			finish,
			error,
			hangs,
		} = this.#script(request, this.requests.length);
		if (hangs) await new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
		signal.throwIfAborted();
		for (const piece of pieces) onText?.(piece);
		if (error !== undefined) throw error;
		return {
			text: pieces.join(''),
			toolCalls,
			finish: finish ?? (toolCalls.length > 0 ? 'tools' : 'stop'),
			usage: { tokens, microUsd: tokens * 2 },
			model: this.name,
		};
	}

	async embed(texts: readonly string[]): ReturnType<ILanguageModel['embed']> {
		return { vectors: texts.map((text) => [text.length]), usage: { tokens: texts.length, microUsd: 0 } };
	}
}
