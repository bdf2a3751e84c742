import type { TaskView } from '@errand/core/domain/task/view.ts';
import type { Head } from './chat-body.ts';
import { completionId } from './completion-id.ts';
import type { TokenUsage } from './token-usage.ts';

/** ResponseHead is what a response repeats of its request. */
export interface ResponseHead extends Head {
	readonly instructions: string | null;
	readonly metadata: Readonly<Record<string, string>>;
	readonly previous: string | null;
	readonly background: boolean;
}

/** ResponseEnd is how a response ended, or that it has not yet. */
export type ResponseEnd =
	| { readonly status: 'queued' | 'in_progress' }
	| {
			readonly status: 'completed' | 'failed' | 'cancelled';
			readonly thoughts: string;
			readonly text: string;
			readonly usage: TokenUsage;
			readonly at: number;
	  };

/** responseBody is a response as `/v1/responses` gives it. */
export function responseBody(head: ResponseHead, end: ResponseEnd) {
	const { begun, model, createdAt } = head;
	return {
		id: completionId('response', begun.task, begun.from),
		object: 'response' as const,
		created_at: Math.floor(createdAt / 1_000),
		status: end.status,
		background: head.background,
		completed_at: end.status === 'completed' ? Math.floor(end.at / 1_000) : null,
		error: end.status === 'failed' ? { code: 'server_error' as const, message: end.text } : null,
		incomplete_details: null,
		instructions: head.instructions,
		max_output_tokens: null,
		model,
		output: 'text' in end ? outputOf(head, end) : [],
		parallel_tool_calls: false,
		previous_response_id: head.previous,
		reasoning: { effort: null, summary: null },
		temperature: null,
		text: { format: { type: 'text' as const } },
		tool_choice: 'none' as const,
		tools: [],
		top_p: null,
		truncation: 'disabled' as const,
		...('usage' in end ? { usage: responseUsage(end.usage) } : {}),
		metadata: head.metadata,
	};
}

/** endOf says how a response stands by its task; one that asks something is complete, because the next turn is the person's. */
export function endOf(
	task: TaskView,
	said: { readonly text: string; readonly usage: TokenUsage; readonly thoughts?: string },
): ResponseEnd {
	const ended = { thoughts: '', ...said, at: task.endedAt ?? task.createdAt };
	if (task.status === 'cancelled' || task.status === 'failed') return { status: task.status, ...ended };
	if (task.status === 'done' || task.questions.length > 0) return { status: 'completed', ...ended };
	return { status: task.status === 'planning' ? 'queued' : 'in_progress' };
}

/** reasoningItem is the way to an answer as an item of a response. */
export function reasoningItem(head: Head, thoughts: string, status: 'in_progress' | 'completed') {
	const summary = thoughts === '' ? [] : [{ type: 'summary_text' as const, text: thoughts }];
	return { id: itemId('rs', head), type: 'reasoning' as const, summary, status };
}

/** messageItem is an answer as an item of a response; undefined text is one that has not begun. */
export function messageItem(head: Head, text: string | undefined, status: 'in_progress' | 'completed') {
	const content = text === undefined ? [] : [textPart(text)];
	return { id: itemId('msg', head), type: 'message' as const, role: 'assistant' as const, status, content };
}

/** textPart is the words of an answer. */
export function textPart(text: string) {
	return { type: 'output_text' as const, text, annotations: [], logprobs: [] };
}

function outputOf(head: Head, { thoughts, text }: { readonly thoughts: string; readonly text: string }) {
	const message = messageItem(head, text, 'completed');
	return thoughts === '' ? [message] : [reasoningItem(head, thoughts, 'completed'), message];
}

function itemId(prefix: string, { begun }: Head): string {
	return `${prefix}_${begun.task}${begun.from === 0 ? '' : `_${begun.from}`}`;
}

function responseUsage({ input, output }: TokenUsage) {
	return {
		input_tokens: input,
		input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
		output_tokens: output,
		output_tokens_details: { reasoning_tokens: 0 },
		total_tokens: input + output,
	};
}
