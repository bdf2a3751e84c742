import { allowedHosts, checkedUrl } from '@errand/core/adapters/network/checked-url.ts';
import { createGuardedFetch } from '@errand/core/adapters/network/guarded-fetch.ts';
import type { IExchangeTeller } from '@errand/core/ports/exchange-teller.ts';
import { PushTeller } from './push-teller.ts';

/** openPushTeller tells public addresses how tasks stand, and those private ones that the operator allowed. */
export function openPushTeller({
	allowPrivateHosts,
}: {
	readonly allowPrivateHosts: readonly string[];
}): IExchangeTeller {
	const allowed = allowedHosts(allowPrivateHosts);
	return new PushTeller({
		fetch: createGuardedFetch({ allowPrivateHosts }),
		check: (url) => void checkedUrl(url, allowed),
	});
}
