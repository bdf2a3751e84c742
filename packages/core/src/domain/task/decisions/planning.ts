import { formatCount } from '../../amounts.ts';
import { CoreError } from '../../errors.ts';
import { askForBudget } from '../ask-for-budget.ts';
import { planProblems } from '../check-plan.ts';
import type { TaskCommandOf } from '../commands.ts';
import { type Draft, drafted, record, recordQuestion } from '../draft.ts';
import { taskFact } from '../facts.ts';
import type { PlannedStep } from '../plan.ts';
import { retryWaitMs } from '../retry-wait.ts';
import { openQuestions, type Task } from '../state.ts';

/** Planning is tried this often, with these waits (ms), before the task fails. */
const PLANNING_RETRY = { maxAttempts: 3, waitsMs: [1_000, 10_000] };

/** submitTask opens a task; submitting it again changes nothing. */
export function submitTask(draft: Draft, command: TaskCommandOf<'SubmitTask'>): void {
	if (draft.task !== undefined) return;
	const { type: _type, at: _at, plan, ...request } = command;
	if (request.goal.trim() === '' && request.attachments.length === 0) {
		throw new CoreError('empty-goal', 'The goal is empty.', { hint: 'Write what you want done.' });
	}
	record(draft, taskFact('TaskSubmitted', request));
	if (plan !== undefined) recordPlan(draft, { ...plan, method: 'rules' });
}

/** proposePlan gives a task its first plan; a late second one is ignored. */
export function proposePlan(draft: Draft, task: Task, command: TaskCommandOf<'ProposePlan'>): void {
	if (needsPlan(task)) recordPlan(draft, command);
}

/** answerDirectly ends a task that needs no steps. */
export function answerDirectly(draft: Draft, task: Task, command: TaskCommandOf<'AnswerDirectly'>): void {
	if (!needsPlan(task)) return;
	const { by, text, method, origins = [] } = command;
	const result = { text, sources: [], artifacts: [], method, warnings: [] };
	record(draft, taskFact('TaskCompleted', { by, result, ...(origins.length > 0 ? { origins } : {}) }));
}

/** askAboutGoal asks what the planner has to know before there can be a plan. */
export function askAboutGoal(draft: Draft, task: Task, command: TaskCommandOf<'AskAboutGoal'>): void {
	if (!needsPlan(task)) return;
	for (const question of command.questions) recordQuestion(draft, { ...question, purpose: 'goal' });
}

/** failPlanning tries again later, a bounded number of times, then fails the task. */
export function failPlanning(draft: Draft, task: Task, command: TaskCommandOf<'FailPlanning'>): void {
	if (!needsPlan(task)) return;
	const { failure, jitter } = command;
	// The answer lets planning go on.
	const { code: failed } = failure;
	if (failed === 'over-budget' || failed === 'over-day-budget')
		return askForBudget(draft, failed, `${failure.message} ${failure.hint ?? ''}`.trim());
	const final = failure.kind !== 'retryable' && failure.kind !== 'timed-out';
	const wait = final ? undefined : retryWaitMs(PLANNING_RETRY, task.planningAttempts + 1, failure, jitter);
	const retryAt = wait === undefined ? undefined : draft.at + wait;
	record(draft, taskFact('PlanningFailed', { failure, ...(retryAt === undefined ? {} : { retryAt }) }));
	if (retryAt !== undefined) return;
	const { code, message, hint = 'Word the goal in another way, or retry.' } = failure;
	record(draft, taskFact('TaskFailed', { error: { code, message: `No plan could be made: ${message}`, hint } }));
}

/** needsPlan tells whether a task still waits for its first plan, and nothing stands in the way of making one. */
export function needsPlan(task: Task): boolean {
	return task.end === undefined && task.planVersion === 0 && openQuestions(task).length === 0;
}

/** recordPlanApproval asks the person to approve the plan as it now stands. */
export function recordPlanApproval(draft: Draft): void {
	const task = drafted(draft);
	const text = `Run this plan of ${formatCount(Object.keys(task.steps).length, 'step')}?`;
	recordQuestion(draft, { kind: 'approval', purpose: 'plan', text });
}

interface ProposedPlan {
	readonly by: string;
	readonly steps: readonly PlannedStep[];
	readonly note?: string | undefined;
	readonly method: 'model' | 'rules';
	readonly origins?: readonly string[] | undefined;
}

function recordPlan(draft: Draft, { by, steps, note, method, origins = [] }: ProposedPlan): void {
	const problems = planProblems(steps);
	if (problems.length > 0) throw invalidPlan(problems);
	const told = { ...(note === undefined ? {} : { note }), ...(origins.length > 0 ? { origins } : {}) };
	record(draft, taskFact('PlanProposed', { by, steps, method, ...told }));
	if (drafted(draft).approve) recordPlanApproval(draft);
}

/** invalidPlan is the refusal of a plan, naming each problem. */
export function invalidPlan(problems: readonly { readonly message: string }[]): CoreError {
	const message = `The plan cannot be run: ${problems.map((problem) => problem.message).join(' ')}`;
	return new CoreError('invalid-plan', message, { hint: 'Mend the steps named and send the plan again.' });
}
