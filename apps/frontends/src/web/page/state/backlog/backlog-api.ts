import type { ItemPriority, ItemReference, ItemStatus } from '@errand/core/domain/backlog/item.ts';
import type { JsonObject } from '@errand/core/domain/json.ts';
import type {
	BacklogChange,
	BacklogSummary,
	OperationView,
	WorkUnderWay,
} from '@errand/core/orchestrator/desks/backlog.ts';
import type { Ask } from '../api.ts';

/** TagCount is a tag with how much stands in it. */
export interface TagCount {
	readonly name: string;
	readonly taskCount: number;
	readonly completedTasks: number;
	readonly isCurrent: boolean;
}

/** PartView is a subtask whole. */
export interface PartView {
	readonly id: number;
	readonly title: string;
	readonly description?: string;
	readonly details?: string;
	readonly status: ItemStatus;
	readonly dependencies: readonly ItemReference[];
}

/** ItemView is an item whole, as `get_task` answers it. */
export interface ItemView {
	readonly id: number;
	readonly title: string;
	readonly description: string;
	readonly details: string;
	readonly testStrategy: string;
	readonly status: ItemStatus;
	readonly priority: ItemPriority;
	readonly dependencies: readonly ItemReference[];
	readonly subtasks: readonly PartView[];
	readonly complexityScore?: number;
}

/** BacklogApi is every call about one backlog; tools are those that MCP clients have. */
export interface BacklogApi {
	/** Carries out a tool; what takes long answers its operation. */
	call<T = JsonObject>(tool: string, args: JsonObject): Promise<T>;
	/** A page of the items of a tag, in short. */
	items(
		tag: string,
		cursor: string | undefined,
	): Promise<{ readonly tasks: readonly JsonObject[]; readonly nextCursor?: string }>;
	tags(): Promise<{ readonly tags: readonly TagCount[]; readonly currentTag: string }>;
	item(tag: string, id: number): Promise<ItemView>;
	work(): Promise<WorkUnderWay>;
	operation(id: string): Promise<OperationView>;
	cancelOperation(id: string): Promise<unknown>;
	/**
	 * Hears of every change; `opened` comes at each new connection: the time to catch up, and `refused` each time the server
	 * lets none begin. Returns the way to stop.
	 */
	follow(hear: (change: BacklogChange) => void, opened: () => void, refused: () => void): () => void;
}

/** listBacklogs reads the person's backlogs. */
export async function listBacklogs(ask: Ask): Promise<readonly BacklogSummary[]> {
	return (await ask<{ backlogs: readonly BacklogSummary[] }>('GET', '/v1/backlogs')).backlogs;
}

/** Whoever looks at a board does not wait for a model: its work shows as an operation. */
const WAIT_MS = 0;
const PAGE = 1_000;
const AGAIN_MS = 3_000;

/** backlogApi makes the calls; a backlog is named by its id, its name, or the project's folder. */
export function backlogApi(ask: Ask, backlog: string): BacklogApi {
	const base = `/v1/backlogs/${encodeURIComponent(backlog)}`;
	const operation = (id: string) => `/v1/operations/${encodeURIComponent(id)}`;
	const call = <T>(tool: string, args: JsonObject) => ask<T>('POST', `${base}/call`, { tool, args, waitMs: WAIT_MS });
	return {
		call,
		items: (tag, cursor) =>
			call('get_tasks', { tag, compact: true, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) }),
		tags: () => call('list_tags', {}),
		item: (tag, id) => call('get_task', { tag, id: String(id) }),
		work: () => ask('GET', `${base}/work`),
		operation: (id) => ask('GET', operation(id)),
		cancelOperation: (id) => ask('POST', `${operation(id)}/cancel`, {}),
		follow: (hear, opened, refused) => followed(`${base}/changes`, hear, opened, refused),
	};
}

function followed(
	address: string,
	hear: (change: BacklogChange) => void,
	opened: () => void,
	refused: () => void,
): () => void {
	let source: EventSource | undefined;
	let again: ReturnType<typeof setTimeout> | undefined;
	const open = () => {
		source = new EventSource(address);
		source.addEventListener('open', opened);
		source.addEventListener('change', ({ data }) => hear(JSON.parse(String(data)) as BacklogChange));
		source.addEventListener('error', () => {
			// A refusal ends it for good, as while the server starts.
			if (source?.readyState !== EventSource.CLOSED) return;
			again = setTimeout(open, AGAIN_MS);
			refused();
		});
	};
	const close = () => {
		clearTimeout(again);
		source?.close();
	};
	// Browsers open few connections to one server: a page in the background leaves its own to others.
	const look = () => {
		close();
		if (document.visibilityState === 'visible') open();
	};
	document.addEventListener('visibilitychange', look);
	look();
	return () => {
		document.removeEventListener('visibilitychange', look);
		close();
	};
}
