import { isJsonObject, type Json } from '../json.ts';
import { conditionHolds } from './condition.ts';
import { type Draft, drafted, record } from './draft.ts';
import { taskFact } from './facts.ts';
import { flowKind } from './flow.ts';
import { bodyNames } from './folds/flow.ts';
import { inputOrigins } from './input-origins.ts';
import { outputValueAt } from './outputs.ts';
import { isHeld, type Readiness, unfoldReadiness } from './readiness.ts';
import { rewriteWhen } from './rewrite-step.ts';
import { hasEnded, innerSteps, type Step, type Task } from './state.ts';
import { inlineInput } from './value-step.ts';
import { type Wait, waitForEvent, waitUntil } from './wait-step.ts';

/** settleFlow begins a step of control flow whose turn has come: unfolds it, gives its value, lets it wait. */
export function settleFlow(
	draft: Draft,
	step: Step,
	ready: Extract<Readiness, { kind: 'unfold' | 'give' | 'suspend' }>,
): void {
	if (isHeld(drafted(draft))) return;
	switch (ready.kind) {
		case 'unfold':
			return record(draft, taskFact('StepUnfolded', { stepId: step.spec.id, round: 1 }));
		case 'give':
			return recordGiven(draft, step, ready.value);
		case 'suspend':
			return suspend(draft, step, waitOf(step, ready.input, draft.at));
	}
}

/** settleUnfolded ends a group with its last inner step, or at once with an essential one that gave up; a loop goes on until its condition holds. */
export function settleUnfolded(draft: Draft, owner: Step): void {
	const task = drafted(draft);
	const stepId = owner.spec.id;
	const inner = innerSteps(task, owner);
	const broken = inner.find(({ spec, phase }) => spec.essential && phase.status === 'dead-lettered');
	if (broken?.phase.status === 'dead-lettered') {
		const { failure } = broken.phase;
		const message = `"${broken.spec.title}" failed: ${failure.message}`;
		const hint = failure.hint ?? 'Retry it: what was done is kept.';
		const given = { kind: 'permanent', code: failure.code, message, hint } as const;
		return record(draft, taskFact('StepDeadLettered', { stepId, failure: given }));
	}
	if (!inner.every(hasEnded)) return;
	if (owner.spec.repeat === undefined) return record(draft, taskFact('StepGathered', { stepId }));
	settleRound(draft, task, owner);
}

/** settleSuspended ends a wait: its time has come, or the event that it waits for. */
export function settleSuspended(draft: Draft, step: Step): void {
	const { phase } = step;
	if (phase.status !== 'suspended') return;
	const task = drafted(draft);
	const stepId = step.spec.id;
	const event = phase.event === undefined ? undefined : task.events?.find(({ name }) => name === phase.event);
	if (event !== undefined) {
		const origins = [...new Set([...inputOrigins(task, step), ...event.origins])];
		return record(draft, taskFact('EventTaken', { stepId, event: event.seq, origins }));
	}
	if (phase.until === undefined || phase.until > draft.at) return;
	if (phase.event === undefined) return recordGiven(draft, step, null);
	if (isPatient(task, step)) return recordGiven(draft, step, { timedOut: true });
	const failure = { kind: 'permanent', code: 'timed-out', ...lateWords(step, phase.event) } as const;
	record(draft, taskFact('StepDeadLettered', { stepId, failure }));
}

function lateWords({ spec }: Step, event: string): { message: string; hint: string } {
	if (flowKind(spec) === 'event') {
		const message = `"${spec.title}" waited for the event "${event}", and it did not come in time.`;
		return { message, hint: 'Send the event and retry the step, or skip it.' };
	}
	const hint = 'A retry waits once more, and asks nothing twice. Or skip the step.';
	return { message: `"${spec.title}" waited for an answer, and none came in time.`, hint };
}

function settleRound(draft: Draft, task: Task, owner: Step): void {
	const { spec, round = 1, phase } = owner;
	const stepId = spec.id;
	const { repeat } = spec;
	if (repeat === undefined || phase.status !== 'unfolded') return;
	const pauses = phase.resumeAt !== undefined;
	if (!pauses) {
		const until = rewriteWhen(repeat.until, bodyNames(task, owner, round));
		const holds = conditionHolds(until, (path) => outputValueAt(task, path));
		if (holds || (round >= repeat.max && repeat.otherwise === 'go-on'))
			return record(draft, taskFact('StepGathered', { stepId }));
		if (round >= repeat.max) return recordEndless(draft, owner, round);
	}
	if (isHeld(task)) return;
	const { waitMs = 0 } = repeat;
	if (!pauses && waitMs > 0) return record(draft, taskFact('StepSuspended', { stepId, until: draft.at + waitMs }));
	if ((phase.resumeAt ?? 0) > draft.at) return;
	const room = unfoldReadiness(task, owner);
	if (room.kind === 'fail') return record(draft, taskFact('StepDeadLettered', { stepId, failure: room.failure }));
	record(draft, taskFact('StepUnfolded', { stepId, round: round + 1 }));
}

/** LOOP_BOUND is the code of a loop that came to its bound; a retry begins it anew. */
export const LOOP_BOUND = 'loop-bound';

function recordEndless(draft: Draft, { spec }: Step, rounds: number): void {
	const times = rounds === 1 ? 'once' : `${rounds} times`;
	const message = `"${spec.title}" was gone through ${times}, as often as it may be, and its condition did not hold.`;
	const hint = 'Retry it to begin it anew, or raise its bound.';
	const failure = { kind: 'permanent', code: LOOP_BOUND, message, hint } as const;
	record(draft, taskFact('StepDeadLettered', { stepId: spec.id, failure }));
}

function suspend(draft: Draft, step: Step, wait: Wait): void {
	const stepId = step.spec.id;
	if (!wait.ok) return record(draft, taskFact('StepDeadLettered', { stepId, failure: wait.failure }));
	const { until, event } = wait;
	// A time that has come already is not waited for.
	if (event === undefined && until !== undefined && until <= draft.at) return recordGiven(draft, step, null);
	const waiting = { ...(until === undefined ? {} : { until }), ...(event === undefined ? {} : { event }) };
	record(draft, taskFact('StepSuspended', { stepId, ...waiting }));
}

function waitOf(step: Step, input: Json, now: number): Wait {
	return flowKind(step.spec) === 'wait' ? waitUntil(input, now) : waitForEvent(input, now);
}

/** Whether a step whose event did not come in time goes on all the same. */
function isPatient(task: Task, step: Step): boolean {
	const resolved = inlineInput(task, step);
	const input = resolved.ok ? resolved.input : step.spec.input;
	return isJsonObject(input) && input['otherwise'] === 'go-on';
}

/** A step that no worker ran is done: its attempt is counted, and its run is 0. */
function recordGiven(draft: Draft, step: Step, value: Json): void {
	const task = drafted(draft);
	const { id: stepId } = step.spec;
	const output = { kind: 'value', value } as const;
	const origins = inputOrigins(task, step);
	record(draft, taskFact('StepCompleted', { stepId, attempt: step.attempts + 1, run: 0, output, origins }));
}
