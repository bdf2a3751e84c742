import type { OpenAI } from 'openai';
import { isJsonObject } from '../../domain/json.ts';
import { parseLenientJson } from '../../domain/lenient-json.ts';
import type { Usage } from '../../domain/task/facts.ts';
import { addUsage, NO_USAGE, withUsage } from '../../domain/task/usage.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ILanguageModel, ModelReply, ModelRequest, ReplyOptions } from '../../ports/language-model.ts';
import { isNotThere, PassingFault, refusalWords, unavailable } from '../model-fault.ts';
import type { TokenPrice } from '../token-price.ts';
import { chatRequest, wireName } from './chat-request.ts';
import type { ChosenModel } from './chosen-model.ts';
import { embedTexts } from './embed-texts.ts';
import { openClient } from './open-client.ts';
import type { ReplyReader } from './read-response.ts';
import { ReplyDraft } from './reply-draft.ts';
import { tokensOf, usageOfTokens } from './reply-usage.ts';
import { ResponseParts } from './responses/response-parts.ts';
import { responseRequest } from './responses/response-request.ts';
import { type CallBounds, ServerCalls } from './server-calls.ts';
import { firstDialect, isOpenAi, type ServerDialect, simplerDialect, simplerOutput } from './server-dialect.ts';
import { OPENAI_SETTINGS, type ServerSettings } from './server-settings.ts';
import type { Watch } from './watch.ts';

/** OpenAiModelOptions say which server is asked for which model, and how patiently. */
export interface OpenAiModelOptions {
	/** The address of the API, such as `https://api.openai.com/v1`. */
	readonly baseUrl: string;
	/** Local servers need none. */
	readonly apiKey?: string | undefined;
	/** The model, or the way to find one, taken at the first request. */
	readonly model: ChosenModel | ((signal: AbortSignal) => Promise<ChosenModel>);
	readonly clock: IClock;
	/** What tokens cost there; a cost that the server names goes before. */
	readonly price?: ((model: string) => TokenPrice | undefined) | undefined;
	readonly bounds?: Partial<CallBounds> | undefined;
	/** Where its settings are written down; the variables of the one server unless said. */
	readonly settings?: ServerSettings | undefined;
	/** What is known of the server's ways beforehand. */
	readonly dialect?: Partial<ServerDialect> | undefined;
	/** How long vectors are to be, where that can be chosen. */
	readonly dimensions?: number | undefined;
	/** Several models of one server are called alike: when it is down for one, it is for all. */
	readonly calls?: ServerCalls | undefined;
}

/** serverCalls is how a server is called by all its models; whoever bounds silence means all of it. */
export function serverCalls({
	clock,
	apiKey,
	bounds,
	settings,
}: Pick<OpenAiModelOptions, 'clock' | 'apiKey' | 'bounds' | 'settings'>): ServerCalls {
	const first = bounds?.silenceMs === undefined ? {} : { firstMs: bounds.silenceMs };
	return new ServerCalls({ clock, secret: apiKey, bounds: { ...BOUNDS, ...first, ...bounds }, settings });
}

/** OpenAiModel is a language model behind any server that speaks OpenAI's chat completions or Responses API. */
export class OpenAiModel implements ILanguageModel {
	readonly #options: OpenAiModelOptions;
	readonly #calls: ServerCalls;
	#client: Promise<OpenAI> | undefined;
	#chosen: ChosenModel | undefined;
	#dialect: ServerDialect;

	constructor(options: OpenAiModelOptions) {
		this.#options = options;
		this.#calls = options.calls ?? serverCalls(options);
		this.#dialect = { ...firstDialect(options.baseUrl), ...options.dialect };
		if (typeof options.model !== 'function') this.#chosen = options.model;
	}

	/** The server's name until a model was chosen there. */
	get name(): string {
		return this.#chosen?.id ?? new URL(this.#options.baseUrl).host;
	}

