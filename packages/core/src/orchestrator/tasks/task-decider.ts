import type { TaskCommand } from '../../domain/task/commands.ts';
import { decide } from '../../domain/task/decide.ts';
import { EVOLVE_VERSION, evolve } from '../../domain/task/evolve.ts';
import type { RecordedTaskFact } from '../../domain/task/facts.ts';
import { deadLettersIn } from '../../domain/task/frontier.ts';
import { pendingWork } from '../../domain/task/pending-work.ts';
import type { Task } from '../../domain/task/state.ts';
import { statusOf } from '../../domain/task/view.ts';
import type { Decider } from '../commands/decide-batch.ts';
import { dueAt } from '../commands/due-at.ts';
import { workflowOfPlan } from './workflow-of-plan.ts';

/** Longest piece of a goal that lists show, in characters. */
const MAX_LISTED_GOAL = 200;

/** taskDecider fits the task core to the command handler. */
export const taskDecider: Decider<Task, TaskCommand, RecordedTaskFact> = {
	version: EVOLVE_VERSION,
	decide,
	evolve,
	index: (task, now) => ({
		person: task.person,
		dueAt: dueAt(pendingWork(task, now)),
		summary: {
			id: task.id,
			goal: task.goal.slice(0, MAX_LISTED_GOAL),
			status: statusOf(task, false).status,
			createdAt: task.createdAt,
			...(task.end === undefined ? {} : { endedAt: task.end.at }),
			...runOf(task),
			...deadLetters(task),
		},
	}),
};

function deadLetters(task: Task): { readonly deadLetters?: number } {
	const count = deadLettersIn(task);
	return count > 0 ? { deadLetters: count } : {};
}

function runOf({ planBy }: Task): { readonly workflow?: string } {
	const workflow = workflowOfPlan(planBy);
	return workflow === undefined ? {} : { workflow };
}
