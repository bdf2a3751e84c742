import { CoreError, describeError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import { parseLenientJson } from '../../domain/lenient-json.ts';
import { wireName } from '../openai/chat-request.ts';
import { grammarSchema, llamaFunctions, llamaHistory } from './llama-history.ts';
import type { Context, EmbeddingContext, Grammar, Llama, LlamaLibrary, Model, Sequence } from './llama-library.ts';
import { loadLibrary } from './llama-library.ts';
import type { LlamaAnswer, LlamaAsk, LlamaInit } from './llama-protocol.ts';

/** LlamaEngine runs one model with node-llama-cpp; it is loaded at the first request. Requests are to come one after the other. */
export class LlamaEngine {
	readonly #init: LlamaInit;
	#loaded: Promise<Loaded> | undefined;
	#talk: Promise<{ context: Context; sequence: Sequence }> | undefined;
	#vectors: Promise<EmbeddingContext> | undefined;

	constructor(init: LlamaInit) {
		this.#init = init;
	}

	async load(): Promise<void> {
		await this.#load();
		await (this.#init.embedding ? this.#embeddings() : this.#chat());
	}

	async reply(ask: LlamaAsk, signal: AbortSignal, onText: (piece: string) => void): Promise<LlamaAnswer> {
		if (this.#init.embedding) throw refused('This model makes vectors only.');
		if (ask.messages.some((message) => message.role === 'user' && (message.images ?? []).length > 0)) {
			throw refused('Models that run in Errand itself do not look at pictures.');
		}
		const { library, llama } = await this.#load();
		const { sequence } = await this.#chat();
		const { output, tools = [], maxTokens } = ask;
		const grammar = output === undefined ? undefined : await grammarOf(llama, output.schema);
		const functions = output !== undefined || tools.length === 0 ? undefined : llamaFunctions(tools);
		const before = sequence.tokenMeter.getState();
		const chat = new library.LlamaChat({ contextSequence: sequence });
		try {
			const made = await chat.generateResponse(llamaHistory(ask), {
				...{ onTextChunk: onText, signal, maxTokens },
				...(grammar === undefined ? {} : { grammar }),
				...(functions === undefined ? {} : { functions, documentFunctionParams: true }),
			});
			const after = sequence.tokenMeter.getState();
			const names = new Map(tools.map(({ name }) => [wireName(name), name]));
			const toolCalls = (made.functionCalls ?? []).map(({ functionName, params }, index) => {
				const name = names.get(functionName) ?? functionName;
				return { id: `call_${index}`, name, arguments: JSON.stringify(params ?? {}) };
			});
			const cut = made.metadata.stopReason === 'maxTokens';
			return {
				text: output === undefined || cut ? made.response : mended(made.response),
				toolCalls,
				finish: toolCalls.length > 0 ? 'tools' : cut ? 'length' : 'stop',
				tokens: {
					input: after.usedInputTokens - before.usedInputTokens,
					cached: 0,
					output: after.usedOutputTokens - before.usedOutputTokens,
				},
			};
		} catch (error) {
			if (/fits the context size|context size/i.test(describeError(error))) {
				throw refused(`The request is longer than the ${this.#init.contextTokens} tokens that this model is given.`);
			}
			throw error;
		} finally {
			chat.dispose();
		}
	}

	async embed(
		texts: readonly string[],
		signal: AbortSignal,
	): Promise<{ vectors: (readonly number[])[]; tokens: number }> {
		const { model } = await this.#load();
		const context = await this.#embeddings();
		const vectors: (readonly number[])[] = [];
		let tokens = 0;
		for (const text of texts) {
			signal.throwIfAborted();
			tokens += model.tokenize(text).length;
			vectors.push((await context.getEmbeddingFor(text)).vector);
		}
		return { vectors, tokens };
	}

	#load(): Promise<Loaded> {
		this.#loaded ??= open(this.#init);
		return this.#loaded;
	}

	#chat() {
		this.#talk ??= this.#load().then(async ({ llama, model }) => {
			const context = await model.createContext(this.#room(llama));
			return { context, sequence: context.getSequence() };
		});
		return this.#talk;
	}

	#embeddings(): Promise<EmbeddingContext> {
		this.#vectors ??= this.#load().then(({ llama, model }) => model.createEmbeddingContext(this.#room(llama)));
		return this.#vectors;
	}

	/** One core is left to others: threads that wait for each other on taken cores take a hundred times as long. */
	#room({ cpuMathCores }: Llama) {
		return { contextSize: { max: this.#init.contextTokens }, threads: Math.max(1, cpuMathCores - 1) };
	}
}

interface Loaded {
	readonly library: LlamaLibrary;
	readonly llama: Llama;
	readonly model: Model;
}

async function open({ library: from, file }: LlamaInit): Promise<Loaded> {
	const library = await loadLibrary(from);
	// Nothing is compiled or downloaded: what was installed is used.
	const llama = await library.getLlama({
		gpu: 'auto',
		build: 'never',
		skipDownload: true,
		logLevel: 'error',
		progressLogs: false,
	});
	return { library, llama, model: await llama.loadModel({ modelPath: file }) };
}

/** The library may take the last bracket for a part of the line breaks that end a grammar. */
function mended(text: string): string {
	try {
		JSON.parse(text);
		return text;
	} catch {
		const json = parseLenientJson(text);
		return json === undefined ? text : JSON.stringify(json);
	}
}

/** A schema that no grammar can be made of is held to by the prompt, and the grammar to JSON. */
async function grammarOf(llama: Llama, schema: Json): Promise<Grammar> {
	try {
		return await llama.createGrammarForJsonSchema(Object(grammarSchema(schema)) as object);
	} catch {
		return await llama.getGrammarFor('json');
	}
}

function refused(message: string): CoreError {
	return new CoreError('model-refused', message, { hint: 'Choose another model for this.' });
}
