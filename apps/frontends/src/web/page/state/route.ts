import { type ReadonlySignal, signal } from '@preact/signals';

/** Route is what the main part of the page shows. */
export type Route =
	| { readonly name: 'chat' }
	| { readonly name: 'login'; readonly code: string | undefined }
	| { readonly name: 'task'; readonly id: string };

/** Router follows the address bar. */
export interface Router {
	readonly route: ReadonlySignal<Route>;
	go(address: string): void;
}

/** parseRoute reads an address. `/login#code=…` keeps the code out of server logs and referrers. */
export function parseRoute(path: string, hash: string): Route {
	if (path === '/login') {
		return { name: 'login', code: new URLSearchParams(hash.replace(/^#/, '')).get('code') ?? undefined };
	}
	const task = /^#\/tasks\/([^/]+)$/.exec(hash)?.[1];
	return task === undefined ? { name: 'chat' } : { name: 'task', id: safeDecode(task) };
}

/** taskAddress is where a task is shown. */
export const taskAddress = (id: string) => `/#/tasks/${encodeURIComponent(id)}`;

/** createRouter follows the browser's address. */
export function createRouter(): Router {
	const read = () => parseRoute(location.pathname, location.hash);
	const route = signal<Route>(read());
	const update = () => {
		route.value = read();
	};
	addEventListener('popstate', update);
	addEventListener('hashchange', update);
	return {
		route,
		go: (address) => {
			history.pushState(null, '', address);
			update();
		},
	};
}

function safeDecode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
