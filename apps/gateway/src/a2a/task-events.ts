import type { StreamResponse } from '@a2a-js/sdk';
import { standingOf } from '@errand/core/domain/exchange/standing.ts';
import type { TaskId } from '@errand/core/domain/ids.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import type { ITaskDesk, Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ShownArtifacts } from './shown-artifacts.ts';
import { isInterrupted, isOver, type Place, progressStatus, shownStatus, stateOf } from './shown-task.ts';

interface Dependencies {
	readonly tasks: Pick<ITaskDesk, 'view' | 'follow'>;
	readonly artifacts: ShownArtifacts;
	readonly clock: IClock;
}

/** Between two words on progress at least, ms: they are coalesced. */
const PROGRESS_MS = 250;

/** TaskEvents follows a task from its facts, so that any gateway can at any time. */
export class TaskEvents {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	/** How the task stands once it is over or asks something; as it stands then when `signal` falls or the time is up. */
	async settled(principal: Principal, task: TaskId, signal: AbortSignal): Promise<TaskView> {
		let view = await this.#deps.tasks.view(principal, task);
		if (isSettled(view)) return view;
		for await (const change of this.#changes(principal, view, signal)) {
			if (change.view === undefined) continue;
			view = change.view;
			if (isSettled(view)) break;
		}
		return view;
	}

	/** Each change of a task from how it stands in `from`, until it is over or asks something. */
	async *events(
		principal: Principal,
		from: TaskView,
		place: Place,
		signal: AbortSignal,
	): AsyncGenerator<StreamResponse, void, undefined> {
		const { artifacts, clock } = this.#deps;
		const at = { taskId: place.id, contextId: place.contextId, metadata: undefined };
		let standing = standingOf(from);
		for await (const { view, progress } of this.#changes(principal, from, signal)) {
			if (view === undefined) {
				const status = progressStatus(place, progress ?? '', clock.now());
				yield { payload: { $case: 'statusUpdate', value: { ...at, status } } };
				continue;
			}
			if (standingOf(view) === standing) continue;
			standing = standingOf(view);
			if (isOver(stateOf(view))) {
				for (const artifact of await artifacts.of(principal, view)) {
					const value = { ...at, artifact, append: false, lastChunk: true };
					yield { payload: { $case: 'artifactUpdate', value } };
				}
			}
			const status = shownStatus(view, place, clock.now());
			yield { payload: { $case: 'statusUpdate', value: { ...at, status } } };
			if (isSettled(view)) return;
		}
	}

	/** The task after each change, and words on its progress between them. */
	async *#changes(
		principal: Principal,
		from: TaskView,
		signal: AbortSignal,
	): AsyncGenerator<{ view?: TaskView; progress?: string }, void, undefined> {
		const { tasks, clock } = this.#deps;
		let changed = false;
		let progress: string | undefined;
		let toldAt = 0;
		let next = Promise.withResolvers<void>();
		const wake = () => next.resolve();
		const stop = await tasks.follow(principal, from.id as TaskId, from.seq, {
			fact: () => {
				changed = true;
				wake();
			},
			progress: ({ text }) => {
				if (text === undefined || clock.now() - toldAt < PROGRESS_MS) return;
				toldAt = clock.now();
				progress = text;
				wake();
			},
		});
		signal.addEventListener('abort', wake);
		try {
			while (!signal.aborted) {
				await next.promise;
				next = Promise.withResolvers<void>();
				if (changed) {
					changed = false;
					yield { view: await tasks.view(principal, from.id as TaskId) };
				} else if (progress !== undefined) {
					yield { progress };
					progress = undefined;
				}
			}
		} finally {
			signal.removeEventListener('abort', wake);
			stop();
		}
	}
}

/** isSettled tells whether nothing changes before somebody does something. */
export function isSettled(view: TaskView): boolean {
	const state = stateOf(view);
	return isOver(state) || isInterrupted(state);
}
