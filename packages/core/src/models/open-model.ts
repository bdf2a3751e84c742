import { CoreError } from '../domain/errors.ts';
import type { IClock } from '../ports/clock.ts';
import type { ILanguageModel } from '../ports/language-model.ts';
import { findOllama } from './find-ollama.ts';
import type { ModelVariables } from './model-variables.ts';
import { chatModels, embeddingModel, openAiDefault } from './openai/choose-model.ts';
import type { ChosenModel } from './openai/chosen-model.ts';
import { type ListedModel, listModels } from './openai/list-models.ts';
import { OpenAiModel } from './openai/openai-model.ts';
import type { CallBounds } from './openai/server-calls.ts';
import { isOpenAi } from './openai/server-dialect.ts';
import { listPrice } from './providers/known-models.ts';
import type { TokenPrice } from './token-price.ts';

/** OpenedModel is a language model to use, and how it came to be chosen, for the log: it holds no secret. */
export interface OpenedModel {
	readonly model: ILanguageModel;
	readonly found: {
		/** `variables`: as the environment says; `ollama`: one was found listening. */
		readonly by: 'variables' | 'ollama';
		readonly server: string;
		/** Undefined while the choice is left to the first request. */
		readonly model: string | undefined;
		/** What tokens cost: as configured, as listed, nothing at home, or unknown (counted as nothing unless the server says). */
		readonly price: 'configured' | 'listed' | 'none' | 'unknown';
		/** The same in a sentence. */
		readonly words: string;
	};
}

/** OPENAI_URL is OpenAI's own service. */
export const OPENAI_URL = 'https://api.openai.com/v1';

/** MainServer is the one server that the variables name, or an Ollama that was found, and its model or the way to choose one. */
export interface MainServer {
	readonly by: OpenedModel['found']['by'];
	readonly baseUrl: string;
	readonly chosen: ChosenModel | ((signal: AbortSignal) => Promise<ChosenModel>);
}

/**
 * openModel makes the language model that the variables name, else that of an Ollama listening where OLLAMA_HOST says;
 * undefined when there is neither. It takes no longer than about 300 ms and never fails: a provider that is down makes
 * requests fail, not the start.
 */
export async function openModel(variables: ModelVariables, clock: IClock): Promise<OpenedModel | undefined> {
	const main = await findMain(variables);
	return main === undefined ? undefined : openMain(variables, main, clock);
}

/** findMain looks for the server that openModel uses. */
export async function findMain(variables: ModelVariables): Promise<MainServer | undefined> {
	const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseUrl, OPENAI_MODEL: wanted } = variables;
	if (baseUrl !== undefined || apiKey !== undefined) return await configured(variables);
	const host = variables.OLLAMA_HOST;
	const ollama = await findOllama({ host, timeoutMs: LOOK_MS, wanted });
	if (ollama?.model !== undefined) return { by: 'ollama', baseUrl: ollama.baseUrl, chosen: ollama.model };
	// Whoever names a model wants it, even if its server is not up yet.
	return wanted === undefined ? undefined : { by: 'variables', baseUrl: `${host}/v1`, chosen: { id: wanted } };
}

/** LOOK_MS is how long a start waits for what servers say of their models. */
export const LOOK_MS = 300;

async function configured(variables: ModelVariables): Promise<MainServer> {
	const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseUrl = OPENAI_URL, OPENAI_MODEL: wanted } = variables;
	const choose = async (signal: AbortSignal) =>
		chooseModel(await listModels({ baseUrl, apiKey, signal }), { baseUrl, wanted });
	// A server nearby answers at once; what one further away has is asked when it is needed.
	const chosen = isOpenAi(baseUrl) ? undefined : await choose(AbortSignal.timeout(LOOK_MS)).catch(() => undefined);
	const later = wanted === undefined ? choose : { id: wanted };
	return { by: 'variables', baseUrl, chosen: chosen ?? later };
}

