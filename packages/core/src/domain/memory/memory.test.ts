import { describe, expect, it } from 'vitest';
import { asPersonId } from '../ids.ts';
import type { MemoryCommand } from './commands.ts';
import { decideMemory } from './decide-memory.ts';
import { evolveMemory } from './evolve-memory.ts';
import type { RecordedMemoryFact } from './facts.ts';
import { MEMORY_LIMITS } from './limits.ts';
import { pendingMemoryWork } from './pending-memory-work.ts';
import type { MemoryState, Remembered } from './state.ts';

const person = asPersonId('ann');

/** A memory that takes commands, at a time that passes by itself. */
class Told {
	state: MemoryState;
	readonly facts: RecordedMemoryFact[] = [];

	do(command: Omit<MemoryCommand, 'at' | 'person'> & object, at = this.facts.length + 1) {
		const decision = decideMemory(this.state, { ...command, person, at } as MemoryCommand);
		if (!decision.ok) return decision.error.code;
		for (const fact of decision.facts) {
			const recorded: RecordedMemoryFact = { ...fact, seq: this.facts.length + 1, at };
			this.facts.push(recorded);
			this.state = evolveMemory(this.state, recorded);
		}
		return decision.facts.map(({ type }) => type);
	}
}

const result = (source: string, text = 'Heat pumps\n\nThey are quiet.') => ({
	type: 'NoteResult' as const,
	text,
	source,
	origins: ['web:pumps.example'],
});

describe('remembering', () => {
	it('refuses nothing at all, too much, and more than there is room for', () => {
		const told = new Told();
		expect(told.do({ type: 'Remember', text: ' \n' } as never)).toBe('invalid-input');
		expect(told.do({ type: 'Remember', text: 'x'.repeat(MEMORY_LIMITS.text + 1) } as never)).toBe('too-large');
		expect(told.do({ type: 'Remember', text: 'x'.repeat(MEMORY_LIMITS.text) } as never)).toEqual(['MemoryNoted']);
		const [entry] = told.state?.entries ?? [];
		if (told.state === undefined || entry === undefined) throw new Error('It was noted.');
		told.state = { ...told.state, entries: Array<Remembered>(MEMORY_LIMITS.facts).fill(entry) };
		expect(told.do({ type: 'Remember', text: 'One more' } as never)).toBe('not-possible');
		expect(told.do(result('t1') as never)).toEqual(['MemoryNoted']);
	});

	it('takes what a task found once, anew when the task is done again, and never again once it was forgotten', () => {
		const told = new Told();
		expect(told.do(result('t1') as never)).toEqual(['MemoryNoted']);
		expect(told.do(result('t1', 'Heat pumps\n\nThey are loud.') as never)).toEqual(['MemoryEdited']);
		expect(told.facts.at(-1)?.data).toMatchObject({ id: '1', origins: ['web:pumps.example'], notedAt: 1 });
		expect(told.do({ type: 'Forget', id: '1' } as never)).toEqual(['MemoryForgotten']);
		expect(told.do(result('t1') as never)).toEqual([]);
		expect(told.do(result('t2') as never)).toEqual(['MemoryNoted']);
		expect(told.state?.entries.map(({ id }) => id)).toEqual(['2']);
	});

	it('takes what a person writes in an entry’s place for their own words', () => {
		const told = new Told();
		told.do(result('t1') as never);
		told.do({ type: 'Edit', id: '1', text: 'Heat pumps are fine' } as never);
		expect(told.facts.at(-1)?.data).toMatchObject({ kind: 'result', text: 'Heat pumps are fine', origins: [] });
		expect(told.do({ type: 'Edit', id: '7', text: 'x' } as never)).toBe('not-found');
	});

	it('owes the erasure before anything else, and says no words when it forgets', () => {
		const told = new Told();
		told.do({ type: 'Remember', text: 'I like tea' } as never);
		told.do({ type: 'Remember', text: 'I like coffee' } as never);
		told.do({ type: 'ForgetAll' } as never);
		expect(JSON.stringify(told.facts.at(-1))).not.toContain('like');
		expect(pendingMemoryWork(told.state, 9)).toEqual([{ key: 'erase/3', kind: 'erase', through: 3 }]);
		expect(told.do({ type: 'RecordErasure', through: 3 } as never)).toEqual(['MemoryErased']);
		expect(told.do({ type: 'RecordErasure', through: 3 } as never)).toEqual([]);
		expect(pendingMemoryWork(told.state, 9)).toEqual([]);
	});

	it('indexes what a person says at once, and results of a burst together', () => {
		const told = new Told();
		told.do(result('t1') as never, 1_000);
		told.do(result('t2') as never, 3_000);
		expect(pendingMemoryWork(told.state, 4_000)).toEqual([{ key: 'wait/8000', kind: 'wait', until: 8_000 }]);
		expect(pendingMemoryWork(told.state, 8_000)).toEqual([{ key: 'index/2', kind: 'index', through: 2 }]);
		told.do({ type: 'Remember', text: 'I like tea' } as never, 4_000);
		expect(pendingMemoryWork(told.state, 4_000)).toEqual([{ key: 'index/3', kind: 'index', through: 3 }]);
	});

	it('makes room for results by forgetting the oldest', () => {
		const told = new Told();
		told.do({ type: 'Remember', text: 'I like tea' } as never);
		told.do(result('t1') as never);
		const last = told.state?.entries.at(-1);
		if (told.state === undefined || last === undefined) throw new Error('It was noted.');
		const many = Array.from({ length: MEMORY_LIMITS.results }, (_, n) => ({ ...last, id: String(n + 3) }));
		told.state = { ...told.state, indexed: 99, entries: [...told.state.entries, ...many] };
		expect(pendingMemoryWork(told.state, 9)).toEqual([{ key: 'make-room/2', kind: 'make-room', id: '2' }]);
	});
});
