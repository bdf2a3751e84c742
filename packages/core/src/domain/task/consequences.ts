import { askIfOverBudget, goOnWithNewDay } from './ask-for-budget.ts';
import { type Draft, drafted, record } from './draft.ts';
import { taskFact } from './facts.ts';
import { failTask } from './fail-task.ts';
import { settleFlow, settleSuspended, settleUnfolded } from './flow-rules.ts';
import { deadLettersIn, hasOpenSteps, isKnownReady, learnReady, stepsGoingOn } from './frontier.ts';
import { readiness } from './readiness.ts';
import { composeResult } from './result.ts';
import { childrenOf, hasEnded, plannedSteps, type Step, stepOf, type Task } from './state.ts';
import { endUndo } from './undo.ts';

/**
 * recordConsequences adds what follows by rule from the facts just recorded, until nothing more does: steps skipped,
 * lists expanded and joined, bodies unfolded and gathered, values given, waits ended, the budget asked about, the task ended.
 * All of it lands in the same append as its cause.
 */
export function recordConsequences(draft: Draft): void {
	goOnWithNewDay(draft);
	let before: number;
	do {
		before = draft.facts.length;
		failIfBroken(draft);
		if (drafted(draft).end !== undefined) return;
		settleAll(draft);
	} while (draft.facts.length > before);
	if (drafted(draft).undoing !== undefined) return endUndo(draft);
	completeIfOver(draft);
	askIfOverBudget(draft);
}

/** Steps that an earlier consequence took away or changed are looked at as they are now. */
function settleAll(draft: Draft): void {
	const { steps } = drafted(draft);
	for (const step of stepsGoingOn(drafted(draft))) {
		const task = drafted(draft);
		const now = task.steps === steps ? step : stepOf(task, step.spec.id);
		if (now !== undefined) settle(draft, now);
	}
}

function settle(draft: Draft, step: Step): void {
	switch (step.phase.status) {
		case 'waiting':
			return settleWaiting(draft, step);
		case 'expanded':
			return settleExpanded(draft, step, step.phase.items);
		case 'unfolded':
			return settleUnfolded(draft, step);
		case 'suspended':
			return settleSuspended(draft, step);
		default:
			return;
	}
}

function settleWaiting(draft: Draft, step: Step): void {
	const stepId = step.spec.id;
	const task = drafted(draft);
	if (isKnownReady(task, step)) return;
	const ready = readiness(task, step);
	switch (ready.kind) {
		case 'blocked':
			return;
		case 'ready':
			return learnReady(task, step);
		case 'skip':
			return record(draft, taskFact('StepSkipped', { stepId, cause: ready.cause, reason: ready.reason }));
		case 'fail':
			return record(draft, taskFact('StepDeadLettered', { stepId, failure: ready.failure }));
		case 'expand':
			return record(draft, taskFact('StepExpanded', { stepId, items: ready.items }));
		default:
			return settleFlow(draft, step, ready);
	}
}

/** A `forEach` step ends with its last child: joined, or dead-lettered when too little came of it. */
function settleExpanded(draft: Draft, parent: Step, items: number): void {
	const stepId = parent.spec.id;
	const children = childrenOf(drafted(draft), stepId);
	if (!children.every(hasEnded)) return;
	const done = children.filter(({ phase }) => phase.status === 'done' || phase.status === 'joined').length;
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
	if (task.end !== undefined || task.undoing !== undefined || deadLettersIn(task) === 0) return;
	const broken = plannedSteps(task).find((step) => step.spec.essential && step.phase.status === 'dead-lettered');
	if (broken !== undefined) failTask(draft, stepError(task, broken));
}

function completeIfOver(draft: Draft): void {
	const task = drafted(draft);
	if (hasOpenSteps(task) || plannedSteps(task).length === 0) return;
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
