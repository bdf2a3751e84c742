import type { StepFailure } from '../capability.ts';
import type { StepId } from '../ids.ts';
import type { Json } from '../json.ts';
import { conditionHolds } from './condition.ts';
import type { SkipCause } from './facts.ts';
import { type FlowKind, flowKind } from './flow.ts';
import { isKnownReady, learnReady } from './frontier.ts';
import { outputValueAt, placeOf } from './outputs.ts';
import { PLAN_LIMITS } from './plan.ts';
import {
	ITEM,
	parseReference,
	type Reference,
	type Resolution,
	referencesIn,
	resolveReferences,
} from './references.ts';
import { hasEnded, openQuestions, type Step, stepOf, type Task } from './state.ts';
import { inlineInput, inlineValue } from './value-step.ts';

/** Readiness is what the rules say about a waiting step: not yet, run it, or what becomes of it instead. */
export type Readiness =
	| { readonly kind: 'blocked' }
	| { readonly kind: 'ready' }
	| { readonly kind: 'skip'; readonly cause: SkipCause; readonly reason: string }
	| { readonly kind: 'fail'; readonly failure: StepFailure }
	| { readonly kind: 'expand'; readonly items: number }
	/** Its inner steps come into the task. */
	| { readonly kind: 'unfold' }
	/** Its output is known without a run. */
	| { readonly kind: 'give'; readonly value: Json }
	/** It begins to wait, as its input says. */
	| { readonly kind: 'suspend'; readonly input: Json };

/** readiness judges a waiting step by its dependencies, its condition, its list and its references, in this order. */
export function readiness(task: Task, step: Step): Readiness {
	if (!step.spec.dependsOn.every((id) => dependencyEnded(task, id))) return { kind: 'blocked' };
	const { when, forEach } = step.spec;
	if (when !== undefined && !conditionHolds(when, (path) => outputValueAt(task, path))) {
		return { kind: 'skip', cause: 'condition', reason: 'its condition does not hold' };
	}
	if (forEach !== undefined) return listReadiness(task, step, forEach.$from, forEach.maxItems);
	const resolved = availability(task, step);
	if (!resolved.ok) return withoutInput(task, step, resolved.missing);
	const kind = flowKind(step.spec);
	return kind === undefined ? { kind: 'ready' } : flowReadiness(task, step, kind);
}

/** What becomes of a step of control flow whose turn has come. */
function flowReadiness(task: Task, step: Step, kind: FlowKind): Readiness {
	switch (kind) {
		case 'group':
		case 'loop':
			return unfoldReadiness(task, step);
		case 'wait':
		case 'event': {
			const input = inlineInput(task, step);
			return input.ok
				? { kind: 'suspend', input: input.input }
				: { kind: 'fail', failure: nothingThere(step, input.missing) };
		}
		case 'value': {
			const value = inlineValue(task, step);
			// What is in files is read by whoever drives the task, like the input of a run.
			if (value.ok === 'stored') return { kind: 'ready' };
			return value.ok
				? { kind: 'give', value: value.input }
				: { kind: 'fail', failure: nothingThere(step, value.missing) };
		}
	}
}

/** unfoldReadiness tells whether a task has room for the steps of a body. */
export function unfoldReadiness(task: Task, { spec }: Step): Extract<Readiness, { kind: 'unfold' | 'fail' }> {
	const more = spec.body?.steps.length ?? 0;
	if (Object.keys(task.steps).length + more <= PLAN_LIMITS.maxExpandedSteps) return { kind: 'unfold' };
	const message = `The steps in "${spec.title}" would give the task more than ${PLAN_LIMITS.maxExpandedSteps} steps.`;
	const hint = 'Go over fewer items, or split the task.';
	return { kind: 'fail', failure: { kind: 'permanent', code: 'too-many-steps', message, hint } };
}

/** isRunnable tells whether a step may be started now: it is ready, or its wait between attempts is over, and no question holds the task. */
export function isRunnable(task: Task, step: Step, now: number): boolean {
	if (task.end !== undefined || isHeld(task)) return false;
	return isDue(task, step, now);
}

