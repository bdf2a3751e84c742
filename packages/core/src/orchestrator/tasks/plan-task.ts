import { randomInt } from 'node:crypto';
import type { StepFailure } from '../../domain/capability.ts';
import { CoreError, describeError, type ErrorCode } from '../../domain/errors.ts';
import { ANSWER_STEP } from '../../domain/ids.ts';
import type { TaskCommand } from '../../domain/task/commands.ts';
import type { Task } from '../../domain/task/state.ts';
import { allowanceOf, usageOf } from '../../domain/task/usage.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IEventBus } from '../../ports/event-bus.ts';
import type { IPlanAdmission } from '../../ports/plan-admission.ts';
import type { EarlierTask, IPlanner, PlanOutcome, PlanRequest } from '../../ports/planner.ts';
import type { SkillText } from '../../ports/skill-files.ts';
import { LatestWord } from '../commands/latest-word.ts';

interface Dependencies {
	readonly planner: IPlanner;
	readonly admission: IPlanAdmission;
	readonly clock: IClock;
	readonly bus: IEventBus;
}

/** Wanted is the task that needs a plan, and what came before it; `signal` aborts when the plan is no longer wanted. */
interface Wanted {
	readonly task: Task;
	readonly earlier: readonly EarlierTask[];
	readonly recall?: PlanRequest['recall'];
	readonly skills?: ((goal: string) => Promise<readonly SkillText[]>) | undefined;
	readonly signal: AbortSignal;
}

/** Planning that takes longer (ms) is given up and tried again; planners bound themselves before that. */
const PLANNING_TIMEOUT_MS = 1_500_000;

/** planTask asks the planner once and says what came of it as a command: a plan, an answer, questions, or the failure. */
export async function planTask(
	{ task, earlier, recall, skills: suiting, signal }: Wanted,
	{ planner, admission, clock, bus }: Dependencies,
): Promise<TaskCommand> {
	const partials = new LatestWord<string>(clock, (partial) =>
		bus.publish('progress', { taskId: task.id, stepId: ANSWER_STEP, partial }),
	);
	const onPartial = (text: string) => partials.say(text);
	// Called off when planning ends: a timer of its own for each task would outlive thousands of them.
	const late = new AbortController();
	const callOff = clock.after(PLANNING_TIMEOUT_MS, () => late.abort());
	const skills = suiting && (() => suiting(task.goal));
	const request: PlanRequest = { ...planRequest(task), at: clock.now(), earlier, recall, skills, onPartial };
	try {
		const outcome = await planner.plan(request, AbortSignal.any([signal, late.signal]));
		return commandFor(outcome, admission, clock);
	} catch (error) {
		const jitter = randomInt(1_000) / 1_000;
		return { type: 'FailPlanning', at: clock.now(), failure: planningFailure(error), jitter, usage: usageOf(error) };
	} finally {
		callOff();
		partials.stop();
	}
}

function commandFor(outcome: PlanOutcome, admission: IPlanAdmission, clock: IClock): TaskCommand {
	const at = clock.now();
	const { usage } = outcome;
	switch (outcome.kind) {
		case 'plan': {
			const { by, method, note, origins } = outcome;
			return { type: 'ProposePlan', at, by, method, note, steps: admission.admit(outcome.steps), origins, usage };
		}
		case 'answer': {
			const { by, text, method, origins } = outcome;
			return { type: 'AnswerDirectly', at, by, text, method, origins, usage };
		}
		case 'ask':
			return { type: 'AskAboutGoal', at, questions: outcome.questions, usage };
	}
}

function planRequest(task: Task): Omit<PlanRequest, 'at' | 'earlier'> {
	const { id: taskId, person, goal, attachments, questions, answerOnly } = task;
	const answers = Object.values(questions).flatMap(({ question, answer }) =>
		question.purpose === 'goal' && answer !== undefined ? [{ question: question.text, answer }] : [],
	);
	const only = answerOnly === undefined ? {} : { answerOnly };
	const isSpoken = task.conversation !== undefined && task.inReplyTo !== undefined && answerOnly === undefined;
	const spoken = isSpoken && (task.origins?.length ?? 0) === 0 ? { spoken: true as const } : {};
	return { taskId, person, goal, attachments, answers, allowance: allowanceOf(task), ...only, ...spoken };
}

/** What another attempt may mend; a planner that ran out of time was cancelled. */
const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
	'timed-out',
	'fetch-failed',
	'rate-limited',
	'model-unavailable',
	'cancelled',
]);

/** A plan that cannot be admitted will not get better by trying again; anything else may. */
function planningFailure(error: unknown): StepFailure {
	if (error instanceof CoreError) {
		const kind = RETRYABLE.has(error.code) ? 'retryable' : 'permanent';
		return { kind, code: error.code, message: error.message, hint: error.hint };
	}
	return { kind: 'retryable', code: 'internal', message: describeError(error) };
}
