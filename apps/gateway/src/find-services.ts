import { openSearch } from '@errand/core/adapters/search/open-search.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { IWebSearch } from '@errand/core/ports/web-search.ts';
import type { Config } from './config.ts';

/** Found is what this machine and its configuration have for runs. */
export interface Found {
	readonly search: IWebSearch | undefined;
}

/** findServices looks for what makes Errand able to do more, and logs what there is and what is missing. */
export async function findServices(config: Config, { clock, log }: { clock: IClock; log: ILogger }): Promise<Found> {
	const search = openSearch(config.search, clock);
	log.info('services found', { search: search?.name ?? 'none' });
	return { search };
}
