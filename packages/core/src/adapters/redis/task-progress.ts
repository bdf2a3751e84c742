import type { TaskId } from '../../domain/ids.ts';
import type { BusMessages } from '../../ports/event-bus.ts';

type Progress = Omit<BusMessages['progress'], 'taskId'>;
type SendProgress = (taskId: TaskId, steps: readonly Progress[]) => void;

/**
 * TaskProgress thins progress out to ten messages a second for each task. What is held back is merged field by field for each
 * step, the newest wins, and goes out together.
 */
export class TaskProgress {
	readonly #send: SendProgress;
	readonly #tasks = new Map<TaskId, { held: Map<string, Progress>; timer: NodeJS.Timeout }>();

	constructor(send: SendProgress) {
		this.#send = send;
	}

	add({ taskId, ...progress }: BusMessages['progress']): void {
		const task = this.#tasks.get(taskId);
		if (task === undefined) {
			this.#send(taskId, [progress]);
			this.#tasks.set(taskId, { held: new Map(), timer: setTimeout(() => this.#turn(taskId), GAP_MS) });
			return;
		}
		const earlier = task.held.get(progress.stepId);
		task.held.set(progress.stepId, earlier === undefined ? progress : merge(earlier, progress));
	}

	/** Forgets all that is held back. */
	stop(): void {
		for (const { timer } of this.#tasks.values()) clearTimeout(timer);
		this.#tasks.clear();
	}

	#turn(taskId: TaskId): void {
		const task = this.#tasks.get(taskId);
		if (task === undefined) return;
		if (task.held.size === 0) {
			this.#tasks.delete(taskId);
			return;
		}
		const steps = [...task.held.values()];
		task.held.clear();
		task.timer.refresh();
		this.#send(taskId, steps);
	}
}

/** What the newer one does not say stays as it was said. */
function merge(earlier: Progress, newer: Progress): Progress {
	const said = Object.entries(newer).filter(([, value]) => value !== undefined);
	return { ...earlier, ...Object.fromEntries(said) };
}

const GAP_MS = 100;
