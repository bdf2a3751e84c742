import type { TaskId } from '../../domain/ids.ts';
import type { RecordedTaskFact } from '../../domain/task/facts.ts';
import type { Question } from '../../domain/task/question.ts';
import type { TaskView } from '../../domain/task/view.ts';
import type { ITaskDesk, Principal } from '../desks/desk.ts';

interface Following {
	readonly task: TaskId;
	readonly signal: AbortSignal;
	/** Called for every question the task asks, from its first on. */
	readonly asked: (question: Question) => Promise<void>;
}

/** followToEnd resolves with a task once it has ended, wherever it is driven; with undefined where the signal came first. */
export async function followToEnd(
	tasks: Pick<ITaskDesk, 'view' | 'follow'>,
	principal: Principal,
	{ task, signal, asked }: Following,
): Promise<TaskView | undefined> {
	const ended = Promise.withResolvers<boolean>();
	const giveUp = () => ended.resolve(false);
	signal.addEventListener('abort', giveUp, { once: true });
	let stop: (() => void) | undefined;
	try {
		stop = await tasks.follow(principal, task, 0, {
			fact: (fact) => {
				if (fact.type === 'QuestionAsked') void asked(fact.data.question).catch(ended.reject);
				if (ends(fact)) ended.resolve(true);
			},
		});
		if (signal.aborted) return undefined;
		return (await ended.promise) ? await tasks.view(principal, task) : undefined;
	} finally {
		stop?.();
		signal.removeEventListener('abort', giveUp);
	}
}

function ends({ type }: RecordedTaskFact): boolean {
	return type === 'TaskCompleted' || type === 'TaskFailed' || type === 'TaskCancelled';
}
