import type { RecordedHookFact } from '../../domain/hook/facts.ts';
import { decideHook, evolveHook, HOOK_EVOLVE_VERSION, type Hook, type HookCommand } from '../../domain/hook/hook.ts';
import type { Decider } from '../commands/decide-batch.ts';

/** hookDecider fits the core of inbound webhooks to the command handler. */
export const hookDecider: Decider<Hook, HookCommand, RecordedHookFact> = {
	version: HOOK_EVOLVE_VERSION,
	decide(state, command) {
		const decision = decideHook(state, command);
		if (!decision.ok) return decision;
		const at = Math.max(command.at, state?.at ?? 0);
		const facts: RecordedHookFact[] = [];
		let next = state;
		for (const [index, fact] of decision.facts.entries()) {
			const recorded = { ...fact, seq: (state?.seq ?? 0) + index + 1, at };
			facts.push(recorded);
			next = evolveHook(next, recorded);
		}
		return { ok: true, facts, state: next };
	},
	evolve: evolveHook,
	// Nothing is ever owed: a call is a task or nothing by the time it is answered.
	index: ({ name, person, status }) => ({ person, dueAt: null, summary: { name, deleted: status === 'deleted' } }),
};
