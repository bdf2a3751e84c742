import type { LoopFactData } from '../autopilot/facts.ts';
import type { PersonId, TaskId } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import type { ComplexityReport, Item, ItemReference, ItemStatus } from './item.ts';
import type { BacklogSettings, FileMark, OperationError, TagMetadata } from './state.ts';

/** StatusChange is an item's (`5`) or a subitem's (`5.2`) way from one status to another. */
export interface StatusChange {
	readonly id: string;
	readonly from: ItemStatus;
	readonly to: ItemStatus;
}

/** DependencyChange is what an item (`5`) or a subitem (`5.2`) depended on and depends on now. */
export interface DependencyChange {
	readonly id: string;
	readonly from: readonly ItemReference[];
	readonly to: readonly ItemReference[];
}

/** ItemMove says where an item or a subitem went. */
export interface ItemMove {
	readonly from: string;
	readonly to: string;
}

interface BacklogFactData extends LoopFactData {
	BacklogCreated: {
		readonly backlogId: string;
		readonly person: PersonId;
		readonly root?: string | undefined;
		readonly name: string;
	};
	StatusChanged: { readonly tag: string; readonly changes: readonly StatusChange[] };
	/** Each goes before the first item with a greater id, as a rule to the end. `own`: all their words are the person's. */
	ItemsAdded: { readonly tag: string; readonly items: readonly Item[]; readonly own?: true | undefined };
	/** The whole new content of those that changed. `own`: what came to their words is the person's. */
	ItemsChanged: { readonly tag: string; readonly items: readonly Item[]; readonly own?: true | undefined };
	ItemsRemoved: { readonly tag: string; readonly ids: readonly number[] };
	/** `cycles` are those that were broken, named: `5 → 7 → 5`. */
	DependenciesChanged: {
		readonly tag: string;
		readonly changes: readonly DependencyChange[];
		readonly cycles?: readonly string[] | undefined;
	};
	/** `removed` left `tag`; `added` came to `toTag`; `changed` are other items of `tag` in their new content. */
	ItemsMoved: {
		readonly tag: string;
		readonly toTag: string;
		readonly moves: readonly ItemMove[];
		readonly removed: readonly number[];
		readonly added: readonly Item[];
		readonly changed: readonly Item[];
		/** Dependencies that were cut, in sentences. */
		readonly warnings?: readonly string[] | undefined;
	};
	/** The order of all items of a tag. */
	ItemsReordered: { readonly tag: string; readonly ids: readonly number[] };
	/** With `copyOf` it begins with the items of that tag. */
	TagAdded: {
		readonly tag: string;
		readonly metadata: TagMetadata;
		readonly copyOf?: string | undefined;
		readonly extra?: JsonObject | undefined;
	};
	TagDescribed: {
		readonly tag: string;
		readonly metadata: TagMetadata;
		readonly extra?: JsonObject | undefined;
	};
	/** `items` is how many went with it. */
	TagRemoved: { readonly tag: string; readonly items: number };
	TagRenamed: { readonly from: string; readonly to: string };
	TagChosen: { readonly tag: string };
	ReportSaved: { readonly tag: string; readonly report: ComplexityReport };
	SettingsChanged: { readonly settings: BacklogSettings };
	/** What others had changed in the file was taken over, in the facts before this one. */
	FileMerged: {
		readonly mark: FileMark;
		/** The file holds exactly what the backlog holds now. */
		readonly same: boolean;
		readonly mended: readonly string[];
		/** Where both sides had changed the same, and which was kept, in sentences. */
		readonly conflicts: readonly string[];
		readonly extra?: JsonObject | undefined;
	};
	FileWritten: { readonly mark: FileMark; readonly seq: number };
	OperationBegun: {
		readonly operationId: string;
		readonly taskId: TaskId;
		readonly tool: string;
		readonly args: JsonObject;
		readonly tag: string;
		readonly by: PersonId;
		readonly estimatedSeconds?: number | undefined;
	};
	OperationEnded: {
		readonly operationId: string;
		readonly status: 'completed' | 'error' | 'cancelled';
		readonly result?: JsonObject | undefined;
		readonly error?: OperationError | undefined;
		/** Which end of its task this is: one that was retried ends again. */
		readonly taskEndedAt?: number | undefined;
	};
	/** `review`: once it is carried out, somebody is to look at it before it is done. */
	RunBegun: {
		readonly tag: string;
		readonly item: string;
		readonly taskId: TaskId;
		readonly by: PersonId;
		readonly review?: true | undefined;
	};
	RunEnded: {
		readonly taskId: TaskId;
		readonly status: 'done' | 'failed' | 'cancelled';
		readonly taskEndedAt?: number | undefined;
	};
	WatchBegun: {
		readonly watchId: string;
		readonly person: PersonId;
		readonly tag: string;
		readonly item?: string | undefined;
		readonly conversation?: string | undefined;
	};
	WatchEnded: { readonly watchId: string };
	NoticeHandedOver: { readonly noticeId: string };
}

export type BacklogFactType = keyof BacklogFactData;
/** BacklogFact is one thing that happened to a backlog: a past-tense type and its data. */
export type BacklogFact = {
	[T in BacklogFactType]: { readonly type: T; readonly v: 1; readonly data: BacklogFactData[T] };
}[BacklogFactType];
/** RecordedBacklogFact is a backlog's fact with its place in the stream (`seq` from 1, no gaps) and its time (ms since 1970). */
export type RecordedBacklogFact = BacklogFact & { readonly seq: number; readonly at: number };
/** BacklogFactOf picks one recorded fact by its type. */
export type BacklogFactOf<T extends BacklogFactType> = Extract<RecordedBacklogFact, { type: T }>;

/** backlogFact builds a fact of the current version. */
export function backlogFact<T extends BacklogFactType>(
	type: T,
	data: BacklogFactData[T],
): Extract<BacklogFact, { type: T }> {
	return { type, v: 1, data } as unknown as Extract<BacklogFact, { type: T }>;
}
