import { type Signal, useSignal } from '@preact/signals';
import { type Problem, problemOf } from '../state/problem.ts';

/** Action is something a button does: busy while it runs, with the problem it ended in. */
export interface Action {
	readonly busy: Signal<boolean>;
	readonly problem: Signal<Problem | undefined>;
	run(work: () => Promise<unknown>): void;
}

/** useAction runs one call at a time and keeps why it failed. */
export function useAction(): Action {
	const busy = useSignal(false);
	const problem = useSignal<Problem | undefined>(undefined);
	return {
		busy,
		problem,
		run: (work) => {
			if (busy.peek()) return;
			busy.value = true;
			problem.value = undefined;
			work()
				.catch((error: unknown) => {
					problem.value = problemOf(error);
				})
				.finally(() => {
					busy.value = false;
				});
		},
	};
}
