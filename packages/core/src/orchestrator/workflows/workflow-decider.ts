import type { WorkflowCommand } from '../../domain/workflow/commands.ts';
import { decideWorkflow } from '../../domain/workflow/decide-workflow.ts';
import { evolveWorkflow, WORKFLOW_EVOLVE_VERSION } from '../../domain/workflow/evolve-workflow.ts';
import type { RecordedWorkflowFact } from '../../domain/workflow/facts.ts';
import {
	decideKeyring,
	evolveKeyring,
	KEYRING_EVOLVE_VERSION,
	type Keyring,
	type KeyringCommand,
	type RecordedKeyringFact,
} from '../../domain/workflow/keyring.ts';
import type { SavedWorkflow } from '../../domain/workflow/state.ts';
import type { Decider } from '../commands/decide-batch.ts';

/** workflowDecider fits the core of saved workflows to the command handler. */
export const workflowDecider: Decider<SavedWorkflow, WorkflowCommand, RecordedWorkflowFact> = {
	version: WORKFLOW_EVOLVE_VERSION,
	decide(state, command) {
		const decision = decideWorkflow(state, command);
		if (!decision.ok) return decision;
		return { ok: true, ...recorded(state, decision.facts, command.at, evolveWorkflow) };
	},
	evolve: evolveWorkflow,
	// Nothing is ever owed: whatever is to be done with a workflow is a task.
	index: ({ person, name, status, shared, learned }) => ({
		person,
		dueAt: null,
		summary: {
			name,
			...(status === 'removed' ? { removed: true } : {}),
			...(shared ? { shared: true } : {}),
			...(learned === undefined ? {} : { learned: true }),
		},
	}),
};

/** keyringDecider fits keyrings to the command handler. */
export const keyringDecider: Decider<Keyring, KeyringCommand, RecordedKeyringFact> = {
	version: KEYRING_EVOLVE_VERSION,
	decide: (state, command) => ({
		ok: true,
		...recorded(state, decideKeyring(state, command), command.at, evolveKeyring),
	}),
	evolve: evolveKeyring,
	index: ({ person }) => ({ person, dueAt: null, summary: { keyring: true } }),
};

function recorded<State extends { readonly seq: number; readonly at: number }, Fact>(
	state: State | undefined,
	added: readonly Fact[],
	now: number,
	evolve: (state: State | undefined, fact: Fact & { seq: number; at: number }) => State | undefined,
) {
	const at = Math.max(now, state?.at ?? 0);
	const facts: (Fact & { seq: number; at: number })[] = [];
	let next = state;
	for (const [index, fact] of added.entries()) {
		const one = { ...fact, seq: (state?.seq ?? 0) + index + 1, at };
		facts.push(one);
		next = evolve(next, one);
	}
	return { facts, state: next };
}
