import type { ArtifactRef, Source, StepFailure } from '../capability.ts';
import type { ConversationId, PersonId, QuestionId, StepId, TaskId } from '../ids.ts';
import type { Json } from '../json.ts';
import type { PlannedStep } from './plan.ts';
import type { Question } from './question.ts';
import type { Submission } from './submission.ts';

/** Attachment is something the person gave along with the goal: a stored file, or an address to read. */
export type Attachment = ({ readonly kind: 'file' } & ArtifactRef) | { readonly kind: 'url'; readonly url: string };

/** Budget bounds what a task may use; crossing a bound asks the person, and stops if they refuse. */
export interface Budget {
	readonly maxRuns: number;
	readonly maxMinutes: number;
	readonly maxTokens: number;
	readonly maxMicroUsd: number;
	/** The person may not raise it: a task that has used it up ends. */
	readonly firm?: true | undefined;
}

/** ModelUse says which model was chosen for what and why, how often it was called, and what that cost. */
export interface ModelUse {
	/** `<provider>/<model>` */
	readonly model: string;
	readonly purpose: string;
	/** In a few words: `medium task, cheapest that is up`. */
	readonly reason: string;
	readonly calls: number;
	readonly tokens: number;
	readonly microUsd: number;
}

/** Usage is what one run cost: tokens, and money in millionths of a US dollar. */
export interface Usage {
	readonly tokens: number;
	readonly microUsd: number;
	/** Which models that went to, as far as it is known. */
	readonly models?: readonly ModelUse[] | undefined;
}

/**
 * Output is what a step produced. Up to 64 KB it is stored in the fact; above, it is an artifact, with a preview and the
 * `facets` (values or list lengths) that `when` and `forEach` of this plan look at, because folding cannot open files.
 */
export type Output =
	| { readonly kind: 'value'; readonly value: Json }
	| {
			readonly kind: 'artifact';
			readonly artifact: ArtifactRef;
			readonly preview: Json;
			readonly facets: Readonly<Record<string, Facet>>;
	  };
export type Facet = { readonly value: Json } | { readonly length: number };

/** TaskResult is the answer: Markdown, its sources, its files, and what went less than well. */
export interface TaskResult {
	readonly text: string;
	readonly sources: readonly Source[];
	readonly artifacts: readonly ArtifactRef[];
	readonly method: 'model' | 'rules';
	readonly warnings: readonly string[];
	/** What the last step gave, where the plan is a workflow's; left out above 64 KB. */
	readonly output?: Json | undefined;
	/** Where untrusted content in that output comes from. */
	readonly outputOrigins?: readonly string[] | undefined;
}

/** TaskError is why a task failed, in words a person can act on. */
export interface TaskError {
	readonly code: string;
	readonly message: string;
	readonly hint: string;
}

/**
 * LossCause says why a run ended without an outcome: its handler child, its host, or the whole server died; it was drained;
 * the task's browser turned out to be with another worker, so that it did not begin; or the task's budget was used up in the
 * middle of it.
 */
export type LossCause = 'child-died' | 'host-died' | 'server-died' | 'drained' | 'elsewhere' | OverBudget;

/** OverBudget tells whose budget was met: the task's own, which the person can raise, or that of a day. */
export type OverBudget = 'over-budget' | 'over-day-budget';

/** SkipCause says why a step never ran: its `when` does not hold, the person said so, or what it needs was not produced. */
export type SkipCause = 'condition' | 'person' | 'missing-input';

