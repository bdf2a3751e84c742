import { type FoundationOptions, openEmbeddedFoundation } from './embedded.ts';
import type { Foundation } from './foundation.ts';

/** openFoundation is the one choice between a server alone and one of many; what only a cluster needs is loaded only there. */
export async function openFoundation(options: FoundationOptions): Promise<Foundation> {
	const { cluster } = options.config;
	if (cluster === undefined) return openEmbeddedFoundation(options);
	const { openClusterFoundation } = await import('./cluster.ts');
	return openClusterFoundation({ ...options, cluster });
}
