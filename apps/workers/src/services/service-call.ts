import type { BrowserAction } from '@errand/core/ports/browser.ts';
import type { RunService } from '@errand/core/ports/capability.ts';
import type { ModelRequest } from '@errand/core/ports/language-model.ts';
import type { SearchQuery } from '@errand/core/ports/web-search.ts';

/** ServiceCall is what a run asks of its host. It travels between processes, so it is plain data. */
export type ServiceCall =
	| { readonly service: 'model'; readonly request: ModelRequest }
	| { readonly service: 'embed'; readonly texts: readonly string[]; readonly model?: string | undefined }
	| { readonly service: 'search'; readonly query: SearchQuery }
	| {
			readonly service: 'browser';
			readonly context: string;
			readonly action: BrowserAction;
			readonly timeoutMs?: number | undefined;
	  };

/** OfferedServices tells a run what its host has, and of a model what a handler must know to use it. */
export interface OfferedServices {
	readonly model?: { readonly name: string; readonly contextTokens: number } | undefined;
	readonly search?: { readonly name: string } | undefined;
	readonly browser?: true | undefined;
}

/** CallListener hears a model's reply as it is written. */
export interface CallListener {
	readonly onText?: ((piece: string) => void) | undefined;
	readonly onRestart?: (() => void) | undefined;
}

/** CallHost takes a call to where it is answered; it rejects with the CoreError of the service. */
export type CallHost = (call: ServiceCall, listener?: CallListener) => Promise<unknown>;

/** SERVICE_NAMES says what a missing service is, and how to get one. */
export const SERVICE_NAMES: Readonly<Record<RunService, { readonly what: string; readonly howTo: string }>> = {
	model: { what: 'a language model', howTo: '`npm run setup-model` sets one up' },
	search: { what: 'a search provider', howTo: 'set BRAVE_API_KEY or SEARXNG_URL' },
	browser: { what: 'a browser', howTo: '`npm run setup-browser` gets one' },
};
