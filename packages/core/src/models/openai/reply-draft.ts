import type { OpenAI } from 'openai';
import type { ModelReply, ToolCall } from '../../ports/language-model.ts';

/** TokenCount is what a server says a request and its reply came to; `usd` where it names a price. */
export interface TokenCount {
	readonly input: number;
	readonly cached: number;
	readonly output: number;
	readonly usd?: number | undefined;
}

/** ReplyPart is a piece of a reply, as the chat completions API streams it. */
export type ReplyPart = Omit<OpenAI.ChatCompletionChunk, 'object'>;

/** ReplyDraft is a reply while it comes in: text, refusal, tool calls in pieces, and the count of tokens at the end. */
export class ReplyDraft {
	readonly #maxChars: number;
	readonly #onText: (piece: string) => void;
	readonly #calls = new Map<number, { id: string; name: string; arguments: string }>();
	#text = '';
	#refusal = '';
	#thoughts = 0;
	#held = '';
	#finish: string | undefined;
	#model: string | undefined;
	#tokens: TokenCount | undefined;
	#tooLong = false;

	constructor({ maxChars, onText }: { maxChars: number; onText?: ((piece: string) => void) | undefined }) {
		this.#maxChars = maxChars;
		this.#onText = onText ?? (() => undefined);
	}

	/** Takes one chunk in; false when the reply has grown past all bounds and the rest is not worth reading. */
	add(part: ReplyPart): boolean {
		if (typeof part.model === 'string' && part.model !== '') this.#model = part.model;
		this.#tokens = readTokens(part.usage) ?? this.#tokens;
		const choice = part.choices?.[0];
		// A server that takes no notice of `stream` sends the whole message at once.
		const delta =
			choice?.delta ?? (choice as { message?: OpenAI.ChatCompletionChunk.Choice.Delta } | undefined)?.message;
		if (delta !== undefined && delta !== null) this.#addDelta(delta);
		if (typeof choice?.finish_reason === 'string') this.#finish = choice.finish_reason;
		return !this.#tooLong;
	}

	/** Something of the reply came, so it has cost something. */
	get begun(): boolean {
		return this.chars > 0 || this.#tokens !== undefined;
	}

	get finished(): boolean {
		return this.#finish !== undefined;
	}

	get tokens(): TokenCount | undefined {
		return this.#tokens;
	}

	/** How much was written, thoughts and calls included. */
	get chars(): number {
		const calls = [...this.#calls.values()].reduce((sum, call) => sum + call.name.length + call.arguments.length, 0);
		return this.#text.length + this.#held.length + this.#refusal.length + this.#thoughts + calls;
	}

	get model(): string | undefined {
		return this.#model;
	}

	/** The reply as far as it came. */
	end(): Pick<ModelReply, 'text' | 'toolCalls' | 'finish'> {
		// Thoughts that never end are all there is to show.
		if (this.#held !== '') this.#emit(this.#held);
		this.#held = '';
		const toolCalls: ToolCall[] = [...this.#calls.entries()]
			.toSorted(([one], [other]) => one - other)
			.map(([index, call]) => ({ ...call, id: call.id === '' ? `call_${index}` : call.id }));
		if (this.#refusal !== '') return { text: this.#refusal, toolCalls: [], finish: 'refusal' };
		if (this.#finish === 'content_filter') return { text: this.#text, toolCalls: [], finish: 'refusal' };
		if (this.#tooLong || this.#finish === 'length') return { text: this.#text, toolCalls, finish: 'length' };
		return { text: this.#text, toolCalls, finish: toolCalls.length > 0 ? 'tools' : 'stop' };
	}

	#addDelta(delta: OpenAI.ChatCompletionChunk.Choice.Delta): void {
		const { reasoning, reasoning_content } = delta as { reasoning?: unknown; reasoning_content?: unknown };
		for (const thought of [reasoning, reasoning_content])
			if (typeof thought === 'string') this.#thoughts += thought.length;
		if (typeof delta.refusal === 'string') this.#refusal += delta.refusal;
		if (typeof delta.content === 'string' && delta.content !== '') this.#addText(delta.content);
		for (const [position, call] of (delta.tool_calls ?? []).entries()) this.#addCall(call, call.index ?? position);
		if (this.chars >= this.#maxChars) this.#tooLong = true;
	}

	/** Some servers leave a model's thoughts at the head of its reply; they are held back until they end. */
	#addText(piece: string): void {
		if (this.#text !== '') return this.#emit(piece);
		const head = this.#held + piece;
		this.#held = '';
		const start = head.trimStart();
		if (!THOUGHTS.some((tag) => start.startsWith(tag) || (start !== '' && tag.startsWith(start))))
			return this.#emit(head);
		// What was looked at before is not looked at again, but for a tag that came in two pieces.
		THOUGHTS_END.lastIndex = Math.max(0, head.length - piece.length - 12);
		if (!THOUGHTS_END.test(head)) {
			this.#held = head;
			return;
		}
		this.#thoughts += THOUGHTS_END.lastIndex;
		const rest = head.slice(THOUGHTS_END.lastIndex).trimStart();
		if (rest !== '') this.#emit(rest);
	}

	#emit(piece: string): void {
		const room = Math.max(0, this.#maxChars - this.#text.length);
		const kept = piece.length > room ? piece.slice(0, room) : piece;
		if (kept === '') return;
		this.#text += kept;
		this.#onText(kept);
	}

	#addCall(piece: OpenAI.ChatCompletionChunk.Choice.Delta.ToolCall, index: number): void {
		const call = this.#calls.get(index) ?? { id: '', name: '', arguments: '' };
		if (typeof piece.id === 'string' && call.id === '') call.id = piece.id;
		// A name comes whole; some servers repeat it in every piece.
		if (typeof piece.function?.name === 'string' && call.name === '') call.name = piece.function.name;
		const text: unknown = piece.function?.arguments;
		if (typeof text === 'string') call.arguments += text;
		// Some servers send an object instead of its text.
		else if (typeof text === 'object' && text !== null) call.arguments += JSON.stringify(text);
		this.#calls.set(index, call);
	}
}

const THOUGHTS = ['<think>', '<thinking>'];
const THOUGHTS_END = /<\/think(?:ing)?>/g;

function readTokens(usage: unknown): TokenCount | undefined {
	if (typeof usage !== 'object' || usage === null) return undefined;
	const { prompt_tokens, completion_tokens, prompt_tokens_details, cost } = usage as Record<string, unknown>;
	if (!isCount(prompt_tokens) || !isCount(completion_tokens)) return undefined;
	const { cached_tokens } = Object(prompt_tokens_details) as Record<string, unknown>;
	return {
		input: prompt_tokens,
		output: completion_tokens,
		cached: isCount(cached_tokens) ? Math.min(cached_tokens, prompt_tokens) : 0,
		// OpenRouter: in credits, which are US dollars (https://openrouter.ai/docs/use-cases/usage-accounting).
		usd: typeof cost === 'number' && cost >= 0 && cost < MAX_USD ? cost : undefined,
	};
}

/** More than any reply costs; what is above is no price. */
const MAX_USD = 10_000;

function isCount(value: unknown): value is number {
	return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 1e9;
}
