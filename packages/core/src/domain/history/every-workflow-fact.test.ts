import { describe, expect, it } from 'vitest';
import { evolveWorkflow } from '../workflow/evolve-workflow.ts';
import type { RecordedWorkflowFact, WorkflowFactType } from '../workflow/facts.ts';
import { evolveKeyring, type Keyring, type RecordedKeyringFact } from '../workflow/keyring.ts';
import type { SavedWorkflowState } from '../workflow/state.ts';
import workflowHistory from './fixture/workflow-history-v1.json' with { type: 'json' };
import { upcast } from './upcast.ts';

// As with every fact: written once, by the release that first wrote such facts, and never again.
const WORKFLOW_FACTS: Record<WorkflowFactType | RecordedKeyringFact['type'], true> = {
	WorkflowSaved: true,
	WorkflowShared: true,
	WorkflowUnshared: true,
	WorkflowEnabled: true,
	WorkflowDisabled: true,
	WorkflowOfferDeclined: true,
	WorkflowRunCounted: true,
	WorkflowRetired: true,
	WorkflowRemoved: true,
	WorkflowKeyTrusted: true,
};

describe('facts of saved workflows of every release', () => {
	it('are all in the fixture, each type at least once', () => {
		const written = new Set([...workflowHistory.facts, ...workflowHistory.keys].map(({ type }) => type));
		expect(Object.keys(WORKFLOW_FACTS).filter((type) => !written.has(type))).toEqual([]);
	});

	it('fold to the same workflow', () => {
		let state: SavedWorkflowState;
		for (const fact of workflowHistory.facts as unknown as RecordedWorkflowFact[]) {
			if (fact.type === 'WorkflowRemoved') expect(plain(state)).toEqual(workflowHistory.before);
			state = evolveWorkflow(state, upcast(fact as never));
		}
		expect(plain(state)).toEqual(workflowHistory.state);
	});

	it('fold to the same keyring', () => {
		let keyring: Keyring | undefined;
		for (const fact of workflowHistory.keys as unknown as RecordedKeyringFact[]) {
			keyring = evolveKeyring(keyring, upcast(fact as never));
		}
		expect(plain(keyring)).toEqual(workflowHistory.keyring);
	});
});

function plain(state: unknown): unknown {
	return JSON.parse(JSON.stringify(state));
}
