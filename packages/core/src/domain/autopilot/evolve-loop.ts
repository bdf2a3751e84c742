import { remember } from '../remember.ts';
import type { RecordedLoopFact } from './facts.ts';
import { LOOP_LIMITS, type Loop } from './loop.ts';

/** evolveLoop folds one fact into a backlog's loop. Facts of a loop that is not there change nothing. */
export function evolveLoop(loop: Loop | undefined, { type, data, at }: RecordedLoopFact): Loop | undefined {
	if (type === 'LoopBegun') {
		const { loopId: id, ...rest } = data;
		return { id, ...rest, head: rest.base, begunAt: at, status: 'going', ...FRESH, commits: [] };
	}
	if (loop === undefined || loop.id !== data.loopId) return loop;
	switch (type) {
		case 'LoopPhaseCompleted': {
			const { sub, phase, tests, alreadyThere } = data;
			const before = sub === loop.sub ? loop : { ...loop, ...FRESH, sub };
			return { ...before, phase: phase === 'red' && alreadyThere !== true ? 'green' : 'commit', tests };
		}
		case 'LoopAttemptFailed': {
			const { sub, tests, attempts, blocked } = data;
			return { ...loop, sub, tests, attempts, blocked };
		}
		case 'LoopUnblocked':
			return { ...loop, attempts: 0, blocked: false };
		case 'LoopSubitemCompleted': {
			const { sub, commit, next } = data;
			const went = { ...loop, ...FRESH, sub: next ?? sub };
			if (commit === undefined) return went;
			return { ...went, head: commit, commits: remember(loop.commits, { sub, commit }, LOOP_LIMITS.commits) };
		}
		case 'LoopEnded':
			return { ...loop, status: data.outcome, endedAt: at };
	}
}

const FRESH = { phase: 'red', attempts: 0, blocked: false, tests: undefined } as const;
