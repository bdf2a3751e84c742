import { CoreError } from '../../errors.ts';
import { utf8Bytes } from '../check-input.ts';
import type { TaskCommandOf } from '../commands.ts';
import { type Draft, record } from '../draft.ts';
import { taskFact } from '../facts.ts';
import { MAX_FACT_BYTES } from '../outputs.ts';
import type { Task } from '../state.ts';

/** deliverEvent keeps an event for the step that listens for it, now or later; the same id again changes nothing. */
export function deliverEvent(draft: Draft, task: Task, command: TaskCommandOf<'DeliverEvent'>): void {
	const { name, data, by, origins, id } = command;
	if (id !== undefined && (task.eventIds ?? []).includes(id)) return;
	if (task.end !== undefined) {
		throw new CoreError('not-possible', `Task ${task.id} is ${task.end.status}; no step of it waits for "${name}".`, {
			hint: 'Retry the task first, or send the event to another.',
		});
	}
	const bytes = utf8Bytes(JSON.stringify(data));
	if (bytes > MAX_FACT_BYTES) {
		throw new CoreError('too-large', `The event "${name}" has ${bytes} bytes; at most ${MAX_FACT_BYTES} are taken.`, {
			hint: 'Store the large part as a file and send its address.',
		});
	}
	record(draft, taskFact('EventReceived', { name, data, by, origins, ...(id === undefined ? {} : { id }) }));
}
