import type { Conversation } from '../../domain/conversation/state.ts';
import { type TaskId, taskStream } from '../../domain/ids.ts';
import type { TaskCommand } from '../../domain/task/commands.ts';
import type { Task } from '../../domain/task/state.ts';
import type { EarlierTask } from '../../ports/planner.ts';
import type { CommandHandler } from '../commands/handle-command.ts';

/** More of what was said before would only cost. */
const MAX_EARLIER = 5;

type Tasks = Pick<CommandHandler<Task, TaskCommand, never>, 'state'>;

/** earlierTasks is what was asked and answered in a conversation before this task, oldest first. */
export async function earlierTasks(conversation: Conversation, task: TaskId, tasks: Tasks): Promise<EarlierTask[]> {
	const numbered = conversation.tasks;
	const place = numbered.indexOf(task);
	// The conversation may learn of a task only after its planning began.
	const before = (place === -1 ? numbered : numbered.slice(0, place)).slice(-MAX_EARLIER);
	const found = await Promise.all(before.map((id) => tasks.state(taskStream(id))));
	return found.flatMap((earlier) => (earlier === undefined ? [] : [earlierTask(earlier)]));
}

/** earlierGoals is what the person asked before in a conversation that is kept elsewhere; answers given there are not known here. */
export function earlierGoals({ earlierGoals: goals = [] }: Pick<Task, 'earlierGoals'>): EarlierTask[] {
	return goals.slice(-MAX_EARLIER).map((goal) => ({ goal, files: [] }));
}

/**
 * What outside content went into is not for planners to read, because it could steer a plan that counts as the person's
 * own. Its files are named: a step may read them, and is tainted by them.
 */
function earlierTask({ goal, end, steps, origins = [] }: Task): EarlierTask {
	if (end?.status !== 'done') return { goal, files: [] };
	const { text, artifacts: files } = end.result;
	const isTainted = origins.length > 0 || Object.values(steps).some((step) => step.origins.length > 0);
	return isTainted ? { goal, files } : { goal, answer: text, files };
}
