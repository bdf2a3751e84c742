import { MEMORY_LIMITS } from './limits.ts';
import type { Memory, MemoryState, Remembered } from './state.ts';

/** MemoryWork is what the world still owes what is remembered of a person; `key` is the same each time for the same work. */
export type MemoryWork =
	/** The words of what was forgotten or replaced are to go from history and index. */
	| { readonly key: string; readonly kind: 'erase'; readonly through: number }
	/** More results are noted than are kept. */
	| { readonly key: string; readonly kind: 'make-room'; readonly id: string }
	| { readonly key: string; readonly kind: 'index'; readonly through: number }
	| { readonly key: string; readonly kind: 'wait'; readonly until: number };

/** Results of a burst of tasks are indexed together, this long (ms) after the last one; what a person says at once. */
const GATHER_MS = 5_000;
/** However long the burst, none waits longer than this (ms). */
const LONGEST_MS = 60_000;

/** pendingMemoryWork reads off what is owed now: erasures first, then room, then what is not in the index yet. */
export function pendingMemoryWork(state: MemoryState, now: number): MemoryWork[] {
	if (state === undefined) return [];
	const through = Math.max(0, ...[...state.superseded, ...state.forgotten].map(({ by }) => by));
	if (through > 0) return [{ key: `erase/${through}`, kind: 'erase', through }];
	const surplus = surplusOf(state);
	if (surplus !== undefined) return [{ key: `make-room/${surplus.id}`, kind: 'make-room', id: surplus.id }];
	return indexing(state, now);
}

function surplusOf({ entries }: Memory): Remembered | undefined {
	if (entries.length <= MEMORY_LIMITS.results) return undefined;
	const results = entries.filter(({ kind }) => kind === 'result');
	return results.length > MEMORY_LIMITS.results ? results[0] : undefined;
}

function indexing({ entries, indexed }: Memory, now: number): MemoryWork[] {
	const waiting = entries.filter(({ seq }) => seq > indexed);
	const [first] = waiting;
	if (first === undefined) return [];
	const last = waiting.reduce((latest, entry) => (entry.seq > latest.seq ? entry : latest), first);
	const isSaid = waiting.some(({ kind }) => kind === 'fact');
	const until = isSaid ? now : Math.min(last.at + GATHER_MS, first.at + LONGEST_MS);
	if (until > now) return [{ key: `wait/${until}`, kind: 'wait', until }];
	return [{ key: `index/${last.seq}`, kind: 'index', through: last.seq }];
}
