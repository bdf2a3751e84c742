import { asPersonId } from '../../domain/ids.ts';
import type { PeopleCommand } from '../../domain/person/commands.ts';
import { decidePeople } from '../../domain/person/decide-people.ts';
import { evolvePeople, PEOPLE_EVOLVE_VERSION } from '../../domain/person/evolve-people.ts';
import type { RecordedPeopleFact } from '../../domain/person/facts.ts';
import type { People } from '../../domain/person/state.ts';
import type { Decider } from '../commands/decide-batch.ts';

/** peopleDecider fits the directory of people to the command handler. It is nobody's own stream, and owes no work. */
export const peopleDecider: Decider<People, PeopleCommand, RecordedPeopleFact> = {
	version: PEOPLE_EVOLVE_VERSION,
	decide(state, command) {
		const decision = decidePeople(state, command);
		if (!decision.ok) return decision;
		const at = Math.max(command.at, state?.at ?? 0);
		const facts: RecordedPeopleFact[] = [];
		let next = state;
		for (const fact of decision.facts) {
			const recorded = { ...fact, seq: (next?.seq ?? 0) + 1, at };
			facts.push(recorded);
			next = evolvePeople(next, recorded);
		}
		return { ok: true, facts, state: next };
	},
	evolve: evolvePeople,
	index: () => ({ person: asPersonId(''), dueAt: null, summary: {} }),
};
