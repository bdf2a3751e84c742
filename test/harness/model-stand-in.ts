import { type ChatCompletionRequest, type FixtureResponse, LLMock } from '@copilotkit/aimock';

/**
 * ModelAsked is one request as a stand-in sees it. `what` tells what is wanted: `plan`, the name of a schema (`statements`,
 * `comparison_cells` …), or `words` where a text is.
 */
export interface ModelAsked {
	readonly what: string;
	/** The system messages, and all others: what people and strangers wrote. */
	readonly system: string;
	readonly user: string;
	/** How many messages there are; more than two where a reply was sent back. */
	readonly turns: number;
}

/** ModelSaid is what a stand-in replies: words, a call of a tool, or a value that is sent as JSON. */
export type ModelSaid = string | { readonly call: string; readonly args: unknown } | { readonly value: unknown };

/** Mind answers requests by what is wanted; `words` has texts written. */
export type Mind = Readonly<Record<string, (asked: ModelAsked) => ModelSaid>>;

/** ModelStandIn is a server of a language model whose replies are computed from requests. */
export interface ModelStandIn {
	/** What tells an Errand to use it. A million tokens cost one dollar in and five out. */
	readonly env: Readonly<Record<string, string>>;
	/** Every request so far. */
	readonly asked: readonly ModelAsked[];
	/** What nobody knew how to answer; it was refused. */
	readonly unanswered: readonly string[];
	/** Replies with another mind from now on. */
	think(mind: Mind): void;
	stop(): Promise<void>;
}

/** startModelStandIn serves a mind as an OpenAI-compatible API on a free loopback port, streamed, with a count of tokens. */
export async function startModelStandIn(first: Mind): Promise<ModelStandIn> {
	let mind = first;
	// Kept here, because the journal of aimock cuts what is longer than 64 KB.
	const asked: ModelAsked[] = [];
	const unanswered: string[] = [];
	const server = new LLMock({ port: 0, host: '127.0.0.1', chunkSize: 24 });
	server.on({ predicate: () => true }, (request) => {
		const one = askedIn(request);
		asked.push(one);
		try {
			const answer = mind[one.what];
			if (answer === undefined) throw new Error(`The stand-in knows nothing of "${one.what}".`);
			return replyOf(answer(one), one);
		} catch (error) {
			const message = error instanceof Error ? error.message : String(error);
			unanswered.push(message);
			return { error: { message, type: 'invalid_request_error' }, status: 403 };
		}
	});
	const url = await server.start();
	return {
		env: {
			OPENAI_BASE_URL: `${url}/v1`,
			OPENAI_MODEL: 'stand-in',
			OPENAI_PRICE: '1,5',
			OPENAI_CONTEXT_TOKENS: '128000',
		},
		asked,
		unanswered,
		think: (next) => {
			mind = next;
		},
		stop: () => server.stop(),
	};
}

function askedIn({ messages, tools, response_format: format }: ChatCompletionRequest): ModelAsked {
	const textOf = (isSystem: boolean) =>
		messages
			.filter(({ role }) => (role === 'system') === isSystem)
			.map(({ content }) => (typeof content === 'string' ? content : ''))
			.join('\n\n');
	const schema = (format?.['json_schema'] as { name?: string } | undefined)?.name;
	const what = (tools ?? []).length > 0 ? 'plan' : (schema ?? 'words');
	return { what, system: textOf(true), user: textOf(false), turns: messages.length };
}

function replyOf(said: ModelSaid, { system, user }: ModelAsked): FixtureResponse {
	const written =
		typeof said === 'string' ? said : JSON.stringify('call' in said ? (said.args ?? {}) : (said.value ?? null));
	// About four characters are a token.
	const [prompt, completion] = [system + user, written].map((text) => Math.ceil(text.length / 4));
	const usage = { prompt_tokens: prompt ?? 0, completion_tokens: completion ?? 0 };
	if (typeof said === 'string' || 'value' in said) return { content: written, usage };
	return { toolCalls: [{ name: said.call, arguments: written }], usage };
}
