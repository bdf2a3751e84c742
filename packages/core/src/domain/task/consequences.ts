import { askIfOverBudget } from './ask-for-budget.ts';
import { type Draft, drafted, record } from './draft.ts';
import { taskFact } from './facts.ts';
import { readiness } from './readiness.ts';
import { composeResult } from './result.ts';
import { childrenOf, hasEnded, plannedSteps, type Step, type Task } from './state.ts';

/**
 * recordConsequences adds what follows by rule from the facts just recorded, until nothing more does: steps skipped,
 * lists expanded and joined, the budget asked about, the task ended. All of it lands in the same append as its cause.
 */
export function recordConsequences(draft: Draft): void {
	let before: number;
	do {
		before = draft.facts.length;
		failIfBroken(draft);
		if (drafted(draft).end !== undefined) return;
		for (const step of Object.values(drafted(draft).steps)) settle(draft, step);
	} while (draft.facts.length > before);
	completeIfOver(draft);
	askIfOverBudget(draft);
}

function settle(draft: Draft, step: Step): void {
	if (step.phase.status === 'waiting') settleWaiting(draft, step);
	else if (step.phase.status === 'expanded') settleExpanded(draft, step, step.phase.items);
}

function settleWaiting(draft: Draft, step: Step): void {
	const stepId = step.spec.id;
	const ready = readiness(drafted(draft), step);
	switch (ready.kind) {
		case 'blocked':
		case 'ready':
			return;
		case 'skip':
			return record(draft, taskFact('StepSkipped', { stepId, cause: ready.cause, reason: ready.reason }));
		case 'fail':
			return record(draft, taskFact('StepDeadLettered', { stepId, failure: ready.failure }));
		case 'expand':
			return record(draft, taskFact('StepExpanded', { stepId, items: ready.items }));
	}
}

/** A `forEach` step ends with its last child: joined, or dead-lettered when too little came of it. */
function settleExpanded(draft: Draft, parent: Step, items: number): void {
	const stepId = parent.spec.id;
	const children = childrenOf(drafted(draft), stepId);
	if (!children.every(hasEnded)) return;
	const done = children.filter((child) => child.phase.status === 'done').length;
	const failed = children.filter((child) => child.phase.status === 'dead-lettered').length;
	if (failed > 0 && (parent.spec.essential || done === 0)) {
		const message = `"${parent.spec.title}" failed for ${failed} of ${items} items.`;
		const hint = 'Retry it: the items that were done are kept.';
		const failure = { kind: 'permanent', code: 'items-failed', message, hint } as const;
		return record(draft, taskFact('StepDeadLettered', { stepId, failure }));
	}
	record(draft, taskFact('StepJoined', { stepId, done, failed }));
}

/** One essential step that gave up fails the task, and spares the rest. */
function failIfBroken(draft: Draft): void {
	const task = drafted(draft);
	const broken = plannedSteps(task).find((step) => step.spec.essential && step.phase.status === 'dead-lettered');
	if (broken !== undefined && task.end === undefined) {
		record(draft, taskFact('TaskFailed', { error: stepError(task, broken) }));
	}
}

function completeIfOver(draft: Draft): void {
	const task = drafted(draft);
	const planned = plannedSteps(task);
	if (planned.length === 0 || !planned.every(hasEnded)) return;
	record(draft, taskFact('TaskCompleted', { result: composeResult(task) }));
}

function stepError(task: Task, step: Step) {
	const failure = step.phase.status === 'dead-lettered' ? step.phase.failure : undefined;
	const cause = childrenOf(task, step.spec.id).find((child) => child.phase.status === 'dead-lettered');
	const detail = cause?.phase.status === 'dead-lettered' ? ` ${cause.phase.failure.message}` : '';
	return {
		code: failure?.code ?? 'internal',
		message: `Step "${step.spec.title}" failed: ${failure?.message ?? 'it gave no reason.'}${detail}`,
		hint: failure?.hint ?? 'Retry the task: finished steps are kept. Or edit the plan and leave the step out.',
	};
}
