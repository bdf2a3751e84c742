import { CoreError, isCoreError } from '../../domain/errors.ts';
import { asJson, isJsonObject, type Json } from '../../domain/json.ts';
import { sentError } from '../../domain/sent-error.ts';
import type {
	Embedded,
	EmbedOptions,
	ILanguageModel,
	ModelReply,
	ModelRequest,
	ReplyOptions,
} from '../../ports/language-model.ts';
import type { IServices } from '../../ports/services.ts';
import { MODEL_SERVICE } from './model-service.ts';
import { readSentReply, readSentVectors } from './sent-reply.ts';

/** RemoteModelOptions say over which services the models are asked, and what is taken for true of them until they say. */
export interface RemoteModelOptions {
	readonly services: Pick<IServices, 'call' | 'state' | 'watch'>;
	readonly name?: string | undefined;
	readonly contextTokens?: number | undefined;
}

/** RemoteModel is the language model of a process without keys: it asks the process that has them, wherever that runs. */
export class RemoteModel implements ILanguageModel {
	readonly #services: RemoteModelOptions['services'];
	readonly #stopWatching: () => void;
	#described: Pick<ILanguageModel, 'name' | 'contextTokens'>;
	#askedAt = Number.NEGATIVE_INFINITY;
	#learning: Promise<void> | undefined;

	constructor({ services, name = 'models', contextTokens = LIKELY_CONTEXT_TOKENS }: RemoteModelOptions) {
		this.#services = services;
		this.#described = { name, contextTokens };
		this.#stopWatching = services.watch((state) => {
			if (state.name === MODEL_SERVICE && state.available) void this.learn();
		});
		if (this.available) void this.learn();
	}

	/** Whether somebody offers the models now. */
	get available(): boolean {
		return this.#services.state(MODEL_SERVICE).available;
	}

	get name(): string {
		this.#learnAgain();
		return this.#described.name;
	}

	get contextTokens(): number {
		this.#learnAgain();
		return this.#described.contextTokens;
	}

	/** Asks which model it is; resolves likewise where nobody says. */
	learn(): Promise<void> {
		this.#learning ??= this.#learn().finally(() => {
			this.#learning = undefined;
		});
		return this.#learning;
	}

	/** Where the process that was asked dies, another one that offers the models is asked anew. */
	async reply(request: ModelRequest, { signal, onText, onRestart }: ReplyOptions): Promise<ModelReply> {
		const onPiece = (piece: Json) => {
			if (!isJsonObject(piece)) return;
			if (piece['restart'] === true) onRestart?.();
			else if (typeof piece['text'] === 'string') onText?.(piece['text']);
		};
		return readSentReply(await this.#ask('reply', asJson(request), { signal, onPiece, onAgain: onRestart }));
	}

	async embed(texts: readonly string[], { signal, caller, model }: EmbedOptions): Promise<Embedded> {
		return readSentVectors(await this.#ask('embed', asJson({ texts, caller, model }), { signal }), texts.length);
	}

	/** Learns no more; safe to call twice. */
	stop(): void {
		this.#stopWatching();
	}

	async #ask(method: string, body: Json, { onAgain, ...options }: Asking): Promise<Json> {
		for (let tries = 1; ; tries++) {
			try {
				return await this.#services.call(MODEL_SERVICE, method, body, { timeoutMs: REPLY_MS, ...options });
			} catch (error) {
				const isOver = tries >= MOST_TRIES || options.signal.aborted || !this.available;
				if (isOver || !isCoreError(error) || !GONE.includes(error.code)) throw asModelError(error);
				onAgain?.();
			}
		}
	}

	#learnAgain(): void {
		if (performance.now() - this.#askedAt > LEARN_EVERY_MS && this.available) void this.learn();
	}

	async #learn(): Promise<void> {
		this.#askedAt = performance.now();
		try {
			const said = await this.#services.call(MODEL_SERVICE, 'describe', null, { timeoutMs: DESCRIBE_MS });
			if (!isJsonObject(said)) return;
			const { name, contextTokens } = said;
			if (typeof name !== 'string' || typeof contextTokens !== 'number') return;
			this.#described = { name, contextTokens };
		} catch {
			// What was known is true still, as far as anybody can tell.
		}
	}
}

interface Asking {
	readonly signal: AbortSignal;
	readonly onPiece?: (piece: Json) => void;
	/** What was heard so far does not count. */
	readonly onAgain?: (() => void) | undefined;
}

/** Whoever was asked is there no more. What they were paid for it is lost, and nothing else. */
const GONE: readonly string[] = ['service-down', 'shutting-down'];
/** Processes are stopped one after the other when a release is rolled out. */
const MOST_TRIES = 4;

/** Errors of the way are those of a model that cannot be reached; what the model itself said stays. */
function asModelError(error: unknown): unknown {
	if (!isCoreError(error)) return error;
	const as = (code: 'model-refused' | 'model-unavailable', message: string) => {
		const { usage, retryAfterMs } = sentError(error);
		const extras = { ...(usage && { usage }), ...(retryAfterMs !== undefined && { retryAfterMs }) };
		return Object.assign(new CoreError(code, message, { hint: error.hint, cause: error }), extras);
	};
	if (error.code === 'too-large') return as('model-refused', error.message);
	if (!UNREACHED.includes(error.code)) return error;
	return as('model-unavailable', `The language model cannot be reached. ${error.message}`);
}

const UNREACHED: readonly string[] = ['service-down', 'store-unreachable', 'timed-out', 'shutting-down', 'internal'];

/** As long as the process that asks the providers may try again and again. */
const REPLY_MS = 600_000;
const DESCRIBE_MS = 5_000;
const LEARN_EVERY_MS = 60_000;
/** What most models of the day hold at least. */
const LIKELY_CONTEXT_TOKENS = 32_000;
