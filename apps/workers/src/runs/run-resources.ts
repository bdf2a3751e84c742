import type { IArtifactStore } from '@errand/core/ports/artifact-store.ts';
import type { RunResources } from './run-context.ts';

/** openRunResources gives runs an artifact store and the guarded fetch, whose library is loaded at the first request. */
export function openRunResources({ artifacts, allowPrivateHosts }: ResourceOptions): RunResources {
	const load = async () => {
		const { createGuardedFetch } = await import('@errand/core/adapters/network/guarded-fetch.ts');
		return createGuardedFetch({ allowPrivateHosts });
	};
	let fetch: ReturnType<typeof load> | undefined;
	return {
		artifacts,
		fetch: async (url, init) => {
			fetch ??= load();
			return await (await fetch)(url, init);
		},
	};
}

interface ResourceOptions {
	readonly artifacts: IArtifactStore;
	/** `host:port` entries that the network guard lets through. */
	readonly allowPrivateHosts: readonly string[];
}
