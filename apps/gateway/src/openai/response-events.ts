import type { TaskView } from '@errand/core/domain/task/view.ts';
import { endOf, messageItem, type ResponseHead, reasoningItem, responseBody, textPart } from './response-body.ts';
import type { TokenUsage } from './token-usage.ts';

/** ResponseEvent is one event of a streamed response, numbered. */
export type ResponseEvent = { readonly type: string; readonly sequence_number: number };

/**
 * ResponseEvents turns what happens on the way to an answer into the events of a response, in the order OpenAI's clients
 * count on: each item is added, filled and done before the next one.
 */
export class ResponseEvents {
	readonly #head: ResponseHead;
	readonly #send: (event: ResponseEvent) => void;
	#number = 0;
	#index = -1;
	#item: 'reasoning' | 'message' | undefined;
	#thoughts = '';
	#text = '';

	constructor(head: ResponseHead, send: (event: ResponseEvent) => void) {
		this.#head = head;
		this.#send = send;
	}

	begin(): void {
		const response = responseBody(this.#head, { status: 'in_progress' });
		this.#say('response.created', { response });
		this.#say('response.in_progress', { response });
	}

	thought(delta: string): void {
		// Once the answer has begun there is no going back.
		if (this.#item === 'message') return;
		if (this.#item === undefined) {
			this.#add('reasoning', reasoningItem(this.#head, '', 'in_progress'));
			this.#say('response.reasoning_summary_part.added', { ...this.#part(), part: { type: 'summary_text', text: '' } });
		}
		this.#thoughts += delta;
		this.#say('response.reasoning_summary_text.delta', { ...this.#part(), delta });
	}

	text(delta: string): void {
		if (this.#item !== 'message') {
			this.#finishItem();
			this.#add('message', messageItem(this.#head, undefined, 'in_progress'));
			this.#say('response.content_part.added', { ...this.#part(), part: textPart('') });
		}
		this.#text += delta;
		this.#say('response.output_text.delta', { ...this.#part(), delta, logprobs: [] });
	}

	end(task: TaskView, said: { readonly text: string; readonly usage: TokenUsage }): void {
		this.#finishItem();
		const end = endOf(task, { ...said, thoughts: this.#thoughts });
		const type = end.status === 'completed' || end.status === 'failed' ? end.status : 'incomplete';
		this.#say(`response.${type}`, { response: responseBody(this.#head, end) });
	}

	fail(error: { readonly code: string | null; readonly message: string; readonly param: string | null }): void {
		this.#say('error', error);
	}

	#finishItem(): void {
		if (this.#item === 'reasoning') {
			const part = { type: 'summary_text', text: this.#thoughts };
			this.#say('response.reasoning_summary_text.done', { ...this.#part(), text: this.#thoughts });
			this.#say('response.reasoning_summary_part.done', { ...this.#part(), part });
			this.#done(reasoningItem(this.#head, this.#thoughts, 'completed'));
		}
		if (this.#item === 'message') {
			this.#say('response.output_text.done', { ...this.#part(), text: this.#text, logprobs: [] });
			this.#say('response.content_part.done', { ...this.#part(), part: textPart(this.#text) });
			this.#done(messageItem(this.#head, this.#text, 'completed'));
		}
		this.#item = undefined;
	}

	#add(kind: 'reasoning' | 'message', item: object): void {
		this.#item = kind;
		this.#index += 1;
		this.#say('response.output_item.added', { output_index: this.#index, item });
	}

	#done(item: object): void {
		this.#say('response.output_item.done', { output_index: this.#index, item });
	}

	/** Where the part that is being filled stands. */
	#part() {
		const output_index = this.#index;
		if (this.#item === 'reasoning') {
			return { item_id: reasoningItem(this.#head, '', 'in_progress').id, output_index, summary_index: 0 };
		}
		return { item_id: messageItem(this.#head, '', 'in_progress').id, output_index, content_index: 0 };
	}

	#say(type: string, fields: object): void {
		this.#send({ type, sequence_number: this.#number, ...fields });
		this.#number += 1;
	}
}
