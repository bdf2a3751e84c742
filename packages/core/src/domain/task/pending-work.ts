import type { StepId } from '../ids.ts';
import { needsPlan } from './decisions/planning.ts';
import { stepsGoingOn } from './frontier.ts';
import { isGuarded } from './guarded-step.ts';
import { inputOrigins } from './input-origins.ts';
import { isDue, isHeld } from './readiness.ts';
import { openQuestions, type Report, type Step, type Task, type TaskState } from './state.ts';

/** Runs in flight at this many deaths of the whole server make a step run alone. */
const SERVER_DEATHS_BEFORE_ALONE = 2;

/**
 * TaskWork is one thing the world owes a task. `key` names it: the same work has the same key for as long as it is owed,
 * so that carrying it out twice at once can be avoided, and a key that disappears means the work is no longer wanted.
 */
export type TaskWork =
	| { readonly key: string; readonly kind: 'plan' }
	| {
			readonly key: string;
			readonly kind: 'run';
			readonly stepId: StepId;
			readonly attempt: number;
			/** The run is under way already; after a crash it is known to be lost. */
			readonly started: boolean;
			readonly alone: boolean;
	  }
	| { readonly key: string; readonly kind: 'approve-effect'; readonly stepId: StepId }
	| { readonly key: string; readonly kind: 'report'; readonly report: Report }
	| { readonly key: string; readonly kind: 'close-sessions' }
	| { readonly key: string; readonly kind: 'check-deadline' }
	/** A wait is over, or the budget of a day is back: what follows is to be recorded. */
	| { readonly key: string; readonly kind: 'pass-time' }
	/** Look again at this time, ms since 1970. */
	| { readonly key: string; readonly kind: 'wait'; readonly until: number };

/** pendingWork reads off what the world still owes a task now. An open task without any waits for an answer. */
export function pendingWork(task: TaskState, now: number): TaskWork[] {
	if (task === undefined) return [];
	const work: TaskWork[] = task.reports.map((report) => ({ key: `report/${report.seq}`, kind: 'report', report }));
	if (task.end !== undefined) {
		if (task.sessionsUsed) work.push({ key: `close-sessions/${task.seq}`, kind: 'close-sessions' });
		return work;
	}
	if (needsPlan(task) && (task.planningRetryAt ?? 0) <= now) {
		work.push({ key: `plan/${task.planningAttempts}/${task.seq}`, kind: 'plan' });
	}
	if (task.deadline !== undefined && task.deadline <= now && task.undoing === undefined) {
		work.push({ key: `check-deadline/${task.deadline}`, kind: 'check-deadline' });
	}
	const held = isHeld(task);
	const times = new Times(now);
	if (held) for (const { until } of openQuestions(task)) times.expect(until);
	if (task.undoing === undefined) times.consider(task.deadline);
	if (needsPlan(task)) times.consider(task.planningRetryAt);
	for (const step of stepsGoingOn(task)) {
		const owed = stepWork(task, step, held, now);
		if (owed !== undefined) work.push(owed);
		if (held) continue;
		if (step.phase.status === 'retrying') times.consider(step.phase.retryAt);
		else times.expect(timeOf(step.phase));
	}
	const { over, next: until } = times;
	if (over !== undefined) work.push({ key: `pass-time/${over}`, kind: 'pass-time' });
	if (until !== undefined) work.push({ key: `wait/${until}`, kind: 'wait', until });
	return work;
}

function stepWork(task: Task, step: Step, held: boolean, now: number): TaskWork | undefined {
	const stepId = step.spec.id;
	const alone = step.serverDeaths >= SERVER_DEATHS_BEFORE_ALONE;
	switch (step.phase.status) {
		case 'running': {
			const attempt = step.attempts;
			return { key: `run/${stepId}/${attempt}`, kind: 'run', stepId, attempt, started: true, alone };
		}
		case 'waiting':
		case 'retrying': {
			if (held || !isDue(task, step, now)) return undefined;
			if (needsApproval(task, step)) {
				return { key: `approve-effect/${stepId}/${task.planVersion}`, kind: 'approve-effect', stepId };
			}
			const attempt = step.attempts + 1;
			return { key: `run/${stepId}/${attempt}`, kind: 'run', stepId, attempt, started: false, alone };
		}
		default:
			return undefined;
	}
}

/** A step made from untrusted content takes no external effect that the person has not seen. */
function needsApproval(task: Task, step: Step): boolean {
	if (step.approvedEffect !== undefined || !isGuarded(task, step)) return false;
	return inputOrigins(task, step).length > 0;
}

/** The earliest of the times that are still to come, and of the waits that are over. */
class Times {
	next: number | undefined;
	over: number | undefined;
	readonly #now: number;

	constructor(now: number) {
		this.#now = now;
	}

	consider(at: number | undefined): void {
		if (at !== undefined && at > this.#now && (this.next === undefined || at < this.next)) this.next = at;
	}

	/** Something is to be recorded at that time. */
	expect(at: number | undefined): void {
		this.consider(at);
		if (at !== undefined && at <= this.#now && (this.over === undefined || at < this.over)) this.over = at;
	}
}

/** When a wait is over. */
function timeOf(phase: Step['phase']): number | undefined {
	switch (phase.status) {
		case 'suspended':
			return phase.until;
		case 'unfolded':
			return phase.resumeAt;
		default:
			return undefined;
	}
}
