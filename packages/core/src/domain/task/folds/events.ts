import type { FactOf } from '../facts.ts';
import type { Task } from '../state.ts';
import { changeStep } from './steps.ts';

/** MAX_KEPT_EVENTS is how many events wait for a step to listen; the oldest goes first. */
export const MAX_KEPT_EVENTS = 100;
/** Ids of events that are remembered, so that one sent again changes nothing. */
const MAX_EVENT_IDS = 1_000;

/** eventReceived keeps an event until a step takes it. */
export function eventReceived(task: Task, fact: FactOf<'EventReceived'>): Task {
	const { name, data, origins, id } = fact.data;
	const events = [...(task.events ?? []), { seq: fact.seq, name, data, origins }].slice(-MAX_KEPT_EVENTS);
	if (id === undefined) return { ...task, events };
	return { ...task, events, eventIds: [...(task.eventIds ?? []), id].slice(-MAX_EVENT_IDS) };
}

/** eventTaken ends the step that listened with the event's data. */
export function eventTaken(task: Task, fact: FactOf<'EventTaken'>, at: number): Task {
	const { stepId, event, origins } = fact.data;
	const value = task.events?.find(({ seq }) => seq === event)?.data ?? null;
	const left = { ...task, events: (task.events ?? []).filter(({ seq }) => seq !== event) };
	return changeStep(left, stepId, (step) => ({
		phase: { status: 'done', output: { kind: 'value', value }, endedAt: at },
		origins,
		attempts: step.attempts + 1,
		...(step.spec.undo === undefined ? {} : { doneSeq: fact.seq }),
	}));
}
