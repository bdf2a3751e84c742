import type { IClock } from '../../ports/clock.ts';
import type { TryEnd } from './one-try.ts';

/** Runner makes one try; `onText` hears its words. */
export type Runner = (listening: {
	readonly signal: AbortSignal;
	readonly onText: (piece: string) => void;
	readonly onRestart: () => void;
}) => Promise<TryEnd>;

/** RacedTries is how tries at the same reply ended; those that another one overtook are `lost`. */
export interface RacedTries {
	readonly ends: readonly (TryEnd & { readonly lost: boolean })[];
}

/**
 * raceTries makes a try, and where no word of it came for `afterMs`, a second one beside it, if there is one to make. Whichever
 * speaks or ends well first has the floor, the other is broken off; of only one of them anything is heard.
 */
export async function raceTries(
	first: Runner,
	second: () => Runner | undefined,
	parts: {
		readonly clock: IClock;
		readonly afterMs: number;
		readonly signal: AbortSignal;
		readonly onText: (piece: string) => void;
		readonly onRestart: () => void;
	},
): Promise<RacedTries> {
	const runs: { stop: AbortController; done: Promise<TryEnd> }[] = [];
	let leader: number | undefined;
	const lead = (at: number): boolean => {
		if (leader === undefined) {
			leader = at;
			for (const [other, run] of runs.entries()) if (other !== at) run.stop.abort();
		}
		return leader === at;
	};
	const start = (runner: Runner) => {
		const at = runs.length;
		const stop = new AbortController();
		const done = runner({
			signal: AbortSignal.any([parts.signal, stop.signal]),
			onText: (piece) => {
				if (lead(at)) parts.onText(piece);
			},
			onRestart: () => {
				if (leader === at) parts.onRestart();
			},
		}).then((end) => {
			if ('reply' in end.end) lead(at);
			return end;
		});
		runs.push({ stop, done });
		return done;
	};
	const one = start(first);
	const isLate = await lateness(one, parts);
	const runner = isLate && leader === undefined ? second() : undefined;
	if (runner !== undefined) void start(runner);
	const ends = await Promise.all(runs.map(({ done }) => done));
	return {
		ends: ends.map((end, at) => ({ ...end, lost: leader !== undefined && leader !== at && 'error' in end.end })),
	};
}

/** Whether so much time passed before it ended. */
function lateness(done: Promise<unknown>, { clock, afterMs }: { clock: IClock; afterMs: number }): Promise<boolean> {
	return new Promise((resolve) => {
		const stop = clock.after(afterMs, () => resolve(true));
		const onEnd = () => {
			stop();
			resolve(false);
		};
		done.then(onEnd, onEnd);
	});
}
