import { CoreError } from '../errors.ts';
import type { WorkflowCommand, WorkflowCommandOf } from './commands.ts';
import { type WorkflowFact, workflowFact } from './facts.ts';
import { isToRetire } from './retirement.ts';
import { latestVersion, type SavedWorkflow, type SavedWorkflowState } from './state.ts';

/** WorkflowDecision is the facts a command adds (none when it was done before), or why it is refused. */
export type WorkflowDecision =
	| { readonly ok: true; readonly facts: readonly WorkflowFact[] }
	| { readonly ok: false; readonly error: CoreError };

/** decideWorkflow says which facts a command may add. Every command may come twice; the second adds nothing. */
export function decideWorkflow(state: SavedWorkflowState, command: WorkflowCommand): WorkflowDecision {
	if (command.type === 'SaveWorkflow') return save(state, command);
	if (state === undefined || state.status === 'removed') {
		return command.type === 'RemoveWorkflow' || command.type === 'CountRun' ? nothingNew : unknown();
	}
	switch (command.type) {
		case 'EnableWorkflow':
			return state.use === 'enabled' ? nothingNew : add(workflowFact('WorkflowEnabled', { by: command.by }));
		case 'DisableWorkflow':
			return state.use === 'disabled' ? nothingNew : add(workflowFact('WorkflowDisabled', { by: command.by }));
		case 'RemoveWorkflow':
			return add(workflowFact('WorkflowRemoved', { by: command.by }));
		case 'DeclineOffer': {
			const { by, said } = command;
			const isKnown = state.declined?.includes(said) === true;
			return isKnown ? nothingNew : add(workflowFact('WorkflowOfferDeclined', { by, said }));
		}
		case 'CountRun':
			return count(state, command);
	}
}

const nothingNew: WorkflowDecision = { ok: true, facts: [] };

function add(...facts: WorkflowFact[]): WorkflowDecision {
	return { ok: true, facts };
}

function unknown(): WorkflowDecision {
	const error = new CoreError('unknown-workflow', 'There is no such saved workflow.', {
		hint: '`/workflows` and GET /v1/workflows list those there are.',
	});
	return { ok: false, error };
}

function save(state: SavedWorkflowState, command: WorkflowCommandOf<'SaveWorkflow'>): WorkflowDecision {
	const { person, name, text, hash, by, shared, learnedFrom, importedWith } = command;
	const latest = state === undefined ? undefined : latestVersion(state);
	const kept = state?.status === 'kept' ? latest : undefined;
	const sharing = shared === undefined || shared === (state?.shared ?? false) ? [] : [sharingFact(shared, by)];
	const isRepeat = kept !== undefined && kept.hash === hash;
	if (isRepeat) return add(...sharing);
	if (command.replace !== true && command.baseVersion !== kept?.version) return conflict(name, kept?.version);
	const version = Math.max((latest?.version ?? 0) + 1, command.version);
	const saved = workflowFact('WorkflowSaved', {
		...{ person, name, version, text, hash, by },
		...(learnedFrom === undefined ? {} : { learnedFrom }),
		...(importedWith === undefined ? {} : { importedWith }),
	});
	return add(saved, ...sharing);
}

function sharingFact(shared: boolean, by: WorkflowCommandOf<'SaveWorkflow'>['by']): WorkflowFact {
	return workflowFact(shared ? 'WorkflowShared' : 'WorkflowUnshared', { by });
}

function conflict(name: string, version: number | undefined): WorkflowDecision {
	const error =
		version === undefined
			? new CoreError('version-conflict', `There is no workflow "${name}" to change: it was removed, or never saved.`, {
					hint: 'Save it without a base version.',
				})
			: new CoreError(
					'version-conflict',
					`The workflow "${name}" is at version ${version}; yours was made from another.`,
					{
						hint: `Read it again, and save with baseVersion ${version}.`,
					},
				);
	return { ok: false, error };
}

function count(state: SavedWorkflow, { taskId, outcome }: WorkflowCommandOf<'CountRun'>): WorkflowDecision {
	const { learned } = state;
	if (learned === undefined || learned.runs.some((run) => run.taskId === taskId)) return nothingNew;
	const counted = workflowFact('WorkflowRunCounted', { taskId, outcome });
	const runs = [...learned.runs, { taskId, outcome }];
	if (state.use !== 'enabled' || outcome === 'done' || !isToRetire(runs)) return add(counted);
	const failed = runs.filter((run) => run.outcome === 'failed').length;
	return add(counted, workflowFact('WorkflowRetired', { failed, of: runs.length }));
}