/** chooseModel is the model that is wanted, with what the server says of it, else one that suits. */
export function chooseModel(
	models: readonly ListedModel[],
	{ baseUrl, wanted }: { baseUrl: string; wanted: string | undefined },
): ChosenModel {
	const listed =
		wanted !== undefined
			? (models.find(({ id }) => id === wanted) ?? { id: wanted })
			: isOpenAi(baseUrl)
				? openAiDefault(models)
				: chatModels(models)[0];
	if (listed === undefined) {
		throw new CoreError('model-refused', `The server at ${new URL(baseUrl).host} lists no model that chats.`, {
			hint: 'Load a model there, or name one with OPENAI_MODEL.',
		});
	}
	return { ...listed, embeddingModel: isOpenAi(baseUrl) ? undefined : embeddingModel(models) };
}

/** openMain makes the model of the server that was found; `routed` where a router decides about further tries. */
export function openMain(
	variables: ModelVariables,
	{ by, baseUrl, chosen }: MainServer,
	clock: IClock,
	{ routed }: { readonly routed: boolean } = { routed: false },
): OpenedModel {
	const { OPENAI_API_KEY, OPENAI_PRICE, OPENAI_SILENCE_MS } = variables;
	const own = isOpenAi(baseUrl);
	const priceOf = (model: string) => OPENAI_PRICE ?? (own ? listPrice(model) : undefined);
	const withOwnWords = (model: ChosenModel): ChosenModel => ({
		...model,
		contextTokens:
			variables.OPENAI_CONTEXT_TOKENS ??
			model.contextTokens ??
			(own && listPrice(model.id) ? LISTED_CONTEXT_TOKENS : undefined),
		embeddingModel: variables.OPENAI_EMBEDDING_MODEL ?? model.embeddingModel,
	});
	const model = new OpenAiModel({
		baseUrl,
		apiKey: OPENAI_API_KEY,
		model: typeof chosen === 'function' ? async (signal) => withOwnWords(await chosen(signal)) : withOwnWords(chosen),
		clock,
		price: priceOf,
		bounds: { ...boundsOf(baseUrl, OPENAI_SILENCE_MS), routed },
	});
	const id = typeof chosen === 'function' ? undefined : chosen.id;
	const server = new URL(baseUrl).host;
	const price = priceWords({
		configured: OPENAI_PRICE !== undefined,
		listed: id !== undefined && priceOf(id) !== undefined,
		home: isAtHome(baseUrl),
	});
	const which = id ?? 'a model to be chosen at the first request';
	const words = `${by === 'ollama' ? 'Ollama was found' : 'Configured'} at ${server}: ${which}, ${PRICE_WORDS[price]}.`;
	return { model, found: { by, server, model: id, price, words } };
}

/** A machine without a large graphics card loads its model and reads a prompt for minutes, and answers one after the other. */
const HOME_BOUNDS = { firstMs: 300_000, inTurn: true } as const;

/** boundsOf says how patiently a server is called: one at home more so. */
export function boundsOf(baseUrl: string, silenceMs: number | undefined): Partial<CallBounds> {
	if (silenceMs !== undefined) return { silenceMs };
	return isAtHome(baseUrl) ? HOME_BOUNDS : {};
}

/** Above, a prompt costs twice as much for each token. */
const LISTED_CONTEXT_TOKENS = 272_000;

type PriceKnown = OpenedModel['found']['price'];

function priceWords({ configured, listed, home }: { configured: boolean; listed: boolean; home: boolean }): PriceKnown {
	if (configured) return 'configured';
	if (listed) return 'listed';
	return home ? 'none' : 'unknown';
}

const PRICE_WORDS: Readonly<Record<PriceKnown, string>> = {
	configured: 'at the price of OPENAI_PRICE',
	listed: 'at list price',
	none: 'which costs nothing',
	unknown: 'at a price that is only known where the server tells it (set OPENAI_PRICE)',
};

/** isAtHome tells a server of the operator's own, which costs nothing, by its private address. */
export function isAtHome(baseUrl: string): boolean {
	const { hostname } = new URL(baseUrl);
	return (
		/^(?:localhost|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|\[::1\]|\[f[cd])/.test(hostname) ||
		!hostname.includes('.')
	);
}

/** priceAtHome is nothing for a server of the operator's own; undefined for any other. */
export function priceAtHome(baseUrl: string): TokenPrice | undefined {
	return isAtHome(baseUrl) ? { input: 0, output: 0 } : undefined;
}
