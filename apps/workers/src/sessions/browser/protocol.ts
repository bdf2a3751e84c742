import type { ErrorCode } from '@errand/core/domain/errors.ts';
import type { TaskId } from '@errand/core/domain/ids.ts';
import type { BrowserAction, BrowserRun, BrowserSight } from '@errand/core/ports/browser.ts';

/** PROTOCOL_VERSION is raised with every change of the messages: files may be newer than the process that runs. */
export const PROTOCOL_VERSION = 2;

/** HostInit is what a browser host is told on its command line. */
export interface HostInit {
	readonly browserPath: string;
	readonly dataDir: string;
	/** For what browsers and code may use again. */
	readonly cacheDir: string;
	/** The host's own folder, also its `TMPDIR`: whatever browsers leave stands there. */
	readonly hostDir: string;
	readonly allowPrivateHosts: readonly string[];
	/** How long a spare browser is kept after the last task's browser was closed. */
	readonly spareMs: number;
}

/**
 * ToHost is what the worker host tells the browser host. `run` holds the fencing token. `epoch` names the page that the
 * caller saw last: if the host has another one by now, the call is refused, because it was meant for what is gone.
 * `state` is the saved state of the context: left out if the caller did not look, null if there is none.
 */
export type ToHost =
	| ({ readonly kind: 'act'; readonly id: number } & ActCall)
	| { readonly kind: 'end'; readonly id: number; readonly run: BrowserRun }
	| { readonly kind: 'close'; readonly id: number; readonly taskId: TaskId }
	| { readonly kind: 'ping'; readonly id: number }
	| { readonly kind: 'stop'; readonly id: number }
	| { readonly kind: 'abort'; readonly id: number };

/** ActCall is one action of a run, with the time it may take. */
export interface ActCall {
	readonly run: BrowserRun;
	readonly context: string;
	readonly action: BrowserAction;
	readonly timeoutMs: number;
	readonly epoch: string | undefined;
	readonly state?: string | null | undefined;
}

/** ContextState is what a context remembers (cookies, storage, IndexedDB, what is kept of its tabs), as JSON text. */
export interface ContextState {
	readonly context: string;
	readonly state: string;
}

/** HostReply answers one call. */
export type HostReply =
	| { readonly kind: 'seen'; readonly id: number; readonly sight: BrowserSight; readonly epoch: string }
	| { readonly kind: 'done'; readonly id: number; readonly states: readonly ContextState[] }
	/** The context has to be opened anew: ask again with its saved state. */
	| { readonly kind: 'wants-state'; readonly id: number }
	| { readonly kind: 'failed'; readonly id: number; readonly error: ToldError };

/** FromHost is what the browser host tells; `ready` is its first word. */
export type FromHost = HostReply | { readonly kind: 'ready'; readonly version: number; readonly launcher: string };

/** ToldError is a CoreError on its way between processes. */
export interface ToldError {
	readonly code: ErrorCode;
	readonly message: string;
	readonly hint: string;
}
