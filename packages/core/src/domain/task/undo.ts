import { type Draft, drafted, record } from './draft.ts';
import { type TaskError, taskFact } from './facts.ts';
import { hasEnded, type Step, type Task } from './state.ts';

/** undoable lists the steps whose work can be taken back, what was done last first; a list is taken back element by element. */
export function undoable(task: Task): Step[] {
	return Object.values(task.steps)
		.filter(({ spec, phase }) => {
			if (spec.undo === undefined) return false;
			return phase.status === 'done' || (phase.status === 'joined' && phase.of !== undefined);
		})
		.sort((one, other) => (other.doneSeq ?? 0) - (one.doneSeq ?? 0));
}

/** endUndo fails a task once everything was tried to take back, and says what could not be. */
export function endUndo(draft: Draft): void {
	const task = drafted(draft);
	if (task.end !== undefined || task.undoing === undefined) return;
	const undos = Object.values(task.steps).filter(({ undoes }) => undoes !== undefined);
	if (!undos.every(hasEnded)) return;
	record(draft, taskFact('TaskFailed', { error: errorAfter(task.undoing.error, task, undos) }));
}

function errorAfter({ code, message, hint }: TaskError, task: Task, undos: readonly Step[]): TaskError {
	const titleOf = ({ undoes }: Step) => (undoes === undefined ? '' : (task.steps[undoes]?.spec.title ?? undoes));
	const left = undos.filter(({ phase }) => phase.status !== 'done');
	const taken = undos.filter(({ phase }) => phase.status === 'done').map((step) => `"${titleOf(step)}"`);
	const reasons = left.map((step) => `"${titleOf(step)}" (${reasonOf(step)})`);
	return {
		code,
		message: [
			message,
			...(taken.length > 0 ? [`Taken back: ${taken.join(', ')}.`] : []),
			...(reasons.length > 0 ? [`Could not be taken back: ${reasons.join(', ')}.`] : []),
		].join(' '),
		hint: left.length === 0 ? hint : `Look after what could not be taken back. ${hint}`,
	};
}

function reasonOf({ phase }: Step): string {
	if (phase.status === 'dead-lettered') return phase.failure.message.replace(/\.$/, '');
	return phase.status === 'skipped' ? phase.reason : phase.status;
}
