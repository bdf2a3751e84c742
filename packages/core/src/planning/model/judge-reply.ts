import { assertNever } from '../../domain/json.ts';
import type { CapabilityDeclaration } from '../../ports/capability.ts';
import type { ModelReply } from '../../ports/language-model.ts';
import type { PlanOutcome, PlanRequest } from '../../ports/planner.ts';
import { checkPlan, checkQuestions } from './check-move.ts';
import type { GoalBrief } from './goal-brief.ts';
import { readMove } from './read-move.ts';
import { listedProblems, shortLine } from './take-over.ts';
import { unreadAnswer } from './unread-answer.ts';

/** Verdict is what a reply comes to: an outcome, something to send back, or the end of the model's part. */
export type Verdict = PlanOutcome | Rejected | GivenUp;

/** Rejected is a reply that the model may mend. */
export interface Rejected {
	readonly kind: 'rejected';
	/** What the model did, for the end of a sentence that begins with its name. */
	readonly did: string;
	readonly problems: readonly string[];
}

/** GivenUp is why the model's part is over without an outcome. */
export interface GivenUp {
	readonly kind: 'given-up';
	/** A word for logs. */
	readonly cause: string;
	/** The beginning of a sentence for the person. */
	readonly reason: string;
	/** The words of a model that would not. */
	readonly refusal?: string | undefined;
	/** What the person can do about it, where they can. */
	readonly hint?: string | undefined;
}

/** Setting is what a reply is judged by. */
export interface Setting {
	readonly model: string;
	readonly catalogue: readonly CapabilityDeclaration[];
	readonly brief: GoalBrief;
	readonly answers: PlanRequest['answers'];
	/** Whether a reply was sent back before. */
	readonly wasTold: boolean;
}

/** judgeReply turns a model's reply into a verdict. */
export function judgeReply(reply: ModelReply, { model, catalogue, brief, answers, wasTold }: Setting): Verdict {
	const by = `model:${model}`;
	if (reply.finish === 'refusal') {
		return { ...givenUp('refusal', `The model ${model} declined`), refusal: shortLine(reply.text, MAX_REFUSAL) };
	}
	const move = readMove(reply);
	switch (move.kind) {
		case 'plan': {
			const plan = checkPlan(move.steps, catalogue, brief);
			if (!plan.ok) return rejected(BAD_PLAN, plan.problems);
			const note = move.note === undefined ? {} : { note: shortLine(move.note, MAX_NOTE) };
			return { kind: 'plan', by, method: 'model', steps: plan.value, ...note };
		}
		case 'ask': {
			const asked = checkQuestions(move.questions, answers);
			return asked.ok ? { kind: 'ask', by, questions: asked.value } : rejected(BAD_QUESTIONS, asked.problems);
		}
		case 'answer': {
			// One that ran on to the limit without a look at what was given has lost its way.
			const unread = unreadAnswer(move.text, brief, wasTold && reply.finish !== 'length');
			if (unread !== undefined) return rejected(IDLE, [unread]);
			return { kind: 'answer', by, method: 'model', text: reply.finish === 'length' ? move.text + CUT : move.text };
		}
		case 'wrong':
			return rejected(BAD_PLAN, [move.problem]);
		case 'nothing':
			return givenUp('nothing', `The model ${model} gave an empty reply`);
		default:
			return assertNever(move);
	}
}

/** givenUp ends the model's part for a reason. */
export function givenUp(cause: string, reason: string): GivenUp {
	return { kind: 'given-up', cause, reason };
}

/** gaveUpOn ends the model's part because what it proposed last could not be used. */
export function gaveUpOn({ did, problems }: Rejected, model: string): GivenUp {
	return givenUp('rejected', `The model ${model} ${did} (${listedProblems(problems)})`);
}

const BAD_PLAN = 'proposed a plan that cannot run';
const BAD_QUESTIONS = 'asked in a way that cannot be used';
const IDLE = 'did not use what it was given';
const CUT = '\n\n*The answer ends here because it reached the limit on its length.*';
const MAX_NOTE = 1_000;
const MAX_REFUSAL = 2_000;

function rejected(did: string, problems: readonly string[]): Rejected {
	return { kind: 'rejected', did, problems };
}
