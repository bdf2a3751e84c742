import { type Draft, drafted, record } from './draft.ts';
import { type TaskError, taskFact } from './facts.ts';
import { undoable } from './undo.ts';

/** failTask ends a task with an error; what was done and can be taken back is taken back before. */
export function failTask(draft: Draft, error: TaskError): void {
	const task = drafted(draft);
	const steps = task.undoing === undefined ? undoable(task) : [];
	if (steps.length === 0) return record(draft, taskFact('TaskFailed', { error: task.undoing?.error ?? error }));
	record(draft, taskFact('UndoBegun', { error, steps: steps.map(({ spec }) => spec.id) }));
}
