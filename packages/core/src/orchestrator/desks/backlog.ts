import type { ConversationId, TaskId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Principal } from './desk.ts';

/** BacklogCall is one tool call on a project's backlog; `args` are as the tool's own schema has parsed them. */
export interface BacklogCall {
	readonly tool: string;
	readonly args: JsonObject;
}

/** CallOptions let a caller hear of slow work and give it up. */
export interface CallOptions {
	readonly signal?: AbortSignal | undefined;
	readonly onProgress?:
		| ((progress: { readonly percent?: number | undefined; readonly text?: string | undefined }) => void)
		| undefined;
	/** How long (ms) the answer of work with a model is waited for before its operation's id is answered instead. */
	readonly waitMs?: number | undefined;
	/** Where the caller is told what the call leads to: questions of an item that is carried out, changes that are watched. */
	readonly conversation?: ConversationId | undefined;
}

/** OperationView is how a long piece of work stands. It goes on whoever waits for it or not. */
export interface OperationView {
	readonly operationId: string;
	readonly tool: string;
	readonly status: 'in_progress' | 'completed' | 'error' | 'cancelled';
	/** 0–100 */
	readonly progress: number;
	readonly estimatedSeconds?: number | undefined;
	readonly result?: JsonObject | undefined;
	readonly error?: { readonly code: string; readonly message: string; readonly hint: string } | undefined;
}

/** BacklogSummary is a backlog as a list shows it. */
export interface BacklogSummary {
	readonly id: string;
	readonly name: string;
	readonly projectRoot?: string | undefined;
	readonly currentTag: string;
	readonly items: number;
	readonly done: number;
}

/** BacklogChange tells whoever follows a backlog that items of a tag changed; `removed` are ids. */
export interface BacklogChange {
	readonly seq: number;
	readonly tag: string;
	readonly items: readonly JsonObject[];
	readonly removed: readonly number[];
	/** Nothing of the items: an operation or the run of an item began or ended. */
	readonly work?: true | undefined;
}

/** WorkUnderWay is what goes on in a backlog right now. */
export interface WorkUnderWay {
	readonly operations: readonly (OperationView & { readonly tag: string; readonly taskId: TaskId })[];
	/** Items that Errand carries out: `5` or `5.2`. */
	readonly runs: readonly { readonly tag: string; readonly item: string; readonly taskId: TaskId }[];
	/** What the person watches; without `item` all of the tag. */
	readonly watches: readonly { readonly tag: string; readonly item?: string | undefined }[];
}

/**
 * IBacklogDesk is everything a caller may do with backlogs. A project is named by its folder (absolute), by its
 * backlog's id or by its name, in `args.projectRoot`; where that is left out it is the person's only one. A refusal is a CoreError;
 * a resolved promise means the change is durable.
 */
export interface IBacklogDesk {
	/** The answer's data; of work that goes on `{operationId, status: 'in_progress', …}`. Only the owner may name a folder that is not a backlog yet. */
	call(principal: Principal, call: BacklogCall, options?: CallOptions): Promise<JsonObject>;
	/** `not-found` for one that is not the principal's own. */
	operation(principal: Principal, id: string): Promise<OperationView>;
	cancelOperation(principal: Principal, id: string): Promise<OperationView>;
	list(principal: Principal): Promise<readonly BacklogSummary[]>;
	/** Operations and runs that have not ended. */
	work(principal: Principal, project: string): Promise<WorkUnderWay>;
	/** Hears of every change from now on; returns the way to stop. */
	follow(principal: Principal, project: string, listener: (change: BacklogChange) => void): Promise<() => void>;
}
