import type { QuestionId, StepId } from '../ids.ts';
import { isJsonObject, type Json } from '../json.ts';

/** QuestionPurpose says what an answer unlocks: the goal's meaning, the plan, one step, one external effect, or more budget. */
export type QuestionPurpose = 'goal' | 'plan' | 'step' | 'effect' | 'budget';

/** Effect is the exact external effect an approval is for: `hash` covers the bytes and the place they go to. */
export interface Effect {
	readonly hash: string;
	readonly summary: string;
}

/** Question is something only the person can decide. A `secret` answer is kept in the vault; facts hold its reference. */
export interface Question {
	readonly id: QuestionId;
	readonly kind: 'text' | 'choice' | 'approval' | 'secret';
	readonly purpose: QuestionPurpose;
	readonly text: string;
	readonly choices?: readonly string[] | undefined;
	readonly stepId?: StepId | undefined;
	readonly effect?: Effect | undefined;
	/** The budget that a question of purpose `budget` is about, where it is not the task's own: then a yes only tries again. */
	readonly budget?: 'day' | undefined;
	/** When the task goes on without an answer, ms since 1970. */
	readonly until?: number | undefined;
}

/** QuestionDraft is a question as a planner or a capability words it, before it has an id. */
export interface QuestionDraft {
	readonly kind: 'text' | 'choice' | 'approval' | 'secret';
	readonly text: string;
	readonly choices?: readonly string[] | undefined;
}

/** secretReference is the vault's name of an answer that was given in confidence; undefined for any other answer. */
export function secretReference(answer: Json | undefined): string | undefined {
	const name = isJsonObject(answer) ? answer['secret'] : undefined;
	return typeof name === 'string' ? name : undefined;
}
