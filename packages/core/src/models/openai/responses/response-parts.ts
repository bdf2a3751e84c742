import type { ReplyPart } from '../reply-draft.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * ResponseParts turns the events of the Responses API into parts of a reply, as the chat completions API has them. Texts and
 * arguments that a server sends only when they are whole are taken then, and never twice.
 */
export class ResponseParts {
	/** Places in the output of which pieces came. */
	readonly #heard = new Set<unknown>();

	/** What one event says; a whole reply, sent without events, is read as well. Throws what the server reports as its error. */
	of(event: unknown): readonly ReplyPart[] {
		const { type, response, delta, output_index: index, item } = fieldsOf(event);
		switch (type) {
			case 'response.created':
			case 'response.in_progress':
				return [part({}, { model: fieldsOf(response)['model'] })];
			case 'response.output_text.delta':
				return this.#piece(index, { content: delta });
			case 'response.refusal.delta':
				return this.#piece(index, { refusal: delta });
			case 'response.reasoning_text.delta':
			case 'response.reasoning_summary_text.delta':
				return [part({ reasoning: delta })];
			case 'response.output_item.added': {
				const { type: kind, call_id: id, name } = fieldsOf(item);
				return kind === 'function_call' ? [callPart(index, { id, name, text: '' })] : [];
			}
			case 'response.function_call_arguments.delta':
				this.#heard.add(index);
				return [callPart(index, { text: delta })];
			case 'response.output_item.done':
				return this.#whole(item, index);
			case 'response.completed':
			case 'response.incomplete':
				return this.#end(fieldsOf(response));
			case 'response.failed':
				throw errorOf(fieldsOf(response)['error']);
			case 'error':
				throw errorOf(event);
			default:
				return fieldsOf(event)['object'] === 'response' ? this.#sentWhole(fieldsOf(event)) : [];
		}
	}

	#piece(index: unknown, delta: Fields): ReplyPart[] {
		this.#heard.add(index);
		return [part(delta)];
	}

	#whole(item: unknown, index: unknown): ReplyPart[] {
		if (this.#heard.has(index)) return [];
		this.#heard.add(index);
		const { type, call_id: id, name, arguments: text, content } = fieldsOf(item);
		if (type === 'function_call') return [callPart(index, { id, name, text })];
		if (type !== 'message' || !Array.isArray(content)) return [];
		return content.map((each: unknown) => {
			const { type: kind, text, refusal } = fieldsOf(each);
			return part(kind === 'refusal' ? { refusal } : { content: text });
		});
	}

	#sentWhole(response: Fields): ReplyPart[] {
		if (response['status'] === 'failed') throw errorOf(response['error']);
		return this.#end(response);
	}

	#end(response: Fields): ReplyPart[] {
		const { output, model, status, incomplete_details, usage } = response;
		// Where pieces came without their place, all that is whole has come already.
		const left: readonly unknown[] = Array.isArray(output) && !this.#heard.has(undefined) ? output : [];
		const items = left.flatMap((item, index) => this.#whole(item, index));
		const { reason } = fieldsOf(incomplete_details);
		const cut = reason === 'content_filter' ? 'content_filter' : 'length';
		return [...items, part({}, { model, finish: status === 'incomplete' ? cut : 'stop', usage: usageOf(usage) })];
	}
}

function part(delta: Fields, more: { model?: unknown; finish?: string; usage?: Fields | undefined } = {}): ReplyPart {
	const { model, finish = null, usage } = more;
	const choices = [{ index: 0, delta, finish_reason: finish }];
	// Whatever is not of the type it should be is left out where the draft takes the part in.
	return { id: '', created: 0, model, choices, usage } as unknown as ReplyPart;
}

function callPart(index: unknown, { id, name, text }: { id?: unknown; name?: unknown; text: unknown }): ReplyPart {
	return part({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: text } }] });
}

function usageOf(usage: unknown): Fields | undefined {
	if (typeof usage !== 'object' || usage === null) return undefined;
	const { input_tokens, output_tokens, input_tokens_details, cost } = usage as Fields;
	return {
		prompt_tokens: input_tokens,
		completion_tokens: output_tokens,
		prompt_tokens_details: input_tokens_details,
		cost,
	};
}

/** An error inside a stream has a word where one before it has a status. */
function errorOf(error: unknown): Error {
	const { code, message, type } = fieldsOf(error);
	const word = `${typeof code === 'string' ? code : ''} ${typeof type === 'string' ? type : ''}`;
	const status = STATUS.find(([pattern]) => pattern.test(word))?.[1];
	const words = typeof message === 'string' ? message : 'it reports an error without words';
	return Object.assign(new Error(words), { code, ...(status === undefined ? {} : { status }) });
}

const STATUS: readonly (readonly [RegExp, number])[] = [
	[/rate_limit|insufficient_quota|overloaded/, 429],
	[/invalid|unsupported|policy|image|too_large|empty/, 400],
	[/server_error|timeout|unavailable/, 500],
];

function fieldsOf(value: unknown): Fields {
	return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
