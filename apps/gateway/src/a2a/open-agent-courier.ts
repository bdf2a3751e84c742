import { allowedHosts, checkedUrl } from '@errand/core/adapters/network/checked-url.ts';
import { createGuardedFetch } from '@errand/core/adapters/network/guarded-fetch.ts';
import type { IAgentCourier } from '@errand/core/ports/agent-courier.ts';
import type { IClock } from '@errand/core/ports/clock.ts';

/** openAgentCourier carries messages to agents at public addresses, and at those private ones that the operator allowed; its protocol is loaded with the first. */
export function openAgentCourier(
	{ allowPrivateHosts }: { readonly allowPrivateHosts: readonly string[] },
	clock: IClock,
): IAgentCourier {
	const allowed = allowedHosts(allowPrivateHosts);
	const open = async () => {
		const { A2aCourier } = await import('@errand/workers/tools/a2a/a2a-courier.ts');
		return new A2aCourier({ fetch: createGuardedFetch({ allowPrivateHosts }), clock });
	};
	let courier: ReturnType<typeof open> | undefined;
	return {
		check: (url) => void checkedUrl(url, allowed),
		carry: async (parcel) => {
			courier ??= open();
			return (await courier).carry(parcel);
		},
	};
}
