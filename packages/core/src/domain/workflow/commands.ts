import type { PersonId, TaskId } from '../ids.ts';

interface WorkflowCommandData {
	SaveWorkflow: {
		readonly person: PersonId;
		readonly name: string;
		readonly text: string;
		/** Of the text: the same text saved twice is saved once. */
		readonly hash: string;
		/** The version that the text says. */
		readonly version: number;
		readonly by: PersonId;
		/** The version it was made from; left out for a new one. */
		readonly baseVersion?: number | undefined;
		/** It goes in whatever is there, as a version of its own. */
		readonly replace?: boolean | undefined;
		/** Left as it is where left out. */
		readonly shared?: boolean | undefined;
		readonly learnedFrom?: TaskId | undefined;
		/** The key that signed the file it came in. */
		readonly importedWith?: string | undefined;
	};
	EnableWorkflow: { readonly by: PersonId };
	DisableWorkflow: { readonly by: PersonId };
	RemoveWorkflow: { readonly by: PersonId };
	/** It is not to be offered for goals of these words any more. */
	DeclineOffer: { readonly by: PersonId; readonly said: string };
	/** Tells how a run of a learned one ended. */
	CountRun: { readonly taskId: TaskId; readonly outcome: 'done' | 'failed' };
}

type WorkflowCommandType = keyof WorkflowCommandData;
/** WorkflowCommand asks for a change of a saved workflow; `at` is when (ms since 1970), because deciding reads no clock. */
export type WorkflowCommand = {
	[T in WorkflowCommandType]: { readonly type: T; readonly at: number } & WorkflowCommandData[T];
}[WorkflowCommandType];
/** WorkflowCommandOf picks one command by its type. */
export type WorkflowCommandOf<T extends WorkflowCommandType> = Extract<WorkflowCommand, { type: T }>;
