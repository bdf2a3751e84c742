import type { TaskView } from '../task/view.ts';

/** standingOf is how a task stands, as those who are told of it would tell it apart. */
export function standingOf({ status, questions }: TaskView): string {
	const asked = questions.map(({ id }) => id).join(',');
	return status === 'waiting' && asked !== '' ? `asked:${asked}` : status;
}
