import type { LoopCommandData } from '../autopilot/commands.ts';
import type { PersonId, TaskId } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import type { ComplexityReport } from './item.ts';
import type { OperationChange } from './operation-change.ts';
import type { BacklogSettings, FileMark, OperationError } from './state.ts';
import type { TasksFile } from './tasks-file.ts';

interface BacklogCommandData extends LoopCommandData {
	CreateBacklog: {
		readonly backlogId: string;
		readonly person: PersonId;
		readonly root?: string | undefined;
		readonly name: string;
	};
	/** A tool of kind `change`; `args` as the tool's own input schema parsed them. */
	CallTool: { readonly tool: string; readonly args: JsonObject; readonly by: PersonId };
	/** What the file holds now, where that is not what was last read or written. The same mark twice changes nothing. */
	MergeFile: {
		readonly file: TasksFile;
		readonly mark: FileMark;
		/** The hash that was known before the file was read, empty for none. Where another is known by now, what was read may be older than that, and nothing is changed. */
		readonly over?: string | undefined;
	};
	/** The file was written as the backlog stood at `seq`. */
	NoteFile: { readonly mark: FileMark; readonly seq: number };
	/** The tag that the file beside (`state.json`) names. */
	ChooseTag: { readonly tag: string };
	/** The complexity report that the file beside holds, where that is not the backlog's own. */
	TakeReport: { readonly tag: string; readonly report: ComplexityReport };
	ChangeSettings: { readonly settings: Partial<BacklogSettings> };
	/** Refused where the tool cannot begin (an unknown id, a tag that is not empty…); `taskId` is the task that will carry it out. */
	BeginOperation: {
		readonly operationId: string;
		readonly taskId: TaskId;
		readonly tool: string;
		readonly args: JsonObject;
		readonly by: PersonId;
		readonly estimatedSeconds?: number | undefined;
	};
	/** Applies what came out, also of work that only came to a part. What does not fit any more is left out, and `result.warnings` says so. */
	EndOperation: {
		readonly operationId: string;
		readonly status: 'completed' | 'error' | 'cancelled';
		readonly changes: readonly OperationChange[];
		readonly result?: JsonObject | undefined;
		readonly error?: OperationError | undefined;
		/** Which end of its task this is: a later one, after a retry, is applied on top. */
		readonly taskEndedAt?: number | undefined;
	};
	/** The item is in progress from now on. Refused while it runs, and where it is done. */
	BeginRun: {
		readonly tag?: string | undefined;
		readonly item: string;
		readonly taskId: TaskId;
		readonly by: PersonId;
		/** Once it is carried out it is for somebody to review, and not done yet. */
		readonly review?: boolean | undefined;
	};
	/** done: the item is done, or in review. failed, cancelled: it is pending again, with a note of what went wrong. */
	EndRun: {
		readonly taskId: TaskId;
		readonly status: 'done' | 'failed' | 'cancelled';
		/** What came of it, in words; kept in the item's details. */
		readonly summary?: string | undefined;
		/** Which end of its task this is: a later one, after a retry, counts in place of the first. */
		readonly taskEndedAt?: number | undefined;
	};
	Watch: {
		readonly watchId: string;
		readonly person: PersonId;
		readonly tag?: string | undefined;
		readonly item?: string | undefined;
		readonly conversation?: string | undefined;
	};
	/** By its id, or all of a person's on an item. */
	Unwatch: {
		readonly person: PersonId;
		readonly watchId?: string | undefined;
		readonly tag?: string | undefined;
		readonly item?: string | undefined;
	};
	NoticeHandedOver: { readonly noticeId: string };
}

type BacklogCommandType = keyof BacklogCommandData;
/** BacklogCommand asks for a change; `at` is when (ms since 1970), because deciding reads no clock. */
export type BacklogCommand = {
	[T in BacklogCommandType]: { readonly type: T; readonly at: number } & BacklogCommandData[T];
}[BacklogCommandType];
/** BacklogCommandOf picks one command by its type. */
export type BacklogCommandOf<T extends BacklogCommandType> = Extract<BacklogCommand, { type: T }>;