interface TaskFactData {
	TaskSubmitted: { readonly taskId: TaskId } & Submission;
	PlanProposed: {
		readonly by: string;
		readonly steps: readonly PlannedStep[];
		readonly note?: string | undefined;
		readonly method: 'model' | 'rules';
		/** Where untrusted content comes from that the planner read: all steps are tainted by it. */
		readonly origins?: readonly string[] | undefined;
	};
	PlanningFailed: { readonly failure: StepFailure; readonly retryAt?: number | undefined };
	PlanEdited: {
		readonly by: string;
		readonly version: number;
		readonly added: readonly PlannedStep[];
		readonly updated: readonly PlannedStep[];
		readonly removed: readonly StepId[];
		/** The step whose output asked for the extension; its origins taint what it added. */
		readonly from?: StepId | undefined;
	};
	StepExpanded: { readonly stepId: StepId; readonly items: number };
	StepStarted: {
		readonly stepId: StepId;
		readonly attempt: number;
		readonly run: number;
		readonly worker: string;
	};
	StepCompleted: {
		readonly stepId: StepId;
		readonly attempt: number;
		readonly run: number;
		readonly output: Output;
		/** Where untrusted content in the output comes from: `web:<host>`, `file:<artifact>`, `tool:<name>`. */
		readonly origins: readonly string[];
		readonly usage?: Usage | undefined;
		readonly cached?: boolean | undefined;
	};
	StepFailed: {
		readonly stepId: StepId;
		readonly attempt: number;
		readonly run: number;
		readonly failure: StepFailure;
		readonly retryAt?: number | undefined;
	};
	StepLost: { readonly stepId: StepId; readonly attempt: number; readonly run: number; readonly cause: LossCause };
	StepDeadLettered: { readonly stepId: StepId; readonly failure: StepFailure };
	StepSkipped: { readonly stepId: StepId; readonly cause: SkipCause; readonly reason: string };
	StepJoined: { readonly stepId: StepId; readonly done: number; readonly failed: number };
	/** `keepItems`: a `forEach` step keeps its children and their outputs; else it is expanded anew. */
	/** A `flow.group` or `flow.loop` got the steps of its body, of a loop those of one more round (from 1). */
	StepUnfolded: { readonly stepId: StepId; readonly round: number };
	/** All steps inside have ended: what `body.gives` names gave is the step's own output. */
	StepGathered: { readonly stepId: StepId };
	/** A `flow.wait` or `flow.event` waits; a `flow.loop` does before its next round. */
	StepSuspended: {
		readonly stepId: StepId;
		readonly until?: number | undefined;
		readonly event?: string | undefined;
	};
	/** Somebody sent the task an event; it is kept until a step listens. `id` is the sender's own: the same again changes nothing. */
	EventReceived: {
		readonly name: string;
		readonly data: Json;
		readonly by: string;
		readonly origins: readonly string[];
		readonly id?: string | undefined;
	};
	/** A step that listened got the event of that number. */
	EventTaken: { readonly stepId: StepId; readonly event: number; readonly origins: readonly string[] };
	/** The task will fail with this error; before that these steps are taken back, in this order. What had not ended is cancelled. */
	UndoBegun: { readonly error: TaskError; readonly steps: readonly StepId[] };
	StepReopened: { readonly stepId: StepId; readonly keepItems: boolean };
	QuestionAsked: { readonly question: Question };
	QuestionAnswered: { readonly questionId: QuestionId; readonly answer: Json; readonly by: PersonId };
	QuestionWithdrawn: { readonly questionId: QuestionId; readonly reason: string };
	/** What planning or a run cost that did not complete a step; a completed one carries its own. */
	UsageRecorded: { readonly usage: Usage; readonly stepId?: StepId | undefined };
	BudgetRaised: { readonly budget: Budget };
	TaskCancelled: { readonly by: string; readonly reason: string };
	/** `by` names the planner when it answered without steps. */
	/** `origins`: where untrusted content in an answer comes from that no step gave. */
	TaskCompleted: {
		readonly result: TaskResult;
		readonly by?: string | undefined;
		readonly origins?: readonly string[] | undefined;
	};
	TaskFailed: { readonly error: TaskError };
	TaskReopened: { readonly by: PersonId };
	/** One more conversation is told what the task's own is told. */
	TaskFollowed: { readonly conversation: ConversationId; readonly by: PersonId };
	TaskUnfollowed: { readonly conversation: ConversationId };
	ReportHandedOver: { readonly report: number };
	SessionsClosed: Readonly<Record<never, never>>;
}

export type TaskFactType = keyof TaskFactData;
/** TaskFact is one thing that happened to a task: a past-tense type and its data. */
export type TaskFact = {
	[T in TaskFactType]: { readonly type: T; readonly v: 1; readonly data: TaskFactData[T] };
}[TaskFactType];
/** RecordedTaskFact is a task fact with its place in the stream (`seq` from 1, no gaps) and its time (ms since 1970). */
export type RecordedTaskFact = TaskFact & { readonly seq: number; readonly at: number };

/** FactOf picks one recorded fact by its type. */
export type FactOf<T extends TaskFactType> = Extract<RecordedTaskFact, { type: T }>;

/** taskFact builds a fact of the current version. */
export function taskFact<T extends TaskFactType>(type: T, data: TaskFactData[T]): Extract<TaskFact, { type: T }> {
	return { type, v: 1, data } as unknown as Extract<TaskFact, { type: T }>;
}
