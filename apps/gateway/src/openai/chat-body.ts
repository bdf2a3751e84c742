import type { Begun } from './begin-task.ts';
import { completionId } from './completion-id.ts';
import type { ModelName } from './models.ts';
import type { TokenUsage } from './token-usage.ts';

/** Head is what all parts of one answer have in common. */
export interface Head {
	readonly begun: Pick<Begun, 'task' | 'from'>;
	readonly model: ModelName;
	/** ms since 1970. */
	readonly createdAt: number;
}

/** chatCompletion is a whole answer as `/v1/chat/completions` gives it. */
export function chatCompletion(head: Head, text: string, usage: TokenUsage) {
	return {
		...opening(head, 'chat.completion'),
		choices: [
			{
				index: 0,
				message: { role: 'assistant', content: text, refusal: null, annotations: [] },
				logprobs: null,
				finish_reason: 'stop',
			},
		],
		usage: chatUsage(usage),
	};
}

/** unfinishedCompletion is the answer of a task that is still at work; OpenAI has no such thing, so it says it in a field of its own. */
export function unfinishedCompletion(head: Head) {
	return { ...opening(head, 'chat.completion'), status: 'in_progress', choices: [] };
}

/** chatChunk is a piece of a streamed answer; thoughts go under both names that clients know. */
export function chatChunk(head: Head, piece: ChatPiece, options: { readonly withUsage: boolean }) {
	return {
		...opening(head, 'chat.completion.chunk'),
		choices:
			piece.kind === 'usage'
				? []
				: [{ index: 0, delta: deltaOf(piece), logprobs: null, finish_reason: piece.kind === 'end' ? 'stop' : null }],
		...(piece.kind === 'usage' ? { usage: chatUsage(piece.usage) } : options.withUsage ? { usage: null } : {}),
	};
}

type ChatPiece =
	| { readonly kind: 'begin' | 'end' }
	| { readonly kind: 'text' | 'thought'; readonly text: string }
	| { readonly kind: 'usage'; readonly usage: TokenUsage };

function deltaOf(piece: Exclude<ChatPiece, { kind: 'usage' }>) {
	switch (piece.kind) {
		case 'begin':
			return { role: 'assistant', content: '' };
		case 'text':
			return { content: piece.text };
		case 'thought':
			return { reasoning_content: piece.text, reasoning: piece.text };
		case 'end':
			return {};
	}
}

function opening<Kind extends string>({ begun, model, createdAt }: Head, object: Kind) {
	return { id: completionId('chat', begun.task, begun.from), object, created: Math.floor(createdAt / 1_000), model };
}

function chatUsage({ input, output }: TokenUsage) {
	return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}