/** isDue tells whether a step of a task that nothing holds may be started now. */
export function isDue(task: Task, step: Step, now: number): boolean {
	if (step.phase.status === 'retrying') return step.phase.retryAt <= now;
	return isReady(task, step);
}

/** isReady tells a waiting step that everything is there for from one that waits for others. */
export function isReady(task: Task, step: Step): boolean {
	if (step.phase.status !== 'waiting') return false;
	if (isKnownReady(task, step)) return true;
	if (readiness(task, step).kind !== 'ready') return false;
	learnReady(task, step);
	return true;
}

/** isHeld tells whether nothing new may start: the plan awaits approval, or the budget is used up. */
export function isHeld(task: Task): boolean {
	return openQuestions(task).some((question) => question.purpose === 'plan' || question.purpose === 'budget');
}

function dependencyEnded(task: Task, id: StepId): boolean {
	const step = stepOf(task, id);
	return step === undefined || hasEnded(step);
}

/** Whether all that an input refers to is there; as a rule it is, and then its references alone need to be looked at. */
function availability(task: Task, step: Step): Resolution {
	const { input } = step.spec;
	if (referencesOf(input).every((reference) => placeholder(task, step, reference) === true)) return { ok: true, input };
	return resolveReferences(input, (reference) => placeholder(task, step, reference));
}

/** References of inputs, parsed once: readiness is asked for again and again. */
const PARSED = new WeakMap<object, readonly Reference[]>();
const NONE: readonly Reference[] = [];

function referencesOf(input: Json): readonly Reference[] {
	if (typeof input !== 'object' || input === null) return NONE;
	const known = PARSED.get(input);
	if (known !== undefined) return known;
	const references = referencesIn(input).map(parseReference);
	PARSED.set(input, references);
	return references;
}

/** Whether there is an output is known by folding; the value itself may be in a file and is looked up at dispatch. */
function placeholder(task: Task, step: Step, reference: Reference): Json | undefined {
	const { stepId } = placeOf(task, step, reference);
	if (stepId === ITEM) return true;
	const status = stepOf(task, stepId)?.phase.status;
	return status === 'done' || status === 'joined' ? true : undefined;
}

function listReadiness(
	task: Task,
	step: Step,
	reference: string,
	maxItems = PLAN_LIMITS.maxItems as number,
): Readiness {
	if (placeholder(task, step, parseReference(reference)) === undefined) return withoutInput(task, step, reference);
	const list = outputValueAt(task, reference, 'length');
	if (typeof list !== 'number') {
		return { kind: 'fail', failure: missingInput(`"${reference}" is not a list, so there is nothing to go over.`) };
	}
	const items = Math.min(list, maxItems, PLAN_LIMITS.maxItems);
	if (Object.keys(task.steps).length + items <= PLAN_LIMITS.maxExpandedSteps) return { kind: 'expand', items };
	const message = `Going over ${items} items would give the task more than ${PLAN_LIMITS.maxExpandedSteps} steps.`;
	return { kind: 'fail', failure: { ...missingInput(message), hint: 'Set maxItems, or split the task.' } };
}

/** A step that lost its input to a failure fails if it is essential; one that lost it to a choice is skipped like what it needed. */
function withoutInput(task: Task, step: Step, reference: string): Readiness {
	const needed = stepOf(task, parseReference(reference).stepId);
	const phase = needed?.phase;
	const title = needed?.spec.title ?? reference;
	if (phase?.status === 'skipped' && phase.cause !== 'missing-input') {
		return { kind: 'skip', cause: phase.cause, reason: `"${title}" was skipped` };
	}
	const reason = `it needs the output of "${title}", and there is none`;
	if (!step.spec.essential) return { kind: 'skip', cause: 'missing-input', reason };
	return { kind: 'fail', failure: missingInput(`"${step.spec.title}" could not run: ${reason}.`) };
}

function nothingThere({ spec }: Step, missing: string): StepFailure {
	const message = `"${spec.title}" needs "${missing}", and there is nothing there.`;
	const hint = 'Edit the plan so that it refers to something the step before it gives.';
	return { kind: 'permanent', code: 'missing-input', message, hint };
}

function missingInput(message: string): StepFailure {
	return { kind: 'permanent', code: 'missing-input', message, hint: 'Mend or retry the step it depends on.' };
}