	get contextTokens(): number {
		return this.#chosen?.contextTokens ?? (isOpenAi(this.#options.baseUrl) ? OPENAI_CONTEXT_TOKENS : CONTEXT_TOKENS);
	}

	async reply(request: ModelRequest, options: ReplyOptions): Promise<ModelReply> {
		let spent = NO_USAGE;
		let under: Reply | undefined;
		let heard = false;
		/** What came of a try that broke off has cost something, too. */
		const settle = () => {
			if (under?.draft.begun) spent = addUsage(spent, this.#cost(request, under).usage);
			under = undefined;
		};
		try {
			return await this.#calls.call(
				async (watch, tried) => {
					settle();
					if (tried > 1 && heard) options.onRestart?.();
					heard = false;
					const onText = (piece: string) => {
						if (watch.signal.aborted) return;
						heard = true;
						options.onText?.(piece);
					};
					const model = await this.#model(watch.signal);
					const { response, api } = await this.#send(request, model.id, watch);
					const draft = new ReplyDraft({ maxChars: maxCharsOf(request, this.#dialect), onText });
					under = { draft, model, headers: response.headers };
					const client = await this.#openClient();
					const settings = this.#options.settings ?? OPENAI_SETTINGS;
					await readReply(response, { draft, watch, client, name: this.#place(), settings, api });
					const reply = { ...this.#finish(request, draft), ...this.#cost(request, under) };
					return { ...reply, usage: addUsage(spent, reply.usage) };
				},
				{ signal: options.signal, name: () => this.#place() },
			);
		} catch (error) {
			settle();
			throw withUsage(error, spent);
		}
	}

	async embed(
		texts: readonly string[],
		{ signal }: { readonly signal: AbortSignal },
	): Promise<{ readonly vectors: readonly (readonly number[])[]; readonly usage: Usage }> {
		if (texts.length === 0) return { vectors: [], usage: NO_USAGE };
		return await this.#calls.call(
			async (watch) => {
				const chosen = await this.#model(watch.signal);
				const model = chosen.embeddingModel ?? (isOpenAi(this.#options.baseUrl) ? OPENAI_EMBEDDING_MODEL : chosen.id);
				const { vectors, tokens } = await embedTexts(texts, {
					client: await this.#openClient(),
					model,
					dimensions: this.#options.dimensions,
					watch,
				});
				const count = { input: tokens, cached: 0, output: 0 };
				return { vectors, usage: usageOfTokens(count, { price: this.#options.price?.(model), headers: undefined }) };
			},
			{ signal, name: () => this.#place() },
		);
	}

	/** Sends the request, and in simpler words where the server does not take it; words that it took are kept for the next. */
	async #send(request: ModelRequest, model: string, watch: Watch): Promise<Sent> {
		const client = await this.#openClient();
		const before = this.#dialect;
		for (let dialect = before; ; ) {
			try {
				const options = { signal: watch.signal };
				const response = await (dialect.api === 'responses'
					? client.responses.create(responseRequest(request, { model, dialect }), options)
					: client.chat.completions.create(chatRequest(request, { model, dialect }), options)
				).asResponse();
				watch.heard();
				// What another call has learnt meanwhile is not forgotten.
				if (dialect !== before) this.#dialect = dialect;
				return { response, api: dialect.api };
			} catch (error) {
				const words = refusalWords(error);
				const askedForJson = request.output !== undefined;
				const simpler =
					dialect.api === 'responses' && isNotThere(error)
						? { ...dialect, api: 'chat' as const }
						: words === undefined
							? undefined
							: simplerDialect(dialect, { words, askedForJson });
				if (simpler === undefined) throw error;
				watch.heard();
				dialect = simpler;
			}
		}
	}

	/** The reply, if it is one; an empty one is a failure, and teaches what the next try does differently. */
	#finish(request: ModelRequest, draft: ReplyDraft): Pick<ModelReply, 'text' | 'toolCalls' | 'finish'> {
		const reply = draft.end();
		if (reply.text.trim() === '' && reply.toolCalls.length === 0 && reply.finish !== 'refusal') {
			// A model that thinks may have used up the whole bound before its first word.
			if (reply.finish === 'length') this.#dialect = { ...this.#dialect, thinkingTokens: THINKING_TOKENS };
			throw new PassingFault(
				unavailable(
					`${this.#place()} sent an empty reply`,
					'Errand tries again by itself. If it stays so, try another model.',
				),
				{ waitMs: 0, tries: 2 },
			);
		}
		if (request.output !== undefined && reply.finish === 'stop' && !holdsTo(reply.text, request.output.schema)) {
			// The server took the schema and took no notice of it; from now on the model reads it in its prompt.
			if (this.#dialect.output === 'schema') this.#dialect = simplerOutput(this.#dialect) ?? this.#dialect;
		}
		const names = new Map((request.tools ?? []).map(({ name }) => [wireName(name), name]));
		return {
			...reply,
			toolCalls: reply.toolCalls.map((call) => ({ ...call, name: names.get(call.name) ?? call.name })),
		};
	}

	#cost(
		request: ModelRequest,
		{ draft, model, headers }: Reply,
	): Pick<ModelReply, 'usage' | 'tokens' | 'model' | 'estimated'> {
		const { estimated, usd, input, cached, output } = tokensOf(request, draft);
		const tokens = { input, cached, output };
		const usage = usageOfTokens({ ...tokens, usd }, { price: this.#options.price?.(model.id), headers });
		return { usage, tokens, model: draft.model ?? model.id, ...(estimated ? { estimated } : {}) };
	}

	async #model(signal: AbortSignal): Promise<ChosenModel> {
		const { model } = this.#options;
		this.#chosen ??= typeof model === 'function' ? await model(signal) : model;
		return this.#chosen;
	}

	#openClient(): Promise<OpenAI> {
		this.#client ??= openClient(this.#options);
		return this.#client;
	}

	#place(): string {
		const { host } = new URL(this.#options.baseUrl);
		return this.#chosen === undefined ? `at ${host}` : `${this.#chosen.id} at ${host}`;
	}
}

/** What came back, and in which words it is. */
interface Sent {
	readonly response: Response;
	readonly api: ServerDialect['api'];
}

/** A reply that is coming in. */
interface Reply {
	readonly draft: ReplyDraft;
	readonly model: ChosenModel;
	readonly headers: Headers;
}

const BOUNDS: CallBounds = {
	firstMs: 120_000,
	silenceMs: 60_000,
	totalMs: 600_000,
	maxWaitMs: 20_000,
	inTurn: false,
};
const OPENAI_EMBEDDING_MODEL = 'text-embedding-3-small';
/** Where a server does not say what its model holds. */
const CONTEXT_TOKENS = 8_192;
const OPENAI_CONTEXT_TOKENS = 128_000;
const THINKING_TOKENS = 8_000;
/** Tokens of plain text rarely have more characters than this, so no honest reply is cut. */
const MAX_CHARS_PER_TOKEN = 8;
function maxCharsOf({ maxTokens }: ModelRequest, { thinkingTokens }: ServerDialect): number {
	return (maxTokens + thinkingTokens) * MAX_CHARS_PER_TOKEN;
}

function holdsTo(text: string, schema: unknown): boolean {
	const json = parseLenientJson(text);
	if (!isJsonObject(schema) || schema['type'] !== 'object') return json !== undefined;
	const required = Array.isArray(schema['required']) ? schema['required'] : [];
	return isJsonObject(json) && required.every((name) => typeof name === 'string' && name in json);
}

/** Reading is loaded with the library, at the first reply. */
async function readReply(
	response: Response,
	{ api, ...reader }: Omit<ReplyReader, 'toParts'> & Pick<Sent, 'api'>,
): Promise<void> {
	const { chatParts, readResponse } = await import('./read-response.ts');
	const parts = new ResponseParts();
	await readResponse(response, { ...reader, toParts: api === 'responses' ? (event) => parts.of(event) : chatParts });
}
