import type { RecordedWorkflowFact } from './facts.ts';
import { type Learned, SAVED_LIMITS, type SavedWorkflow, type SavedWorkflowState } from './state.ts';

/** Changes with every change of this fold, so that snapshots of another one are left alone. */
export const WORKFLOW_EVOLVE_VERSION = '2';

type FactOf<T extends RecordedWorkflowFact['type']> = Extract<RecordedWorkflowFact, { type: T }>;

/** evolveWorkflow folds one fact into a saved workflow. */
export function evolveWorkflow(state: SavedWorkflowState, fact: RecordedWorkflowFact): SavedWorkflowState {
	const { seq, at } = fact;
	if (fact.type === 'WorkflowSaved') return saved(state, fact);
	if (state === undefined) return undefined;
	const next = { ...state, seq, at };
	switch (fact.type) {
		case 'WorkflowShared':
			return { ...next, shared: true };
		case 'WorkflowUnshared':
			return { ...next, shared: false };
		case 'WorkflowEnabled':
			return { ...next, use: 'enabled', ...fresh(state.learned) };
		case 'WorkflowDisabled':
			return { ...next, use: 'disabled' };
		case 'WorkflowRetired':
			return { ...next, use: 'retired' };
		case 'WorkflowRunCounted':
			return state.learned === undefined ? next : { ...next, learned: counted(state.learned, fact.data) };
		case 'WorkflowOfferDeclined':
			return { ...next, declined: [...(state.declined ?? []), fact.data.said].slice(-SAVED_LIMITS.declined) };
		case 'WorkflowRemoved':
			return { ...next, status: 'removed', shared: false };
		default:
			// Erased, or of a later release: neither must keep the rest from being shown.
			return next;
	}
}

/** What is saved anew after a removal begins anew, but for its versions. */
function saved(state: SavedWorkflowState, { seq, at, data }: FactOf<'WorkflowSaved'>): SavedWorkflow {
	const { person, name, version, hash, by, learnedFrom, importedWith } = data;
	const before = state?.status === 'kept' ? state : undefined;
	const versions = [...(state?.versions ?? []), { version, seq, at, by, hash }].slice(-SAVED_LIMITS.versions);
	const learned =
		learnedFrom === undefined
			? fresh(before?.learned)
			: { learned: { from: learnedFrom, done: 0, failed: 0, runs: [] } };
	return {
		...{ person, name, seq, at, versions },
		createdAt: state?.createdAt ?? at,
		status: 'kept',
		use: before?.use === 'disabled' ? 'disabled' : 'enabled',
		shared: before?.shared ?? false,
		...learned,
		...(before?.declined === undefined ? {} : { declined: before.declined }),
		...(importedWith === undefined ? {} : { importedWith }),
	};
}

/** What failed before a change says nothing of what comes after it. */
function fresh(learned: Learned | undefined): { readonly learned?: Learned } {
	return learned === undefined ? {} : { learned: { ...learned, runs: [] } };
}

function counted(learned: Learned, run: FactOf<'WorkflowRunCounted'>['data']): Learned {
	return {
		...learned,
		[run.outcome]: learned[run.outcome] + 1,
		runs: [...learned.runs, run].slice(-SAVED_LIMITS.runs),
	};
}
