import type { IClock } from '../../ports/clock.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { ModelsConfig } from '../config/models-config.ts';
import type { ModelVariables } from '../model-variables.ts';
import { findMain, openMain } from '../open-model.ts';
import type { RoutedModel } from '../router/routed-model.ts';
import { mainModels } from './main-models.ts';
import { openServer, type ServerPlan } from './open-server.ts';
import { type ProviderPlan, plansOfFile, plansOfKeys } from './provider-plan.ts';

/** OpenedProviders are the models that requests can go to, and a sentence for each provider, for the log: they hold no secret. */
export interface OpenedProviders {
	readonly models: readonly RoutedModel[];
	readonly words: readonly string[];
	/** Ends what was started for them; a second call does nothing. */
	stop(): Promise<void>;
}

/** OpenProvidersOptions say where models come from. */
export interface OpenProvidersOptions {
	readonly config: ModelsConfig | undefined;
	readonly variables: ModelVariables;
	readonly clock: IClock;
	readonly log: ILogger;
	/** Where models are that run in Errand itself (`npm run model`); none are looked for without it. */
	readonly dataDir?: string | undefined;
}

type OpenedModels = readonly Omit<RoutedModel, 'rank'>[];

/**
 * openProviders opens the models of the file of ERRAND_MODELS, else those that the environment names or that are found on
 * this machine. It takes no longer than about 300 ms and never fails: a provider that is down makes requests fail.
 */
export async function openProviders(options: OpenProvidersOptions): Promise<OpenedProviders> {
	const { config } = options;
	const parts = await (config === undefined ? fromEnvironment(options) : fromFile(config, options));
	const models = parts.flatMap(({ models }) => models).map((model, rank) => ranked(model, rank));
	const words = parts.map(({ words }) => words);
	const stops = parts.flatMap(({ stop }) => (stop === undefined ? [] : [stop]));
	return { models, words, stop: async () => void (await Promise.all(stops.map((stop) => stop()))) };
}

interface Part {
	readonly models: OpenedModels;
	readonly words: string;
	readonly stop?: (() => Promise<void>) | undefined;
}

async function fromFile(config: ModelsConfig, options: OpenProvidersOptions): Promise<readonly Part[]> {
	return await Promise.all(plansOfFile(config, options.variables).map((plan) => openPlan(plan, options)));
}

async function fromEnvironment(options: OpenProvidersOptions): Promise<readonly Part[]> {
	const { variables, clock } = options;
	const plans = plansOfKeys(variables);
	// Whoever sets a key wants its provider: then an Ollama is not looked for, unless a model of it is named.
	const isSet = [variables.OPENAI_API_KEY, variables.OPENAI_BASE_URL, variables.OPENAI_MODEL].some(Boolean);
	const main = isSet || plans.length === 0 ? findMain(variables) : undefined;
	const [found, local, ...others] = await Promise.all([
		main,
		openLocal(options),
		...plans.map((plan) => openPlan(plan, options)),
	]);
	const opened = found === undefined ? undefined : openMain(variables, found, clock, { routed: true });
	const first: Part[] =
		found === undefined || opened === undefined
			? []
			: [{ models: mainModels({ variables, main: found, opened }), words: opened.found.words }];
	return [...first, ...others, ...(local === undefined ? [] : [local])];
}

async function openPlan(plan: ProviderPlan, options: OpenProvidersOptions): Promise<Part> {
	if (!hasAddress(plan)) return (await openLocal(options, plan)) ?? { models: [], words: noLocal(plan.name) };
	const models = await openServer(plan, options.clock);
	const names = models.map(({ name }) => name.slice(plan.name.length + 1)).join(', ');
	return { models, words: `${plan.name} at ${new URL(plan.baseUrl).host}: ${names}.` };
}

/** What runs a model here is loaded only where there is one. */
async function openLocal(options: OpenProvidersOptions, plan?: ProviderPlan): Promise<Part | undefined> {
	if (options.dataDir === undefined) return undefined;
	const { openLlama } = await import('../llama/open-llama.ts');
	return await openLlama({ ...options, dataDir: options.dataDir, plan });
}

function noLocal(name: string): string {
	return `${name}: no model is here (add one with “npm run model -- add <file>”).`;
}

function hasAddress(plan: ProviderPlan): plan is ServerPlan {
	return plan.baseUrl !== undefined;
}

/** Prices may change with time, so they stay what they are: looked up. */
function ranked(model: Omit<RoutedModel, 'rank'>, rank: number): RoutedModel {
	return Object.defineProperties({ rank }, Object.getOwnPropertyDescriptors(model)) as RoutedModel;
}
