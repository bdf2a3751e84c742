import { asPersonId } from '../../domain/ids.ts';
import type { MemoryCommand } from '../../domain/memory/commands.ts';
import { decideMemory } from '../../domain/memory/decide-memory.ts';
import { evolveMemory, MEMORY_EVOLVE_VERSION } from '../../domain/memory/evolve-memory.ts';
import type { RecordedMemoryFact } from '../../domain/memory/facts.ts';
import { pendingMemoryWork } from '../../domain/memory/pending-memory-work.ts';
import type { Memory } from '../../domain/memory/state.ts';
import type { Decider } from '../commands/decide-batch.ts';
import { dueAt } from '../commands/due-at.ts';

/** memoryDecider fits the core of what is remembered to the command handler. */
export const memoryDecider: Decider<Memory, MemoryCommand, RecordedMemoryFact> = {
	version: MEMORY_EVOLVE_VERSION,
	decide(state, command) {
		const decision = decideMemory(state, command);
		if (!decision.ok) return decision;
		const at = Math.max(command.at, state?.at ?? 0);
		const facts: RecordedMemoryFact[] = [];
		let next = state;
		for (const [index, fact] of decision.facts.entries()) {
			const recorded = { ...fact, seq: (state?.seq ?? 0) + index + 1, at };
			facts.push(recorded);
			next = evolveMemory(next, recorded);
		}
		return { ok: true, facts, state: next };
	},
	evolve: evolveMemory,
	// Only asked after a fact, and every fact names its person.
	index: (memory, now) => ({
		person: memory.person ?? asPersonId(''),
		dueAt: dueAt(pendingMemoryWork(memory, now)),
		summary: {},
	}),
};
