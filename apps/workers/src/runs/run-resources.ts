import { join } from 'node:path';
import { FolderArtifactStore } from '@errand/core/adapters/files/folder-artifact-store.ts';
import type { RunResources } from './run-context.ts';

/** openRunResources gives runs the artifacts of a data directory and the guarded fetch, whose library is loaded at the first request. */
export function openRunResources({ dataDir, allowPrivateHosts }: ResourceOptions): RunResources {
	const load = async () => {
		const { createGuardedFetch } = await import('@errand/core/adapters/network/guarded-fetch.ts');
		return createGuardedFetch({ allowPrivateHosts });
	};
	let fetch: ReturnType<typeof load> | undefined;
	return {
		artifacts: new FolderArtifactStore(join(dataDir, 'artifacts')),
		fetch: async (url, init) => {
			fetch ??= load();
			return await (await fetch)(url, init);
		},
	};
}

/** ResourceOptions say whose files runs see, and which private `host:port` they may reach. */
export interface ResourceOptions {
	readonly dataDir: string;
	readonly allowPrivateHosts: readonly string[];
}
