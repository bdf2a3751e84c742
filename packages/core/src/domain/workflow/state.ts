import type { PersonId, TaskId } from '../ids.ts';

/** SAVED_LIMITS bound what a saved workflow remembers; what falls out stays in its history. */
export const SAVED_LIMITS = { versions: 100, runs: 20, declined: 50 } as const;

/** SavedVersion is one text that was saved; it stands in the fact at `seq`. */
export interface SavedVersion {
	readonly version: number;
	readonly seq: number;
	readonly at: number;
	readonly by: PersonId;
	readonly hash: string;
}

/** CountedRun is how a run of a learned workflow ended. */
export interface CountedRun {
	readonly taskId: TaskId;
	readonly outcome: 'done' | 'failed';
}

/** Learned is what is known of a workflow that was made from a task. */
export interface Learned {
	readonly from: TaskId;
	readonly done: number;
	readonly failed: number;
	/** The latest since it was changed or enabled, latest last. */
	readonly runs: readonly CountedRun[];
}

/** SavedWorkflow is the folded state of one saved workflow's facts. It is plain data, so that it can be kept as a snapshot. */
export interface SavedWorkflow {
	readonly person: PersonId;
	readonly name: string;
	readonly createdAt: number;
	/** Sequence number and time of the last fact folded in. */
	readonly seq: number;
	readonly at: number;
	readonly status: 'kept' | 'removed';
	/** Retired: it was learned, and failed too often. */
	readonly use: 'enabled' | 'disabled' | 'retired';
	readonly shared: boolean;
	/** Oldest first; the last one is in use. */
	readonly versions: readonly SavedVersion[];
	readonly learned?: Learned | undefined;
	/** Words of goals for which its person does not want it offered, latest last. */
	readonly declined?: readonly string[] | undefined;
	readonly importedWith?: string | undefined;
}

/** SavedWorkflowState is a saved workflow, or `undefined` before its first fact. */
export type SavedWorkflowState = SavedWorkflow | undefined;

/** latestVersion is the text in use; none only before the first one was saved. */
export function latestVersion({ versions }: Pick<SavedWorkflow, 'versions'>): SavedVersion | undefined {
	return versions.at(-1);
}
