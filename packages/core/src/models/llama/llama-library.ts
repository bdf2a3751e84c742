import { pathToFileURL } from 'node:url';

/**
 * What is used of node-llama-cpp, in types of our own: the library is installed into the data directory, by whoever wants it,
 * so that its types are not here (https://node-llama-cpp.withcat.ai/api/).
 */
export interface LlamaLibrary {
	getLlama(options: {
		gpu: 'auto' | false;
		build: 'never';
		skipDownload: true;
		logLevel: 'error' | 'disabled';
		progressLogs: false;
	}): Promise<Llama>;
	readonly LlamaChat: new (options: { contextSequence: Sequence }) => Chat;
}

export interface Llama {
	readonly cpuMathCores: number;
	loadModel(options: { modelPath: string }): Promise<Model>;
	createGrammarForJsonSchema(schema: object): Promise<Grammar>;
	getGrammarFor(type: 'json'): Promise<Grammar>;
}

export interface Model {
	readonly fileInfo: { readonly metadata: Readonly<Record<string, unknown>> };
	createContext(options: { contextSize: { max: number }; threads: number }): Promise<Context>;
	createEmbeddingContext(options: { contextSize: { max: number }; threads: number }): Promise<EmbeddingContext>;
	tokenize(text: string): readonly number[];
}

export interface Context {
	readonly contextSize: number;
	getSequence(): Sequence;
}

export interface Sequence {
	readonly tokenMeter: { getState(): { usedInputTokens: number; usedOutputTokens: number } };
}

export interface EmbeddingContext {
	getEmbeddingFor(text: string): Promise<{ readonly vector: readonly number[] }>;
}

/** A grammar holds what is generated to a form. */
export interface Grammar {
	readonly grammar: string;
}

export type HistoryItem =
	| { type: 'system' | 'user'; text: string }
	| { type: 'model'; response: (string | HistoryCall)[] };

export interface HistoryCall {
	type: 'functionCall';
	name: string;
	params: unknown;
	result: unknown;
}

export interface Chat {
	generateResponse(
		history: readonly HistoryItem[],
		options: {
			onTextChunk: (text: string) => void;
			signal: AbortSignal;
			maxTokens: number;
			grammar?: Grammar | undefined;
			functions?: Readonly<Record<string, { description: string; params: object }>> | undefined;
			documentFunctionParams?: boolean | undefined;
		},
	): Promise<{
		readonly response: string;
		readonly functionCalls?: readonly { readonly functionName: string; readonly params: unknown }[] | undefined;
		readonly metadata: { readonly stopReason: string };
	}>;
	dispose(): void;
}

/** loadLibrary loads node-llama-cpp from where it was installed. */
export async function loadLibrary(file: string): Promise<LlamaLibrary> {
	return (await import(pathToFileURL(file).href)) as LlamaLibrary;
}
