import { type LoopbackSite, serveSite } from '../loopback-site.ts';

/** CountingWorld is what steps act on: it counts how often each thing was done. */
export interface CountingWorld {
	readonly origin: string;
	/** As `ERRAND_ALLOW_PRIVATE_HOSTS` wants it. */
	readonly host: string;
	times(key: string): number;
	stop(): Promise<void>;
}

/** openCountingWorld serves a page to look at, and takes what is to be counted at `/count`. */
export async function openCountingWorld(): Promise<CountingWorld> {
	const counts = new Map<string, number>();
	const site: LoopbackSite = await serveSite({
		'/page': { type: 'text/html', body: '<title>Page</title><body>Here is a page.' },
		'/count': (request, response) => {
			let key = '';
			request.setEncoding('utf8').on('data', (chunk: string) => {
				key += chunk;
			});
			request.on('end', () => {
				counts.set(key, (counts.get(key) ?? 0) + 1);
				response.end('counted');
			});
		},
	});
	const { origin, host, stop } = site;
	return { origin, host, times: (key) => counts.get(key) ?? 0, stop };
}
