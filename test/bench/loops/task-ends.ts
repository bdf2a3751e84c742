import { type TaskId, taskStream } from '@errand/core/domain/ids.ts';
import type { IEventBus } from '@errand/core/ports/event-bus.ts';

/** taskEnds lets a loop wait for its tasks by what the bus tells of them; one that failed rejects. */
export function taskEnds(bus: IEventBus): (task: TaskId) => Promise<void> {
	const waiting = new Map<string, (failed?: Error) => void>();
	bus.subscribe('facts', ({ stream, facts }) => {
		const last = facts.at(-1)?.type;
		if (last === 'TaskCompleted') waiting.get(stream)?.();
		if (last === 'TaskFailed') waiting.get(stream)?.(new Error('a bench task failed'));
	});
	return (task) =>
		new Promise<void>((resolve, reject) => {
			waiting.set(taskStream(task), (failed) => {
				waiting.delete(taskStream(task));
				if (failed === undefined) resolve();
				else reject(failed);
			});
		});
}
