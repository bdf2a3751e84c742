import type { MemoryFactType, RecordedMemoryFact } from './facts.ts';
import { MEMORY_LIMITS } from './limits.ts';
import type { Memory, MemoryState, Remembered } from './state.ts';

/** MEMORY_EVOLVE_VERSION keys snapshots: raise it whenever folding the same facts would give another state. */
export const MEMORY_EVOLVE_VERSION = 'memory-1';

const NOTHING: Memory = {
	seq: 0,
	at: 0,
	count: 0,
	entries: [],
	superseded: [],
	forgotten: [],
	forgottenSources: [],
	indexed: 0,
};

/** evolveMemory folds one fact into what is remembered. It is total, and takes facts whose words were erased. */
export function evolveMemory(state: MemoryState, fact: RecordedMemoryFact): Memory {
	const before = state ?? NOTHING;
	return { ...apply(before, fact), seq: fact.seq, at: Math.max(before.at, fact.at) };
}

type FactOf<T extends MemoryFactType> = Extract<RecordedMemoryFact, { type: T }>;

function apply(state: Memory, fact: RecordedMemoryFact): Memory {
	switch (fact.type) {
		case 'MemoryNoted':
			return noted(state, fact);
		case 'MemoryEdited':
			return edited(state, fact);
		case 'MemoryForgotten':
			return forgotten(state, fact);
		case 'MemoryErased': {
			const { person, through } = fact.data;
			const isOwed = ({ by }: { readonly by: number }) => by > through;
			const { superseded, forgotten } = state;
			return { ...state, person, superseded: superseded.filter(isOwed), forgotten: forgotten.filter(isOwed) };
		}
		case 'MemoryIndexed':
			return { ...state, person: fact.data.person, indexed: Math.max(state.indexed, fact.data.through) };
		default:
			// Erased, or of a later release: neither must keep the rest from being shown.
			return state;
	}
}

function noted(state: Memory, { data, seq, at }: FactOf<'MemoryNoted'>): Memory {
	const { person, id } = data;
	const entries = [...state.entries, entryOf(data, seq, at)];
	return { ...state, person, count: Math.max(state.count, Number(id)), entries };
}

/** What was noted before it may be erased already. */
function edited(state: Memory, { data, seq }: FactOf<'MemoryEdited'>): Memory {
	const { person, id, notedAt } = data;
	const count = Math.max(state.count, Number(id));
	const entry = entryOf(data, seq, notedAt);
	const known = state.entries.find((one) => one.id === id);
	if (known === undefined) {
		const place = state.entries.findIndex((one) => Number(one.id) > Number(id));
		return { ...state, person, count, entries: state.entries.toSpliced(place === -1 ? Infinity : place, 0, entry) };
	}
	return {
		...state,
		person,
		count,
		entries: state.entries.map((one) => (one === known ? entry : one)),
		superseded: [...state.superseded, { seq: known.seq, by: seq }],
	};
}

function forgotten(state: Memory, { data, seq: by }: FactOf<'MemoryForgotten'>): Memory {
	const ids = new Set(data.ids);
	const gone = state.entries.filter(({ id }) => ids.has(id));
	return {
		...state,
		person: data.person,
		count: data.ids.reduce((most, id) => Math.max(most, Number(id)), state.count),
		entries: state.entries.filter(({ id }) => !ids.has(id)),
		superseded: [...state.superseded, ...gone.map(({ seq }) => ({ seq, by }))],
		forgotten: [...state.forgotten, ...data.ids.map((id) => ({ id, by }))],
		forgottenSources: [...state.forgottenSources, ...data.sources].slice(-MEMORY_LIMITS.forgottenSources),
	};
}

function entryOf({ id, kind, source }: FactOf<'MemoryNoted'>['data'], seq: number, at: number): Remembered {
	return { id, kind, seq, at, ...(source === undefined ? {} : { source }) };
}
