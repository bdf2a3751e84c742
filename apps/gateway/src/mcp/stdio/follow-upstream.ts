import { setTimeout as pause } from 'node:timers/promises';
import { Lost } from './post.ts';
import type { Upstream } from './upstream.ts';

const WAIT_MS = 500;

/** followUpstream hears of a resource's changes from the running server, across its restarts; rejects where it may not be followed. */
export async function followUpstream(
	upstream: Pick<Upstream, 'ask'>,
	uri: string,
	changed: () => void,
): Promise<() => void> {
	const stopping = new AbortController();
	let started = false;
	await new Promise<void>((begun, refused) => {
		const listen = () =>
			upstream.ask({
				method: 'subscriptions/listen',
				params: { notifications: { resourceSubscriptions: [uri] } },
				// A stream that breaks is looked after here.
				...{ repeatable: false, signal: stopping.signal },
				onNotice: (method) => {
					if (method === 'notifications/resources/updated') changed();
					if (method !== 'notifications/subscriptions/acknowledged') return;
					// Who was away may have missed something.
					if (started) changed();
					started = true;
					begun();
				},
			});
		const keep = async () => {
			while (!stopping.signal.aborted) {
				try {
					await listen();
				} catch (error) {
					if (!started && !(error instanceof Lost)) return refused(error);
				}
				await pause(WAIT_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
			}
		};
		void keep();
	});
	return () => stopping.abort();
}
