import { type OpenedModels, openModels } from '@errand/core/models/open-models.ts';
import type { ModelRouterParts } from '@errand/core/models/router/model-router.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { IModelLedger } from '@errand/core/ports/model-ledger.ts';
import type { ISharedTurns } from '@errand/core/ports/shared-turns.ts';
import { type Found, findServices } from '@errand/workers/services/find-services.ts';
import type { Config } from '../config.ts';

/** ModelCare is what the server does for the models of this process. */
export interface ModelCare extends Pick<ModelRouterParts, 'pinOf' | 'onHealth'> {
	/** The same ledger, with each call counted. */
	readonly counting: (ledger: IModelLedger) => IModelLedger;
}

interface Settings {
	readonly config: Config;
	readonly log: ILogger;
	readonly modelCare: ModelCare;
}

interface Shared {
	readonly clock: IClock;
	readonly ledger: IModelLedger;
	/** Where other processes ask the same providers. */
	readonly turns?: ISharedTurns | undefined;
}

/** OpenedServices is what tasks have to work with, and the models behind it, which are to be stopped. */
export interface OpenedServices {
	readonly found: Found;
	readonly models: Pick<Partial<OpenedModels>, 'router'> & Pick<OpenedModels, 'stop'>;
}

/** openServices opens the models of this process, which holds their keys, and looks for what else there is. */
export async function openServices(
	{ config, log, modelCare: { counting, ...modelCare } }: Settings,
	{ clock, ledger: uncounted, turns }: Shared,
): Promise<OpenedServices> {
	const { models: said, model: variables, secrets, dataDir } = config;
	const ledger = counting(uncounted);
	let models: OpenedServices['models'] = { stop: async () => {} };
	const found = await findServices(config, {
		clock,
		models: async () => {
			const care = { ...modelCare, ledger, turns, secrets };
			const opened = await openModels({ config: said, variables, ...care, dataDir, clock, log });
			if (opened !== undefined) models = opened;
			return opened && { model: opened.router, words: opened.words };
		},
	});
	return { found, models };
}
