import { type ReadonlySignal, signal } from '@preact/signals';

/** Route is what the main part of the page shows. */
export type Route =
	| { readonly name: 'chat' }
	| { readonly name: 'login'; readonly code: string | undefined }
	| { readonly name: 'task'; readonly id: string }
	| { readonly name: 'conversation'; readonly id: string }
	| { readonly name: PlaceName };

/** PlaceName is a part of the page beside chat and tasks; each is fetched when it is first shown. */
export type PlaceName = 'conversations' | 'people' | 'frontends' | 'system';

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
	const [, first = '', id] = /^#\/([a-z]+)(?:\/([^/]+))?$/.exec(hash) ?? [];
	if (first === 'tasks' && id !== undefined) return { name: 'task', id: safeDecode(id) };
	if (first === 'conversations' && id !== undefined) return { name: 'conversation', id: safeDecode(id) };
	if (id === undefined && isPlace(first)) return { name: first };
	return { name: 'chat' };
}

/** taskAddress is where a task is shown. */
export const taskAddress = (id: string) => `/#/tasks/${encodeURIComponent(id)}`;

/** conversationAddress is where a conversation that is held elsewhere is shown. */
export const conversationAddress = (id: string) => `/#/conversations/${encodeURIComponent(id)}`;

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

function isPlace(name: string): name is PlaceName {
	return name === 'conversations' || name === 'people' || name === 'frontends' || name === 'system';
}

function safeDecode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
