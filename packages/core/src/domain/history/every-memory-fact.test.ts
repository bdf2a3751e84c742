import { describe, expect, it } from 'vitest';
import { evolveMemory } from '../memory/evolve-memory.ts';
import type { MemoryFactType, RecordedMemoryFact } from '../memory/facts.ts';
import { pendingMemoryWork } from '../memory/pending-memory-work.ts';
import type { MemoryState } from '../memory/state.ts';
import history from './fixture/memory-history-v1.json' with { type: 'json' };
import { upcast } from './upcast.ts';

// As with every fact: written once, by the release that first wrote such facts, and never again.
const MEMORY_FACTS: Record<MemoryFactType, true> = {
	MemoryNoted: true,
	MemoryEdited: true,
	MemoryForgotten: true,
	MemoryErased: true,
	MemoryIndexed: true,
};

describe('facts of memories of every release', () => {
	it('are all in the fixture, each type at least once', () => {
		const written = new Set(history.facts.map(({ type }) => type));
		expect(Object.keys(MEMORY_FACTS).filter((type) => !written.has(type))).toEqual([]);
	});

	it('fold to the same memory, which is owed the same', () => {
		let state: MemoryState;
		for (const fact of history.facts as unknown as RecordedMemoryFact[])
			state = evolveMemory(state, upcast(fact as never));
		expect(JSON.parse(JSON.stringify(state))).toEqual(history.state);
		expect(pendingMemoryWork(state, 200).map(({ key }) => key)).toEqual(history.work);
	});
});
