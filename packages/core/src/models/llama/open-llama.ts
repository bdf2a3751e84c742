import { describeError } from '../../domain/errors.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { ProviderPlan } from '../providers/provider-plan.ts';
import type { RoutedModel } from '../router/routed-model.ts';
import { LlamaModel } from './llama-model.ts';
import { type LlamaEntry, libraryFile, readLlamaRegistry } from './llama-registry.ts';

/** OpenLlamaOptions say where added models are, and which of them a file of providers wants. */
export interface OpenLlamaOptions {
	readonly dataDir: string;
	readonly clock: IClock;
	readonly log: ILogger;
	readonly plan?: ProviderPlan | undefined;
	/** How long a model stays loaded without being asked. */
	readonly idleMs?: number | undefined;
}

/** openLlama opens the models that were added to run here; undefined when there are none. It starts nothing: the first request does. */
export async function openLlama(options: OpenLlamaOptions): Promise<
	| {
			readonly models: readonly Omit<RoutedModel, 'rank'>[];
			readonly words: string;
			readonly stop: () => Promise<void>;
	  }
	| undefined
> {
	const { dataDir, clock, log, plan, idleMs = IDLE_MS } = options;
	const provider = plan?.name ?? 'llama';
	const entries = await readLlamaRegistry(dataDir).catch((error: unknown) => {
		log.warn('models cannot be read', { trouble: describeError(error) });
		return [];
	});
	const wanted = entries.filter(({ name }) => isWanted(plan, name));
	if (wanted.length === 0) return undefined;
	const opened = wanted.map((entry) => {
		const { name, file, embedding } = entry;
		const told = plan?.models.find(({ id }) => id === name);
		const contextTokens = Math.min(told?.contextTokens ?? entry.contextTokens, entry.contextTokens);
		const init = { library: libraryFile(dataDir), file, contextTokens, embedding };
		const model = new LlamaModel({ name, init, idleMs, clock, log });
		return { entry, told, model };
	});
	const models = opened.map(({ entry, told, model }): Omit<RoutedModel, 'rank'> => {
		const tiers = told?.tiers ?? (entry.embedding ? ['embedding' as const] : tiersOf(entry));
		// One process answers one request after the other.
		const limits = { concurrency: 1, ...plan?.limits };
		const price = { input: 0, output: 0 };
		const probe = () => model.probe();
		return { name: `${provider}/${entry.name}`, provider, limits, tiers, price, images: false, model, probe };
	});
	const names = wanted.map(({ name }) => name).join(', ');
	return {
		models,
		words: `${provider} in this machine: ${names}, which costs nothing.`,
		stop: async () => void (await Promise.all(opened.map(({ model }) => model.stop()))),
	};
}

/** Five minutes, as Ollama keeps its models. */
const IDLE_MS = 300_000;

function isWanted(plan: ProviderPlan | undefined, name: string): boolean {
	return plan === undefined || plan.models.length === 0 || plan.models.some(({ id }) => id === name);
}

/** Files of models that run on a processor without help are small; a large one is trusted with more. */
function tiersOf({ bytes }: LlamaEntry): RoutedModel['tiers'] {
	return bytes < LARGE_BYTES ? ['small', 'middle'] : ['small', 'middle', 'large'];
}

const LARGE_BYTES = 8e9;
