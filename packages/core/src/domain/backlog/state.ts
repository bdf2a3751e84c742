import type { Loop } from '../autopilot/loop.ts';
import type { PersonId, TaskId } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import type { ComplexityReport, Item } from './item.ts';
import type { ItemList } from './item-list.ts';

/** BACKLOG_LIMITS bound what a backlog remembers beside its items; what falls out stays in its history. */
export const BACKLOG_LIMITS = {
	endedOperations: 50,
	endedRuns: 200,
	watches: 500,
	notices: 1_000,
	unsaved: 10_000,
} as const;

/** FIRST_TAG is the tag every backlog has; it can be neither deleted nor renamed. */
export const FIRST_TAG = 'master';

/** TagMetadata is what a tag's file section says about the tag. */
export interface TagMetadata {
	readonly created?: string | undefined;
	readonly updated?: string | undefined;
	readonly description?: string | undefined;
	/** What other programs wrote beside these fields. */
	readonly extra?: JsonObject | undefined;
}

/** Tag is one list of items, such as a branch or a release has. */
export interface Tag {
	readonly name: string;
	readonly items: ItemList;
	readonly metadata: TagMetadata;
	readonly report?: ComplexityReport | undefined;
	/** Ids of items whose words are all the person's own: no file, no model and no task put any of them there. */
	readonly own?: readonly number[] | undefined;
	/** What other programs wrote beside the tag's tasks and metadata. */
	readonly extra?: JsonObject | undefined;
}

/** BacklogSettings are what `models`, `response-language` and `rules` set. */
export interface BacklogSettings {
	readonly language?: string | undefined;
	/** Which model does the work: by the role that clients know it under. */
	readonly models: {
		readonly main?: string | undefined;
		readonly research?: string | undefined;
		readonly fallback?: string | undefined;
	};
	readonly rules: readonly string[];
}

/** OperationStatus is how long work stands. */
export type OperationStatus = 'in_progress' | 'completed' | 'error' | 'cancelled';

/** OperationError says why an operation came to nothing. */
export interface OperationError {
	readonly code: string;
	readonly message: string;
	readonly hint: string;
}

/** Operation is a piece of work with a model (or by rules) on a tag, carried out as a task of Errand. */
export interface Operation {
	readonly id: string;
	readonly tool: string;
	readonly args: JsonObject;
	readonly tag: string;
	readonly by: PersonId;
	readonly taskId: TaskId;
	readonly begunAt: number;
	readonly estimatedSeconds?: number | undefined;
	readonly status: OperationStatus;
	readonly endedAt?: number | undefined;
	/** When its task ended, by the task's own history. */
	readonly taskEndedAt?: number | undefined;
	readonly result?: JsonObject | undefined;
	readonly error?: OperationError | undefined;
}

/** Run is an item that Errand carries out (or did). */
export interface Run {
	readonly taskId: TaskId;
	readonly tag: string;
	/** `5` or `5.2`. */
	readonly item: string;
	readonly by: PersonId;
	readonly begunAt: number;
	readonly status: 'running' | 'done' | 'failed' | 'cancelled';
	/** Somebody is to look at what came of it before it is done. */
	readonly review?: true | undefined;
	readonly endedAt?: number | undefined;
	readonly taskEndedAt?: number | undefined;
}

/** Watch is somebody's wish to hear of changes of an item, or of all of a tag's. */
export interface Watch {
	readonly id: string;
	readonly person: PersonId;
	readonly tag: string;
	/** `5`, `5.2`, or left out for the whole tag. */
	readonly item?: string | undefined;
	/** Where they hear of it; left out: where they are reached as a rule. */
	readonly conversation?: string | undefined;
}

/** Notice is one thing a watcher is still to be told. */
export interface Notice {
	readonly id: string;
	readonly watchId: string;
	readonly person: PersonId;
	readonly conversation?: string | undefined;
	readonly tag: string;
	readonly item: string;
	/** One sentence. */
	readonly text: string;
	readonly at: number;
}

/** FileMark recognises a file's content as it was last read or written. */
export interface FileMark {
	readonly hash: string;
	readonly mtimeMs?: number | undefined;
}

/** UnsavedChange is what stood in a place before a change that the file may not have yet; with it the file's last known content is found again. */
export type UnsavedChange =
	| { readonly seq: number; readonly tag: string; readonly id: number; readonly before?: Item | undefined }
	/** A whole tag that came, went or was renamed. */
	| { readonly seq: number; readonly tag: string; readonly id?: undefined; readonly before?: Tag | undefined };

/** BacklogFile says how the file on disk stands to the backlog. */
export interface BacklogFile {
	/** Undefined until the file was read or written for the first time. */
	readonly mark?: FileMark | undefined;
	/** The backlog's `seq` that the file is known to hold. */
	readonly seq: number;
	readonly unsaved: readonly UnsavedChange[];
	/** What stood in the file beside the tags. */
	readonly extra?: JsonObject | undefined;
}

/** Backlog is the folded state of one project's facts. It is plain data, so that it can be kept as a snapshot. */
export interface Backlog {
	readonly id: string;
	readonly person: PersonId;
	/** The project's folder, where it has one: its tasks.json is kept in step. */
	readonly root?: string | undefined;
	readonly name: string;
	readonly createdAt: number;
	/** Sequence number and time of the last fact folded in. */
	readonly seq: number;
	readonly at: number;
	/** `seq` of the last fact that changed what the files hold. */
	readonly contentSeq: number;
	/** In the order they came; there is always a first one. */
	readonly tags: readonly Tag[];
	readonly currentTag: string;
	readonly settings: BacklogSettings;
	/** Those that go on, and the latest that ended; oldest first. */
	readonly operations: readonly Operation[];
	readonly runs: readonly Run[];
	/** The test-driven loop that goes on, or the last there was. */
	readonly loop?: Loop | undefined;
	readonly watches: readonly Watch[];
	/** Oldest first. */
	readonly notices: readonly Notice[];
	readonly file: BacklogFile;
}

/** BacklogState is a project's backlog, or `undefined` before its first fact. */
export type BacklogState = Backlog | undefined;

/** tagNamed finds a tag. */
export function tagNamed({ tags }: Pick<Backlog, 'tags'>, name: string): Tag | undefined {
	return tags.find((tag) => tag.name === name);
}
