import type { ArtifactRef } from '../domain/capability.ts';
import type { PersonId, StepId, TaskId } from '../domain/ids.ts';

/** BrowserRun is the run on whose behalf a browser acts; (attempt, run) is its fencing token within the step. */
export interface BrowserRun {
	readonly taskId: TaskId;
	readonly person: PersonId;
	readonly stepId: StepId;
	readonly attempt: number;
	readonly run: number;
}

/**
 * BrowserAction is one thing done in the page of a run. `target` is a Playwright selector (CSS, `text=…`, `role=button[name="…"]`).
 * `open` comes first, or `continue`, which opens the address where the latest step before left its page in the same context;
 * the others act on the page that was opened.
 */
export type BrowserAction =
	| {
			readonly do: 'open';
			readonly url: string;
			readonly until?: 'load' | 'domcontentloaded' | 'networkidle' | undefined;
	  }
	| { readonly do: 'continue' }
	| {
			readonly do: 'wait';
			readonly target?: string | undefined;
			readonly text?: string | undefined;
			readonly ms?: number | undefined;
	  }
	| { readonly do: 'click'; readonly target: string }
	| { readonly do: 'fill'; readonly target: string; readonly text: string }
	| { readonly do: 'select'; readonly target: string; readonly values: readonly string[] }
	| { readonly do: 'press'; readonly key: string; readonly target?: string | undefined }
	| { readonly do: 'scroll'; readonly target?: string | undefined; readonly byPx?: number | undefined }
	| { readonly do: 'screenshot'; readonly fullPage?: boolean | undefined }
	| { readonly do: 'snapshot'; readonly target?: string | undefined }
	| { readonly do: 'content' }
	| { readonly do: 'download'; readonly target?: string | undefined; readonly url?: string | undefined };

/** BrowserSight is what an action shows: where the page is now, and what was asked to be seen. Large things are artifacts. */
export interface BrowserSight {
	readonly url: string;
	readonly title: string;
	/** HTTP status of what `open` or `continue` opened. */
	readonly status?: number | undefined;
	/** Of `screenshot` and `download`. */
	readonly artifact?: ArtifactRef | undefined;
	/** Of `snapshot`: the page as an accessibility tree (YAML). Of `content`: its HTML. */
	readonly text?: string | undefined;
	/** Requests of this page that the guard refused since the last action, as `host: reason`. */
	readonly refused?: readonly string[] | undefined;
}

/**
 * IBrowser acts in the browser of a task. Each run has a page of its own; pages of one task in the same named context share
 * cookies and storage. Rejects with CoreError: `invalid-input` (bad selector or key), `timed-out`, `fetch-failed` (the page
 * did not load), `address-refused`, `not-found` (no such element), `browser-failed` (the browser died: another attempt gets a
 * new one), `stale-outcome` (a newer run of the step has acted since), `cancelled`.
 */
export interface IBrowser {
	act(
		run: BrowserRun,
		call: { readonly context: string; readonly action: BrowserAction; readonly timeoutMs: number },
		options: { readonly signal: AbortSignal },
	): Promise<BrowserSight>;
	/** Closes the page of a run; a run without one is left alone. */
	endRun(run: BrowserRun): Promise<void>;
}
