import type { ModelReply, ModelRequest } from '../../ports/language-model.ts';
import type { TokenCount } from '../openai/reply-draft.ts';

/** LlamaInit is what a model's process is started with. */
export interface LlamaInit {
	/** Where node-llama-cpp is loaded from. */
	readonly library: string;
	readonly file: string;
	readonly contextTokens: number;
	readonly embedding: boolean;
}

/** LlamaAsk is what of a request a model's process needs. */
export type LlamaAsk = Pick<ModelRequest, 'messages' | 'output' | 'tools' | 'maxTokens'>;

/** LlamaAnswer is a reply as the process made it. */
export type LlamaAnswer = Pick<ModelReply, 'text' | 'toolCalls' | 'finish'> & { readonly tokens: TokenCount };

/** ToLlama is what is said to a model's process; each `id` is answered once. */
export type ToLlama =
	| { readonly type: 'reply'; readonly id: number; readonly ask: LlamaAsk }
	| { readonly type: 'embed'; readonly id: number; readonly texts: readonly string[] }
	/** Loads the model, so that the next request finds it there. */
	| { readonly type: 'load'; readonly id: number }
	| { readonly type: 'cancel'; readonly id: number };

/** FromLlama is what it says. */
export type FromLlama =
	| { readonly type: 'piece'; readonly id: number; readonly text: string }
	| { readonly type: 'answer'; readonly id: number; readonly answer: LlamaAnswer }
	| {
			readonly type: 'vectors';
			readonly id: number;
			readonly vectors: readonly (readonly number[])[];
			readonly tokens: number;
	  }
	| { readonly type: 'loaded'; readonly id: number }
	/** `refused`: the request itself will not do, and a later try neither. */
	| { readonly type: 'failed'; readonly id: number; readonly refused: boolean; readonly message: string };
