import type { PersonId, StepId, TaskId } from '../domain/ids.ts';
import type { Json } from '../domain/json.ts';
import type { Usage } from '../domain/task/facts.ts';

/** ModelMessage is one turn of what a model is given. Text of strangers belongs into `user` turns, marked as such, never into `system`. */
export type ModelMessage =
	| { readonly role: 'system'; readonly text: string }
	| { readonly role: 'user'; readonly text: string; readonly images?: readonly ModelImage[] | undefined }
	| { readonly role: 'assistant'; readonly text: string; readonly toolCalls?: readonly ToolCall[] | undefined }
	| { readonly role: 'tool'; readonly callId: string; readonly text: string };

/** ModelImage is a picture that a model looks at. */
export interface ModelImage {
	/** `image/png`, `image/jpeg`, `image/webp` or `image/gif`. */
	readonly type: string;
	readonly base64: string;
}

/** ToolCall is what a model wants called; `arguments` is the JSON text it wrote, unchecked. */
export interface ToolCall {
	readonly id: string;
	readonly name: string;
	readonly arguments: string;
}

/** ModelTool is something a model may call instead of answering in words; `parameters` is a JSON Schema of type object. */
export interface ModelTool {
	readonly name: string;
	readonly description: string;
	readonly parameters: Json;
}

/** Complexity says how able a model must be: to classify and talk, to plan and write code, or to design and review at length. */
export type Complexity = 'simple' | 'medium' | 'complex';

/** ModelCaller is on whose behalf a model is asked: who is charged, and whose budgets and choice of model count. */
export interface ModelCaller {
	readonly person: PersonId;
	readonly taskId?: TaskId | undefined;
	readonly stepId?: StepId | undefined;
}

/** ModelRequest is one question to a model. */
export interface ModelRequest {
	/** What it is for (`plan`, `text.compare` …): for logs and for the choice of a model. */
	readonly purpose: string;
	/** Follows from the purpose where left out. */
	readonly complexity?: Complexity | undefined;
	readonly caller?: ModelCaller | undefined;
	/** What the caller may still spend; undefined for no bound. */
	readonly allowance?: Pick<Usage, 'tokens' | 'microUsd'> | undefined;
	/** A model to use whatever the purpose: `<provider>/<model>`, or the name of one. */
	readonly model?: string | undefined;
	/** No model of another provider will do: the part of its name before the slash. */
	readonly provider?: string | undefined;
	/** Models to ask before others, the best first, as long as they can take the request; unknown ones count for nothing. */
	readonly prefer?: readonly string[] | undefined;
	/** The same request may be answered with the same reply as before. */
	readonly pure?: boolean | undefined;
	/** Which wording of its instructions this is, in a few letters that change with it; follows from the system messages where left out. */
	readonly promptVersion?: string | undefined;
	readonly messages: readonly ModelMessage[];
	/** The reply's text must be JSON of this JSON Schema; providers hold to it as far as they can, so the text is parsed all the same. */
	readonly output?: { readonly name: string; readonly schema: Json } | undefined;
	readonly tools?: readonly ModelTool[] | undefined;
	/** Bounds the reply, in tokens. */
	readonly maxTokens: number;
}

/** ModelReply is what came back. `length`: it was cut at `maxTokens`; `refusal`: the model would not, and `text` says why. */
export interface ModelReply {
	readonly text: string;
	readonly toolCalls: readonly ToolCall[];
	readonly finish: 'stop' | 'length' | 'tools' | 'refusal';
	readonly usage: Usage;
	/** The same tokens told apart, of the last try; `cached` are those of the input that the provider had kept. */
	readonly tokens?: { readonly input: number; readonly cached: number; readonly output: number } | undefined;
	/** The server did not count: the tokens are reckoned from characters. */
	readonly estimated?: true | undefined;
	/** The model that answered, as its provider names it. */
	readonly model: string;
}

/** ReplyOptions: `onText` hears each piece of the reply's text as it comes; a reply that is tried again starts over with `onRestart`. */
export interface ReplyOptions {
	readonly signal: AbortSignal;
	readonly onText?: ((piece: string) => void) | undefined;
	readonly onRestart?: (() => void) | undefined;
}

/** EmbedOptions: `model` is the one that is to make the vectors, by its name as in ModelRequest. */
export interface EmbedOptions {
	readonly signal: AbortSignal;
	readonly caller?: ModelCaller | undefined;
	readonly model?: string | undefined;
}

/** Embedded is one vector for each text, what they cost, and which model made them, where more than one could have. */
export interface Embedded {
	readonly vectors: readonly (readonly number[])[];
	readonly usage: Usage;
	readonly model?: string | undefined;
}

/**
 * ILanguageModel answers. It retries what passes (busy, broken line) within bounds of its own and rejects with CoreError:
 * `model-unavailable` (no answer came, and a later try may help), `model-refused` (the provider will not take this request
 * or key), `cancelled`. An error that cost tokens carries them as `usage`.
 */
export interface ILanguageModel {
	readonly name: string;
	/** How much one request and its reply may hold together, in tokens. */
	readonly contextTokens: number;
	/** False while nobody can be asked, so that work does without; always true where left out. */
	readonly available?: boolean | undefined;
	reply(request: ModelRequest, options: ReplyOptions): Promise<ModelReply>;
	/** One vector for each text, in order, all by one model. */
	embed(texts: readonly string[], options: EmbedOptions): Promise<Embedded>;
}
