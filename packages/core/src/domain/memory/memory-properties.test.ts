import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asPersonId } from '../ids.ts';
import type { MemoryCommand } from './commands.ts';
import { decideMemory } from './decide-memory.ts';
import { evolveMemory } from './evolve-memory.ts';
import type { RecordedMemoryFact } from './facts.ts';
import { pendingMemoryWork } from './pending-memory-work.ts';
import type { MemoryState } from './state.ts';

type Untimed = MemoryCommand extends infer One ? (One extends unknown ? Omit<One, 'at' | 'person'> : never) : never;

const person = asPersonId('ann');
const id = fc.constantFrom('1', '2', '3', '4', '5');
const source = fc.constantFrom('t1', 't2', 't3');
const text = fc.constantFrom('I like tea', 'I like coffee', 'Trains leave at nine');
const command: fc.Arbitrary<Untimed> = fc.oneof(
	{ weight: 5, arbitrary: text.map((said): Untimed => ({ type: 'Remember', text: said })) },
	{
		weight: 5,
		arbitrary: fc.record({ type: fc.constant('NoteResult' as const), text, source, origins: fc.constant(['web:a']) }),
	},
	{ weight: 3, arbitrary: fc.record({ type: fc.constant('Edit' as const), id, text }) },
	{ weight: 4, arbitrary: id.map((one): Untimed => ({ type: 'Forget', id: one })) },
	{ weight: 1, arbitrary: fc.constant<Untimed>({ type: 'ForgetAll' }) },
	{
		weight: 2,
		arbitrary: fc.record({
			type: fc.constant('RecordIndexing' as const),
			through: fc.integer({ min: 1, max: 40 }),
			embedder: fc.constant('e'),
		}),
	},
	// Erases whatever is owed.
	{ weight: 4, arbitrary: fc.constant<Untimed>({ type: 'RecordErasure', through: 0 }) },
);
const past = fc.array(command, { maxLength: 40 });

/** A history as the store has it: erased words are gone from it as soon as they are owed and asked for. */
function run(commands: readonly Untimed[]) {
	let state: MemoryState;
	const history: RecordedMemoryFact[] = [];
	let at = 0;
	for (const one of commands) {
		at += 1;
		const timed = { ...one, person, at } as MemoryCommand;
		if (timed.type === 'RecordErasure') {
			const owed = pendingMemoryWork(state, at).find((work) => work.kind === 'erase');
			if (owed === undefined || state === undefined) continue;
			for (const { seq } of state.superseded) {
				history[seq - 1] = { type: 'Erased', v: 1, data: {}, seq, at: history[seq - 1]?.at } as never;
			}
			Object.assign(timed, { through: owed.through });
		}
		const decision = decideMemory(state, timed);
		for (const fact of decision.ok ? decision.facts : []) {
			const recorded: RecordedMemoryFact = { ...fact, seq: history.length + 1, at };
			history.push(recorded);
			state = evolveMemory(state, recorded);
		}
	}
	return { state, history, at };
}

describe('what is remembered of a person, whatever happens to it', () => {
	it('folds to the same after words were erased as it was before', () => {
		fc.assert(
			fc.property(past, (commands) => {
				const { state, history } = run(commands);
				expect(history.reduce<MemoryState>(evolveMemory, undefined)).toEqual(state);
			}),
		);
	});

	it('has the words of each entry in exactly one fact, and of nothing else once all is erased', () => {
		fc.assert(
			fc.property(past, (commands) => {
				const { state, history } = run([...commands, { type: 'RecordErasure', through: 0 }]);
				const worded = history.filter(({ type }) => type === 'MemoryNoted' || type === 'MemoryEdited');
				const entries = state?.entries ?? [];
				expect(worded.map(({ seq }) => seq)).toEqual(entries.map(({ seq }) => seq).toSorted((a, b) => a - b));
				for (const { seq, id: named } of entries) expect(history[seq - 1]?.data).toMatchObject({ id: named });
			}),
		);
	});

	it('never gives a number twice, and lists by it', () => {
		fc.assert(
			fc.property(past, (commands) => {
				const { state, history } = run(commands);
				const noted = history.flatMap((fact) => (fact.type === 'MemoryNoted' ? [fact.data.id] : []));
				expect(new Set(noted).size).toBe(noted.length);
				const numbers = (state?.entries ?? []).map((entry) => Number(entry.id));
				expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
			}),
		);
	});

	it('owes an index whatever is not in it, and nothing once that is recorded', () => {
		fc.assert(
			fc.property(past, (commands) => {
				const ran = run([...commands, { type: 'RecordErasure', through: 0 }]);
				const later = ran.at + 1_000_000;
				const lacking = (ran.state?.entries ?? []).filter(({ seq }) => seq > (ran.state?.indexed ?? 0));
				const owed = pendingMemoryWork(ran.state, later);
				expect(owed.map(({ kind }) => kind)).toEqual(lacking.length > 0 ? ['index'] : []);
				const [work] = owed;
				if (work?.kind !== 'index') return;
				const all = [...commands, { type: 'RecordErasure', through: 0 } as const];
				const done = run([...all, { type: 'RecordIndexing', through: work.through, embedder: 'e' }]);
				expect(pendingMemoryWork(done.state, later)).toEqual([]);
			}),
		);
	});
});
