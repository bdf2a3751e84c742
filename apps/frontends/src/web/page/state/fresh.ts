import { type ReadonlySignal, signal } from '@preact/signals';
import { type Problem, problemOf } from './problem.ts';

/** Fresh is something of the server's that is read again and again while it is looked at. */
export interface Fresh<T> {
	/** What was read last; undefined before the first answer. */
	readonly value: ReadonlySignal<T | undefined>;
	/** Why the latest reading failed. */
	readonly problem: ReadonlySignal<Problem | undefined>;
	refresh(): Promise<void>;
	/** Keeps it fresh until the returned function is called. */
	watch(): () => void;
}

/** createFresh reads with `read`, at least `everyMs` apart while somebody watches. Of readings that overtake each other the one begun last counts. */
export function createFresh<T>(read: () => Promise<T>, everyMs: number): Fresh<T> {
	const value = signal<T | undefined>(undefined);
	const problem = signal<Problem | undefined>(undefined);
	let begun = 0;
	const refresh = async () => {
		const mine = ++begun;
		try {
			const now = await read();
			if (mine !== begun) return;
			value.value = now;
			problem.value = undefined;
		} catch (error) {
			if (mine === begun) problem.value = problemOf(error);
		}
	};
	return {
		value,
		problem,
		refresh,
		watch: () => {
			void refresh();
			// Nobody looks at a page in the background.
			const timer = setInterval(() => {
				if (document.visibilityState === 'visible') void refresh();
			}, everyMs);
			return () => clearInterval(timer);
		},
	};
}
