import { evolve } from './evolve.ts';
import type { RecordedTaskFact } from './facts.ts';
import type { TaskState } from './state.ts';

/** Followed is a task as somebody far away knows it: its facts so far, in order and without gaps, and what they fold to. */
export interface Followed {
	readonly facts: readonly RecordedTaskFact[];
	readonly state: TaskState;
	/** A fact came whose predecessor never did: ask again for everything after the last one known. */
	readonly gap: boolean;
}

export const NOTHING_FOLLOWED: Followed = { facts: [], state: undefined, gap: false };

/** lastSeq is what to ask for facts after. */
export const lastSeq = (followed: Followed): number => followed.facts.length;

/** catchUp takes facts as they arrive, which may repeat or skip some, and folds those that continue what is known. */
export function catchUp(followed: Followed, incoming: readonly RecordedTaskFact[]): Followed {
	const fresh: RecordedTaskFact[] = [];
	let { state } = followed;
	let gap = false;
	for (const fact of incoming) {
		const expected = followed.facts.length + fresh.length + 1;
		if (fact.seq < expected) continue;
		if (fact.seq > expected) {
			gap = true;
			break;
		}
		fresh.push(fact);
		state = evolve(state, fact);
	}
	if (fresh.length === 0) return gap === followed.gap ? followed : { ...followed, gap };
	return { facts: [...followed.facts, ...fresh], state, gap };
}

/** stateAfter folds the first facts only, to show how the task stood then. */
export function stateAfter(facts: readonly RecordedTaskFact[], seq: number): TaskState {
	let state: TaskState;
	for (const fact of facts) {
		if (fact.seq > seq) break;
		state = evolve(state, fact);
	}
	return state;
}
