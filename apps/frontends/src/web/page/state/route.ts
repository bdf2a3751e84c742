import { type ReadonlySignal, signal } from '@preact/signals';

/** Route is what the main part of the page shows. */
export type Route =
	| { readonly name: 'chat' }
	| { readonly name: 'login'; readonly code: string | undefined }
	| { readonly name: 'task'; readonly id: string }
	| { readonly name: 'conversation'; readonly id: string }
	/** A board; `item` is open on it. */
	| { readonly name: 'backlog'; readonly id: string; readonly item: number | undefined }
	| { readonly name: 'workflow'; readonly id: string }
	/** Without an id: a new workflow. */
	| { readonly name: 'designer'; readonly id: string | undefined }
	| { readonly [Name in PlaceName]: { readonly name: Name } }[PlaceName];

/** PlaceName is a part of the page beside chat and tasks; each is fetched when it is first shown. */
export type PlaceName = (typeof PLACES)[number];

const PLACES = [
	...(['conversations', 'people', 'frontends', 'system', 'backlogs', 'models', 'memory'] as const),
	...(['workflows', 'schedules', 'agents'] as const),
] as const;

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
	const [, first = '', id, item] = /^#\/([a-z]+)(?:\/([^/]+)(?:\/(\d{1,10}))?)?$/.exec(hash) ?? [];
	if (first === 'backlogs' && id !== undefined) {
		return { name: 'backlog', id: safeDecode(id), item: item === undefined ? undefined : Number(item) };
	}
	if (item !== undefined) return { name: 'chat' };
	if (first === 'tasks' && id !== undefined) return { name: 'task', id: safeDecode(id) };
	if (first === 'conversations' && id !== undefined) return { name: 'conversation', id: safeDecode(id) };
	if (first === 'workflows' && id !== undefined) return { name: 'workflow', id: safeDecode(id) };
	if (first === 'designer') return { name: 'designer', id: id === undefined ? undefined : safeDecode(id) };
	if (id === undefined && isPlace(first)) return { name: first };
	return { name: 'chat' };
}

/** taskAddress is where a task is shown. */
export const taskAddress = (id: string) => `/#/tasks/${encodeURIComponent(id)}`;

/** conversationAddress is where a conversation that is held elsewhere is shown. */
export const conversationAddress = (id: string) => `/#/conversations/${encodeURIComponent(id)}`;

/** boardAddress is where a backlog is shown, with one of its items open. */
export const boardAddress = (id: string, item?: number) =>
	`/#/backlogs/${encodeURIComponent(id)}${item === undefined ? '' : `/${item}`}`;

/** workflowAddress is where a workflow is shown. */
export const workflowAddress = (name: string) => `/#/workflows/${encodeURIComponent(name)}`;

/** designerAddress is where a workflow is worked on. */
export const designerAddress = (name: string) => `/#/designer/${encodeURIComponent(name)}`;

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
	return (PLACES as readonly string[]).includes(name);
}

function safeDecode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
