import { remember } from '../remember.ts';
import type { NextDue, RecordedScheduleFact, ScheduleDefinition, ScheduleFactType } from './facts.ts';
import { isFollowed, type NotedRun, SCHEDULE_LIMITS, type Schedule, type ScheduleState } from './state.ts';

/** SCHEDULE_EVOLVE_VERSION keys snapshots: raise it whenever folding the same facts would give another state. */
export const SCHEDULE_EVOLVE_VERSION = 'schedule-1';

/** evolveSchedule folds one fact into a schedule. It is total: any fact on any state gives a state. */
export function evolveSchedule(state: ScheduleState, fact: RecordedScheduleFact): ScheduleState {
	if (state === undefined) return fact.type === 'ScheduleCreated' ? created(fact) : undefined;
	return { ...apply(state, fact), seq: fact.seq, at: Math.max(state.at, fact.at) };
}

type FactOf<T extends ScheduleFactType> = Extract<RecordedScheduleFact, { type: T }>;

function created({ data, seq, at }: FactOf<'ScheduleCreated'>): Schedule {
	const { scheduleId: id, person, next } = data;
	return {
		id,
		person,
		...definitionOf(data),
		createdAt: at,
		seq,
		at,
		version: 1,
		...upNext(next),
		queue: [],
		runs: 0,
		missed: 0,
		running: [],
		toTell: [],
		collected: [],
		uncollected: 0,
	};
}

function apply(state: Schedule, fact: RecordedScheduleFact): Schedule {
	switch (fact.type) {
		case 'ScheduleChanged':
			return changed(state, fact);
		case 'SchedulePaused':
			// What was missed before is not made up for when it goes on.
			return { ...state, status: 'paused', pausedBecause: fact.data, next: undefined, queue: [] };
		case 'ScheduleResumed':
			return { ...state, pausedBecause: undefined, ...upNext(fact.data.next) };
		case 'ScheduleRemoved':
			return {
				...state,
				status: 'removed',
				next: undefined,
				queue: [],
				running: [],
				toTell: [],
				collected: [],
				digestAt: undefined,
			};
		case 'DuesQueued':
			return { ...withNext(state, fact.data.next), queue: [...state.queue, ...fact.data.dues] };
		case 'DuesSkipped':
			return { ...withNext(state, fact.data.next), missed: state.missed + fact.data.count };
		case 'ScheduleFired':
			return fired(state, fact);
		case 'ScheduleRunNow':
			return began({ ...state, runs: state.runs + 1 }, { due: fact.at, ...fact.data });
		case 'RunNoted':
			return noted(state, fact);
		case 'RunTold':
			return { ...state, toTell: state.toTell.filter(({ task }) => task !== fact.data.task) };
		case 'DigestSent':
			return digested(state, fact);
		default:
			// A fact of a later release: it must not keep this one from showing the rest.
			return state;
	}
}

function changed(state: Schedule, { data }: FactOf<'ScheduleChanged'>): Schedule {
	const { conversation: _place, digest: _digest, origins: _origins, ...kept } = state;
	const next = state.status === 'paused' ? {} : upNext(data.next);
	// What was collected for digests that are sent no more is told at once.
	const collecting = data.digest !== undefined;
	return {
		...kept,
		...definitionOf(data),
		version: state.version + 1,
		queue: [],
		...next,
		...(collecting ? {} : { digestAt: undefined, collected: [], toTell: [...state.toTell, ...state.collected] }),
	};
}

function fired(state: Schedule, { data }: FactOf<'ScheduleFired'>): Schedule {
	const { due, task, queued, next } = data;
	const run = task === undefined ? { due } : { due, task };
	if (queued === true) {
		const queue = state.queue.filter((one) => one !== due);
		return began({ ...state, queue, runs: state.runs + 1 }, run);
	}
	return began({ ...withNext(state, next), runs: state.runs + 1 }, run);
}

function began(state: Schedule, run: { readonly due: number; readonly task?: NotedRun['task'] | undefined }): Schedule {
	const { due, task } = run;
	const running = task !== undefined && isFollowed(state) ? [...state.running, { task, due }] : state.running;
	return {
		...state,
		last: task === undefined ? { due } : { due, task },
		// Of more than that the oldest are let go.
		running: running.slice(-SCHEDULE_LIMITS.running),
	};
}

function noted(state: Schedule, { data, at }: FactOf<'RunNoted'>): Schedule {
	const { task, outcome, text, changed, keep, keepOrigins, digestAt } = data;
	const run = state.running.find((one) => one.task === task);
	if (run === undefined) return state;
	const one: NotedRun = { task, due: run.due, at, outcome, text, ...(changed === undefined ? {} : { changed }) };
	const after: Schedule = {
		...state,
		running: state.running.filter((other) => other !== run),
		...(keep === undefined ? {} : { keep, keepOrigins }),
		...(state.last?.task === task ? { last: { ...state.last, outcome } } : {}),
	};
	const { tell } = state.what;
	if (typeof tell === 'object') {
		const collected = remember(after.collected, one, SCHEDULE_LIMITS.collected);
		const uncollected = after.uncollected + after.collected.length + 1 - collected.length;
		return { ...after, collected, uncollected, digestAt: state.digestAt ?? digestAt };
	}
	const isNews = tell === 'changes' && (changed !== false || outcome !== 'done');
	return isNews ? { ...after, toTell: [...after.toTell, one] } : after;
}

function digested(state: Schedule, { data }: FactOf<'DigestSent'>): Schedule {
	const collected = state.collected.filter((one) => one.at >= data.at);
	return { ...state, collected, uncollected: 0, digestAt: collected.length === 0 ? undefined : data.next };
}

/** Where no due time comes any more, it has ended, once what is queued has run. */
function withNext(state: Schedule, next: NextDue | undefined): Schedule {
	return state.status === 'active' ? { ...state, ...upNext(next) } : state;
}

function upNext(next: NextDue | undefined): Pick<Schedule, 'status' | 'next'> {
	return { status: next === undefined ? 'ended' : 'active', next };
}

function definitionOf({ title, rule, what, conversation, digest, origins }: ScheduleDefinition): ScheduleDefinition {
	return {
		title,
		rule,
		what,
		...(conversation === undefined ? {} : { conversation }),
		...(digest === undefined ? {} : { digest }),
		...(origins === undefined ? {} : { origins }),
	};
}
