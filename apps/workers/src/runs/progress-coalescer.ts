import type { IClock } from '@errand/core/ports/clock.ts';
import type { StepProgress } from './run-context.ts';

/** At most ten a second for each task. */
const MIN_GAP_MS = 100;

/**
 * ProgressCoalescer thins progress out to ten words a second for each task, however many of its steps speak. What is held
 * back is merged field by field, the newest wins, and the last word is sent unless its step ended meanwhile.
 */
export class ProgressCoalescer {
	readonly #clock: IClock;
	readonly #send: (taskId: string, stepId: string, progress: StepProgress) => void;
	readonly #tasks = new Map<string, Pending>();

	constructor(clock: IClock, send: (taskId: string, stepId: string, progress: StepProgress) => void) {
		this.#clock = clock;
		this.#send = send;
	}

	add(taskId: string, stepId: string, progress: StepProgress): void {
		const task = this.#tasks.get(taskId);
		if (task === undefined) return this.#sendNow(taskId, stepId, progress);
		const held = task.steps.get(stepId);
		task.steps.set(stepId, held === undefined ? progress : { ...held, ...progress });
		// A handler that blocks its thread keeps timers from firing.
		if (this.#clock.now() - task.sentAt >= MIN_GAP_MS) this.#sendNext(taskId, task);
	}

	/** The step has ended: what it said last is sent if its turn has come, else dropped, because its outcome says more. */
	endStep(taskId: string, stepId: string): void {
		const task = this.#tasks.get(taskId);
		const held = task?.steps.get(stepId);
		if (task === undefined || held === undefined) return;
		task.steps.delete(stepId);
		if (this.#clock.now() - task.sentAt >= MIN_GAP_MS) this.#sendNow(taskId, stepId, held);
	}

	/** Forgets all that is held back. */
	stop(): void {
		for (const task of this.#tasks.values()) task.callOff();
		this.#tasks.clear();
	}

	#sendNext(taskId: string, task: Pending): void {
		const [next] = task.steps;
		if (next === undefined) {
			task.callOff();
			this.#tasks.delete(taskId);
			return;
		}
		task.steps.delete(next[0]);
		this.#sendNow(taskId, next[0], next[1]);
	}

	#sendNow(taskId: string, stepId: string, progress: StepProgress): void {
		const task = this.#tasks.get(taskId);
		task?.callOff();
		const pending: Pending = {
			steps: task?.steps ?? new Map(),
			sentAt: this.#clock.now(),
			callOff: this.#clock.after(MIN_GAP_MS, () => this.#sendNext(taskId, pending)),
		};
		this.#tasks.set(taskId, pending);
		this.#send(taskId, stepId, progress);
	}
}

interface Pending {
	readonly steps: Map<string, StepProgress>;
	readonly sentAt: number;
	readonly callOff: () => void;
}
