import type { ModelRequest } from '../../ports/language-model.ts';

/** RequestSize is how much a model has to read, in tokens, before any server has counted them. */
export interface RequestSize {
	/** As those who write requests reckon. */
	readonly tokens: number;
	/** At least as many as any server will count: money is reckoned with it. */
	readonly mostTokens: number;
	readonly hasImages: boolean;
}

/** sizeOf estimates the tokens of a request. */
export function sizeOf({ messages, tools, output }: Pick<ModelRequest, 'messages' | 'tools' | 'output'>): RequestSize {
	let chars = 0;
	let bytes = 0;
	let images = 0;
	const count = (text: string) => {
		chars += text.length;
		bytes += Buffer.byteLength(text);
	};
	for (const message of messages) {
		count(message.text);
		if (message.role === 'user') images += message.images?.length ?? 0;
		if (message.role === 'assistant') {
			for (const call of message.toolCalls ?? []) {
				count(call.name);
				count(call.arguments);
			}
		}
	}
	const declared = (tools === undefined ? 0 : jsonChars(tools)) + (output === undefined ? 0 : jsonChars(output));
	return {
		tokens: Math.ceil((chars + declared) / CHARS_PER_TOKEN) + images * TOKENS_PER_IMAGE,
		mostTokens:
			Math.ceil((bytes + declared) / BYTES_PER_TOKEN) +
			images * MOST_TOKENS_PER_IMAGE +
			messages.length * TOKENS_PER_MESSAGE +
			MORE_TOKENS,
		hasImages: images > 0,
	};
}

const CHARS_PER_TOKEN = 4;
/** English has more to a token; of other scripts one character is three bytes and about one token. */
const BYTES_PER_TOKEN = 3;
const TOKENS_PER_IMAGE = 1_000;
const MOST_TOKENS_PER_IMAGE = 1_700;
/** Roles and marks around each message, and around the whole. */
const TOKENS_PER_MESSAGE = 8;
const MORE_TOKENS = 16;

/** Tools and schemas are the same objects from request to request. */
const known = new WeakMap<object, number>();

function jsonChars(value: object): number {
	const before = known.get(value);
	if (before !== undefined) return before;
	const { length } = JSON.stringify(value);
	known.set(value, length);
	return length;
}
