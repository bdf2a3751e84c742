import type { StepFailure } from '../capability.ts';
import type { ConversationId, PersonId, QuestionId, StepId, TaskId } from '../ids.ts';
import type { Json } from '../json.ts';
import type { LossCause, Output, Usage } from './facts.ts';
import type { PlannedStep } from './plan.ts';
import type { Effect, QuestionDraft } from './question.ts';
import type { Submission } from './submission.ts';

/** RunToken fences one start of one attempt: outcomes below the highest started token are refused. */
export interface RunToken {
	readonly stepId: StepId;
	readonly attempt: number;
	readonly run: number;
}

/** PlannedEdit is a plan operation whose step was admitted against the catalogue. */
export type PlannedEdit =
	| { readonly op: 'add' | 'update'; readonly step: PlannedStep }
	| { readonly op: 'remove'; readonly stepId: StepId };

/** Cost is what it took to come to a command, where it took something. */
interface Cost {
	readonly usage?: Usage | undefined;
}

interface TaskCommandData {
	SubmitTask: Submission & {
		readonly taskId: TaskId;
		/** A plan that came with the goal; it is recorded in the same append. */
		readonly plan?: { readonly by: string; readonly steps: readonly PlannedStep[] } | undefined;
	};
	ProposePlan: {
		readonly by: string;
		readonly steps: readonly PlannedStep[];
		readonly note?: string | undefined;
		readonly method: 'model' | 'rules';
		readonly origins?: readonly string[] | undefined;
	} & Cost;
	/** The planner needs no steps: small talk, or a quick question. */
	AnswerDirectly: {
		readonly by: string;
		readonly text: string;
		readonly method: 'model' | 'rules';
		readonly origins?: readonly string[] | undefined;
	} & Cost;
	AskAboutGoal: { readonly questions: readonly QuestionDraft[] } & Cost;
	FailPlanning: { readonly failure: StepFailure; readonly jitter: number } & Cost;
	StartStep: RunToken & { readonly worker: string };
	CompleteStep: RunToken & {
		readonly worker: string;
		readonly output: Output;
		readonly origins: readonly string[];
		readonly cached?: boolean | undefined;
		readonly extend?: readonly PlannedStep[] | undefined;
	} & Cost;
	/** `jitter` in [0, 1) spreads the wait before the next attempt by ± 20 %. */
	FailStep: RunToken & { readonly worker: string; readonly failure: StepFailure; readonly jitter: number } & Cost;
	/** `words` say which budget was used up, and until when, where that was the cause. */
	LoseStep: RunToken & { readonly cause: LossCause; readonly words?: string | undefined } & Cost;
	AskQuestions: RunToken & { readonly worker: string; readonly questions: readonly QuestionDraft[] } & Cost;
	/** The step has done its part and waits for an event; its data is what the step gives. */
	AwaitEvent: RunToken & { readonly event: string; readonly until: number };
	RequestApproval: { readonly stepId: StepId; readonly effect: Effect };
	AnswerQuestion: { readonly questionId: QuestionId; readonly answer: Json; readonly by: PersonId };
	EditPlan: { readonly baseVersion: number; readonly edits: readonly PlannedEdit[]; readonly by: PersonId };
	SkipStep: { readonly stepId: StepId; readonly by: PersonId };
	RetryStep: { readonly stepId: StepId; readonly by: PersonId };
	CancelTask: { readonly by: string; readonly reason: string };
	RetryTask: { readonly by: PersonId };
	FollowTask: { readonly conversation: ConversationId; readonly by: PersonId };
	UnfollowTask: { readonly conversation: ConversationId };
	/** Somebody sends the task an event; `id` is their own name for it, so that sending it twice is sending it once. */
	DeliverEvent: {
		readonly name: string;
		readonly data: Json;
		readonly by: string;
		readonly origins: readonly string[];
		readonly id?: string | undefined;
	};
	/** Time has passed: end the waits that are over, and go on with a new day's budget. */
	PassTime: Readonly<Record<never, never>>;
	/** Time has passed: enforce the deadline. */
	CheckDeadline: Readonly<Record<never, never>>;
	HandOverReport: { readonly report: number };
	CloseSessions: Readonly<Record<never, never>>;
}

export type TaskCommandType = keyof TaskCommandData;
/** TaskCommand asks for a change; `at` is when (ms since 1970), because deciding reads no clock. */
export type TaskCommand = {
	[T in TaskCommandType]: { readonly type: T; readonly at: number } & TaskCommandData[T];
}[TaskCommandType];
/** TaskCommandOf picks one command by its type. */
export type TaskCommandOf<T extends TaskCommandType> = Extract<TaskCommand, { type: T }>;
