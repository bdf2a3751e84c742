import { access } from 'node:fs/promises';
import { CoreError } from '../../domain/errors.ts';
import type { Usage } from '../../domain/task/facts.ts';
import { NO_USAGE } from '../../domain/task/usage.ts';
import type { ILanguageModel, ModelReply, ModelRequest, ReplyOptions } from '../../ports/language-model.ts';
import { LlamaProcess, type LlamaProcessOptions } from './llama-process.ts';

/** LlamaModel is a language model that runs on this machine in a process of Errand's own. It costs nothing. */
export class LlamaModel implements ILanguageModel {
	readonly name: string;
	readonly contextTokens: number;
	readonly #options: LlamaProcessOptions;
	readonly #process: LlamaProcess;

	constructor(options: LlamaProcessOptions) {
		this.name = options.name;
		this.contextTokens = options.init.contextTokens;
		this.#options = options;
		this.#process = new LlamaProcess(options);
	}

	/** Its process is there, so that a request need not wait for it. */
	get isLoaded(): boolean {
		return this.#process.isLoaded;
	}

	async reply(request: ModelRequest, { signal, onText: onPiece }: ReplyOptions): Promise<ModelReply> {
		const { messages, output, tools, maxTokens } = request;
		const said = await this.#process.ask(
			{ type: 'reply', ask: { messages, output, tools, maxTokens } },
			{ signal, onPiece },
		);
		if (said.type !== 'answer') throw misunderstood(this.name);
		const { tokens, ...reply } = said.answer;
		const { input, output: written } = tokens;
		return { ...reply, usage: { tokens: input + written, microUsd: 0 }, tokens, model: this.name };
	}

	async embed(
		texts: readonly string[],
		{ signal }: { readonly signal: AbortSignal },
	): Promise<{ readonly vectors: readonly (readonly number[])[]; readonly usage: Usage }> {
		if (texts.length === 0) return { vectors: [], usage: NO_USAGE };
		const said = await this.#process.ask({ type: 'embed', texts }, { signal });
		if (said.type !== 'vectors') throw misunderstood(this.name);
		return { vectors: said.vectors, usage: { tokens: said.tokens, microUsd: 0 } };
	}

	/** Whether it could run: its file and what runs it are there. It is not loaded for that. */
	async probe(): Promise<void> {
		for (const file of [this.#options.init.file, this.#options.init.library]) {
			await access(file).catch((cause: unknown) => {
				throw new CoreError(
					'model-unavailable',
					`The language model ${this.name} cannot be run: “${file}” is missing.`,
					{
						hint: 'Add the model again with “npm run model -- add <file>”.',
						cause,
					},
				);
			});
		}
	}

	/** Loads it now instead of at the first request. */
	async load(signal: AbortSignal): Promise<void> {
		await this.#process.ask({ type: 'load' }, { signal });
	}

	/** Ends its process; a second call does nothing. */
	async stop(): Promise<void> {
		await this.#process.stop();
	}
}

function misunderstood(name: string): CoreError {
	return new CoreError('internal', `The process of ${name} answered something else than it was asked.`, {
		hint: 'This is a mistake in Errand; please report it.',
	});
}
