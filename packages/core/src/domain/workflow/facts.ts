import type { PersonId, TaskId } from '../ids.ts';

interface WorkflowFactData {
	WorkflowSaved: {
		readonly person: PersonId;
		readonly name: string;
		/** Counts up, also over a removal: a version is never two texts. */
		readonly version: number;
		readonly text: string;
		readonly hash: string;
		readonly by: PersonId;
		readonly learnedFrom?: TaskId | undefined;
		readonly importedWith?: string | undefined;
	};
	WorkflowShared: { readonly by: PersonId };
	WorkflowUnshared: { readonly by: PersonId };
	WorkflowEnabled: { readonly by: PersonId };
	WorkflowDisabled: { readonly by: PersonId };
	/** The person does not want it offered for goals of these words. */
	WorkflowOfferDeclined: { readonly by: PersonId; readonly said: string };
	WorkflowRunCounted: { readonly taskId: TaskId; readonly outcome: 'done' | 'failed' };
	/** A learned one failed too often, and is offered no more until somebody enables or changes it. */
	WorkflowRetired: { readonly failed: number; readonly of: number };
	WorkflowRemoved: { readonly by: PersonId };
}

export type WorkflowFactType = keyof WorkflowFactData;
/** WorkflowFact is one thing that happened to a saved workflow: a past-tense type and its data. */
export type WorkflowFact = {
	[T in WorkflowFactType]: { readonly type: T; readonly v: 1; readonly data: WorkflowFactData[T] };
}[WorkflowFactType];
/** RecordedWorkflowFact is such a fact with its place in the stream (`seq` from 1, no gaps) and its time (ms since 1970). */
export type RecordedWorkflowFact = WorkflowFact & { readonly seq: number; readonly at: number };

/** workflowFact builds a fact of the current version. */
export function workflowFact<T extends WorkflowFactType>(
	type: T,
	data: WorkflowFactData[T],
): Extract<WorkflowFact, { type: T }> {
	return { type, v: 1, data } as unknown as Extract<WorkflowFact, { type: T }>;
}
