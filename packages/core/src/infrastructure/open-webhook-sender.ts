import { allowedHosts, checkedUrl } from '../adapters/network/checked-url.ts';
import { createGuardedFetch } from '../adapters/network/guarded-fetch.ts';
import { StandardWebhookSender } from '../adapters/webhook/standard-webhook-sender.ts';
import type { IWebhookSender } from '../ports/webhook-sender.ts';

/** openWebhookSender posts events to public addresses, and to those private ones that the operator allowed. */
export function openWebhookSender(options: { readonly allowPrivateHosts: readonly string[] }): IWebhookSender {
	const { allowPrivateHosts } = options;
	const allowed = allowedHosts(allowPrivateHosts);
	return new StandardWebhookSender({
		post: createGuardedFetch({ allowPrivateHosts }),
		check: (url) => void checkedUrl(url, allowed),
	});
}
