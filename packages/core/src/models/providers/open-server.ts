import type { IClock } from '../../ports/clock.ts';
import { findOllama } from '../find-ollama.ts';
import { boundsOf, chooseModel, isAtHome, LOOK_MS, priceAtHome } from '../open-model.ts';
import { isEmbedding } from '../openai/choose-model.ts';
import type { ChosenModel } from '../openai/chosen-model.ts';
import { type ListedModel, listModels } from '../openai/list-models.ts';
import { OpenAiModel, serverCalls } from '../openai/openai-model.ts';
import type { ModelTier, RoutedModel } from '../router/routed-model.ts';
import type { TokenPrice } from '../token-price.ts';
import { knownModel, priceAt } from './known-models.ts';
import { probeServer } from './probe-server.ts';
import { PROVIDER_KINDS } from './provider-kinds.ts';
import type { ModelPlan, ProviderPlan } from './provider-plan.ts';

/** ServerPlan is a provider behind an address. */
export type ServerPlan = ProviderPlan & { readonly baseUrl: string };

/** openServer opens the models of a server: those that are planned, else what it says it has. It asks for 300 ms at most and never fails. */
export async function openServer(plan: ServerPlan, clock: IClock): Promise<readonly Omit<RoutedModel, 'rank'>[]> {
	const { name: provider, kind, baseUrl, apiKey, limits, settings, api, silenceMs } = plan;
	const ways = PROVIDER_KINDS[kind];
	const bounds = { ...boundsOf(baseUrl, silenceMs), routed: true };
	const calls = serverCalls({ clock, apiKey, bounds, settings });
	const headers = apiKey === undefined ? undefined : ways.headers?.(apiKey);
	const list = (signal: AbortSignal) => listModels({ baseUrl, apiKey, signal, headers, settings });
	const probe = probeServer({ baseUrl, apiKey, path: ways.probePath, headers, settings });
	return (await modelsOf(plan, list)).map(({ id, chosen, ...known }): Omit<RoutedModel, 'rank'> => {
		const priceOf = (model: string) => known.price ?? listedPrice(plan, model, clock.now());
		const { dimensions } = known;
		const dialect = { ...ways.dialect, api };
		const model = new OpenAiModel({
			...{ baseUrl, apiKey, clock, settings, calls, dimensions, dialect },
			model: chosen,
			price: priceOf,
		});
		const { tiers, images } = known;
		return {
			...{ name: `${provider}/${id}`, provider, limits, tiers, images, model, probe, isAtHome: isAtHome(baseUrl) },
			get price() {
				return priceOf(id);
			},
		};
	});
}

/** What a model is, as far as it is known at the start. */
interface FoundModel extends Omit<ModelPlan, 'tiers' | 'images'> {
	readonly tiers: readonly ModelTier[];
	readonly images: boolean;
	readonly chosen: ChosenModel | ((signal: AbortSignal) => Promise<ChosenModel>);
}

type List = (signal: AbortSignal) => Promise<readonly ListedModel[]>;

async function modelsOf(plan: ServerPlan, list: List): Promise<readonly FoundModel[]> {
	const { kind } = plan;
	if (plan.models.length === 0) return await offeredModels(plan, list);
	const isTold = ({ id, contextTokens }: ModelPlan) => (contextTokens ?? knownModel(kind, id)) !== undefined;
	// What a model holds is asked of its server where nobody wrote it down.
	const listed = plan.models.every(isTold) ? [] : await list(AbortSignal.timeout(LOOK_MS)).catch(() => []);
	return plan.models.map((model) => {
		const known = knownModel(kind, model.id);
		const contextTokens = model.contextTokens ?? known?.contextTokens;
		const told = listed.find(({ id }) => id === model.id);
		const { id } = model;
		const tiers = model.tiers ?? known?.tiers ?? (isEmbedding(id) ? ['embedding' as const] : CHAT_TIERS);
		// It makes vectors by itself, if it does at all.
		const chosen = { ...told, id, embeddingModel: id, ...(contextTokens === undefined ? {} : { contextTokens }) };
		return { ...model, tiers, images: model.images ?? known?.images ?? kind === 'openrouter', chosen };
	});
}

/** What the server offers by itself: the model that suits best, and one for vectors. */
async function offeredModels(plan: ServerPlan, list: List): Promise<readonly FoundModel[]> {
	const { kind, baseUrl } = plan;
	const choose = async (signal: AbortSignal) => chooseModel(await list(signal), { baseUrl, wanted: undefined });
	const host = baseUrl.replace(/\/v1$/, '');
	const found =
		kind === 'ollama'
			? (await findOllama({ host, timeoutMs: LOOK_MS }))?.model
			: await choose(AbortSignal.timeout(LOOK_MS)).catch(() => undefined);
	const images = false;
	// A server that is not up yet is asked again at the first request.
	if (found === undefined) return [{ id: LATER, tiers: CHAT_TIERS, images, chosen: choose }];
	const { embeddingModel: vectors } = found;
	const chat: FoundModel = { id: found.id, tiers: CHAT_TIERS, images, chosen: found };
	if (vectors === undefined) return [chat];
	return [chat, { id: vectors, tiers: ['embedding'], images, chosen: { id: vectors, embeddingModel: vectors } }];
}

/** LATER stands for a model that is chosen at the first request. */
export const LATER = 'default';
/** CHAT_TIERS are all tiers of a model that is not known to be of one. */
export const CHAT_TIERS: readonly ModelTier[] = ['small', 'middle', 'large'];

function listedPrice({ kind, baseUrl }: ServerPlan, id: string, now: number): TokenPrice | undefined {
	const known = knownModel(kind, id);
	if (known !== undefined) return priceAt(known, now);
	return priceAtHome(baseUrl);
}
