import type { Usage } from '../domain/task/facts.ts';
import type { ILanguageModel, ModelReply, ModelRequest, ReplyOptions } from '../ports/language-model.ts';

/** Scripted is what a ScriptedModel does with one request: it says words (in pieces), rejects, or replies in some other way. */
export type Scripted = string | readonly string[] | Error | ScriptedReply;

/** ScriptedReply is a reply that is not only words; what it leaves out is as usual. */
export interface ScriptedReply extends Partial<ModelReply> {
	/** The text as it comes. */
	readonly pieces?: readonly string[];
	/** Texts that were begun before, each given up and started over. */
	readonly falseStarts?: readonly string[];
	/** Does not answer before the request is aborted. */
	readonly hangs?: true;
}

/** Script is what a ScriptedModel does: each request in turn, the last over and over, or a function of the request and how many came before it. */
export type Script<Item = Scripted> = readonly Item[] | ((request: ModelRequest, at: number) => Item);

/** ScriptedModel is a small working language model for tests; it keeps what it was asked. */
export class ScriptedModel implements ILanguageModel {
	readonly name: string;
	readonly contextTokens: number;
	readonly requests: ModelRequest[] = [];
	readonly #script: Script;
	readonly #usage: Usage;

	constructor(
		script: Script,
		options: { readonly name?: string; readonly contextTokens?: number | undefined; readonly usage?: Usage } = {},
	) {
		const { name = 'scripted-1', contextTokens = 32_000, usage = { tokens: 10, microUsd: 5 } } = options;
		this.name = name;
		this.contextTokens = contextTokens;
		this.#script = script;
		this.#usage = usage;
	}

	async reply(request: ModelRequest, { signal, onText, onRestart }: Partial<ReplyOptions> = {}): Promise<ModelReply> {
		signal?.throwIfAborted();
		// Whoever asks may go on adding to the list.
		this.requests.push({ ...request, messages: [...request.messages] });
		const scripted = itemAt(this.#script, request, this.requests.length - 1) ?? '';
		if (scripted instanceof Error) throw scripted;
		const { hangs, falseStarts = [], ...said } = asReply(scripted);
		if (hangs) await aborted(signal);
		for (const text of falseStarts) {
			onText?.(text);
			onRestart?.();
		}
		const { pieces = said.text === undefined ? [] : [said.text], toolCalls = [], ...others } = said;
		for (const piece of pieces) onText?.(piece);
		const finish = toolCalls.length > 0 ? 'tools' : 'stop';
		return { text: pieces.join(''), toolCalls, finish, usage: this.#usage, model: this.name, ...others };
	}

	/** One number each: how long the text is. */
	async embed(texts: readonly string[]): ReturnType<ILanguageModel['embed']> {
		return { vectors: texts.map((text) => [text.length]), usage: { tokens: texts.length, microUsd: 0 } };
	}
}

/** itemAt is what a script has for a request, counted from 0. */
export function itemAt<Item>(script: Script<Item>, request: ModelRequest, at: number): Item | undefined {
	return typeof script === 'function' ? script(request, at) : script[Math.min(at, script.length - 1)];
}

/** toolCall is the reply of a model that wants one tool called; arguments given as text are passed on as they are. */
export function toolCall(name: string, args: unknown): ScriptedReply {
	return {
		toolCalls: [{ id: 'call-1', name, arguments: typeof args === 'string' ? args : JSON.stringify(args) }],
	};
}

function asReply(scripted: Exclude<Scripted, Error>): ScriptedReply {
	if (typeof scripted === 'string') return { pieces: [scripted] };
	return isPieces(scripted) ? { pieces: scripted } : scripted;
}

function isPieces(scripted: readonly string[] | ScriptedReply): scripted is readonly string[] {
	return Array.isArray(scripted);
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
	return new Promise((_resolve, reject) => {
		signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
	});
}
