import { flowKind } from './flow.ts';
import { givenAt } from './given-at.ts';
import { placeOf } from './outputs.ts';
import { isReference, parseReference, referencesIn } from './references.ts';
import { innerStepId, type Step, stepOf, type Task } from './state.ts';

/** isGuarded tells whether a step made from untrusted content must not run unseen: it acts on the world, or composes an address. */
export function isGuarded(task: Task, step: Step): boolean {
	return step.spec.effects === 'external' || composesAddress(task, step);
}

/**
 * Tells whether a step would request an address that nobody gave: neither the person (their plan holds it literally) nor a
 * source (it comes from a step that copies addresses as it read them). Untrusted content that steers what is written could
 * put data into such an address; one copied verbatim holds nothing that its author did not know.
 */
function composesAddress(task: Task, step: Step): boolean {
	const found = (step.spec.addresses ?? []).flatMap((path) => givenAt(step.spec.input, path));
	return found.some((one) => (isReference(one) ? !isCopied(task, step, one.$from) : wasAddedByTainted(task, step)));
}

function wasAddedByTainted(task: Task, { addedBy, spec }: Step): boolean {
	if ((spec.origins?.length ?? 0) > 0) return true;
	// In a plan for a stranger's words, nothing was given by the person.
	if ((task.origins?.length ?? 0) > 0) return true;
	return addedBy !== undefined && (stepOf(task, addedBy)?.origins.length ?? 0) > 0;
}

function isCopied(task: Task, step: Step, from: string): boolean {
	const source = stepOf(task, placeOf(task, step, parseReference(from)).stepId);
	if (source === undefined) return false;
	if (source.spec.copiesAddresses === true) return true;
	if (source.implicit === true) return wasCopiedBefore(task, source);
	// A group gives on what a step in it gave; a value holds what it refers to as it is.
	if (source.phase.status !== 'done' && source.phase.status !== 'joined') return false;
	const { gives } = source.spec.body ?? {};
	if (gives !== undefined) return isCopied(task, source, innerStepId(source.spec, source.round ?? 0, gives));
	if (flowKind(source.spec) !== 'value' || wasAddedByTainted(task, source)) return false;
	return referencesIn(source.spec.input).every((text) => isCopied(task, source, text));
}

/** What `previous` is after the first time was given by the time before. */
function wasCopiedBefore(task: Task, previous: Step): boolean {
	const { within } = previous;
	const owner = within === undefined ? undefined : stepOf(task, within.group);
	const { gives } = owner?.spec.body ?? {};
	if (within === undefined || owner === undefined || gives === undefined) return false;
	if (within.round > 1) return isCopied(task, owner, innerStepId(owner.spec, within.round - 1, gives));
	if (wasAddedByTainted(task, previous)) return false;
	return referencesIn(previous.spec.input).every((text) => isCopied(task, previous, text));
}
