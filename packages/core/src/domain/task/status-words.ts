import { formatDuration } from '../amounts.ts';
import type { StepStatus, StepView, TaskStatus, TaskView } from './view.ts';

/** STEP_WORDS says a step's status to a person; the page, the terminal and chat use the same words. */
export const STEP_WORDS: Readonly<Record<StepStatus, string>> = {
	waiting: 'waiting',
	ready: 'ready',
	running: 'running',
	asking: 'needs your answer',
	retrying: 'will be tried again',
	done: 'done',
	failed: 'failed',
	'dead-lettered': 'gave up',
	skipped: 'skipped',
	cancelled: 'cancelled',
};

const TASK_WORDS: Readonly<Record<TaskStatus, string>> = {
	planning: 'Planning',
	running: 'Running',
	waiting: 'Waiting',
	done: 'Done',
	failed: 'Failed',
	cancelled: 'Cancelled',
};

const WAITING_WORDS: Readonly<Record<NonNullable<TaskView['reason']>, string>> = {
	question: 'Waiting for your answer',
	'over-budget': 'Waiting: the budget is used up',
	'disk-full': 'Waiting: the disk is full',
	time: 'Waiting for its time',
	event: 'Waiting for an event',
};

/** taskWords says a task's status to a person, and while it waits, what for. */
export function taskWords(task: Pick<TaskView, 'status'> & { readonly reason?: TaskView['reason'] }): string {
	return task.status === 'waiting' && task.reason !== undefined ? WAITING_WORDS[task.reason] : TASK_WORDS[task.status];
}

/** elapsedMs is how long a step has run, or ran; undefined before its first start. */
export function elapsedMs(step: StepView, now: number): number | undefined {
	if (step.startedAt === undefined) return undefined;
	if (step.endedAt !== undefined) return step.endedAt - step.startedAt;
	return step.status === 'running' ? Math.max(0, now - step.startedAt) : undefined;
}

/** waitWords says what a step waits for besides other steps, its time or an event; undefined where it does not. */
export function waitWords({ until, event, status }: StepView, now: number): string | undefined {
	if (status !== 'waiting' && status !== 'running') return undefined;
	const left = until === undefined ? undefined : formatDuration(Math.max(0, until - now));
	if (event === undefined) return left === undefined ? undefined : `goes on in ${left}`;
	return left === undefined ? `for the event ${event}` : `for the event ${event}, ${left} more`;
}

/** roundWords says in which round of a loop a step is, by its id; undefined where it is in none. */
export function roundWords({ id }: Pick<StepView, 'id'>): string | undefined {
	const round = /#(\d+)\/[^/]+$/.exec(id)?.[1];
	return round === undefined ? undefined : `round ${round}`;
}
