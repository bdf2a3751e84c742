import type { ArtifactRef } from '../domain/capability.ts';
import type { PersonId, TaskId } from '../domain/ids.ts';
import type { Json } from '../domain/json.ts';
import type { Attachment, Usage } from '../domain/task/facts.ts';
import type { PlanStep } from '../domain/task/plan.ts';
import type { QuestionDraft } from '../domain/task/question.ts';
import type { Turn } from '../domain/task/submission.ts';
import type { FoundMemory } from './memory.ts';
import type { SkillText } from './skill-files.ts';

/**
 * EarlierTask is what a planner knows of a task of the same conversation that came before. `answer` is there only where no
 * outside content went into it.
 */
export interface EarlierTask {
	readonly goal: string;
	readonly answer?: string | undefined;
	readonly files: readonly ArtifactRef[];
}

/** PlanRequest is what a planner knows of a task. */
export interface PlanRequest {
	readonly taskId: TaskId;
	readonly person: PersonId;
	/** Now, in ms since 1970: planners do not read clocks. */
	readonly at: number;
	readonly goal: string;
	readonly attachments: readonly Attachment[];
	/** Answers to what the planner asked about this goal before. */
	readonly answers: readonly { readonly question: string; readonly answer: Json }[];
	/** What was asked and answered before in the same conversation, oldest first. */
	readonly earlier: readonly EarlierTask[];
	/** What is remembered of the person that bears on the goal, best first, for planners that look; it never rejects. */
	readonly recall?: ((limit: number) => Promise<readonly FoundMemory[]>) | undefined;
	/** What was recalled for this goal. */
	readonly remembered?: readonly FoundMemory[] | undefined;
	/** The operator's instructions that suit the goal, best first, for planners that follow them; it never rejects. */
	readonly skills?: (() => Promise<readonly SkillText[]>) | undefined;
	/** The person said it just now, in their own words and in a conversation: they hear what is asked. */
	readonly spoken?: true | undefined;
	/** Set where only an answer is wanted, at once and without steps; what was said before the goal, oldest first. */
	readonly answerOnly?: readonly Turn[] | undefined;
	/** Tokens and money the task may still use. */
	readonly allowance: Usage;
	/** Hears the text of an answer while it is being written, each time from its beginning. */
	readonly onPartial?: ((text: string) => void) | undefined;
}

/**
 * PlanOutcome is a plan, or an answer that needs none, or questions without whose answers there is no plan. `by` is
 * `rules:<rule>` or `model:<name>`; `usage` is what it cost to find out; `origins` is where untrusted content comes from that
 * the planner was shown, and by which all of it is tainted.
 */
export type PlanOutcome = (
	| {
			readonly kind: 'plan';
			readonly by: string;
			readonly steps: readonly PlanStep[];
			readonly note?: string | undefined;
			readonly method: 'model' | 'rules';
			readonly origins?: readonly string[] | undefined;
	  }
	| {
			readonly kind: 'answer';
			readonly by: string;
			readonly text: string;
			readonly method: 'model' | 'rules';
			readonly origins?: readonly string[] | undefined;
	  }
	| { readonly kind: 'ask'; readonly by: string; readonly questions: readonly QuestionDraft[] }
) & { readonly usage?: Usage | undefined };

/** IPlanner turns a goal into steps. It may throw; planning is then tried again within bounds. An error that cost tokens carries them as `usage`. */
export interface IPlanner {
	plan(request: PlanRequest, signal: AbortSignal): Promise<PlanOutcome>;
}
