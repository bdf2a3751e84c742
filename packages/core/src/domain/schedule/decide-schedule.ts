import { CoreError } from '../errors.ts';
import type { ScheduleCommand, ScheduleCommandOf } from './commands.ts';
import { type NextDue, type ScheduleFact, scheduleFact } from './facts.ts';
import { isFollowed, runsAlone, runsLeft, type Schedule, type ScheduleState } from './state.ts';

/** ScheduleDecision is the facts a command adds (none when it was done before), or why it is refused. */
export type ScheduleDecision =
	| { readonly ok: true; readonly facts: readonly ScheduleFact[] }
	| { readonly ok: false; readonly error: CoreError };

/** decideSchedule says which facts a command may add. Every command may come twice; the second adds nothing. */
export function decideSchedule(state: ScheduleState, command: ScheduleCommand): ScheduleDecision {
	if (command.type === 'CreateSchedule') return state === undefined ? create(command) : nothingNew;
	if (state === undefined || state.status === 'removed') return decideRemoved(command);
	switch (command.type) {
		case 'ChangeSchedule':
			return change(state, command);
		case 'PauseSchedule':
			return pause(state, command);
		case 'ResumeSchedule':
			if (state.status !== 'paused') return nothingNew;
			return add(scheduleFact('ScheduleResumed', nextOf(command.next)));
		case 'RemoveSchedule':
			return add(scheduleFact('ScheduleRemoved', {}));
		case 'CatchUp':
			return catchUp(state, command);
		case 'RecordFired':
			return fired(state, command);
		case 'RecordRunNow': {
			const { task } = command;
			if (task !== undefined && knows(state, task)) return nothingNew;
			return add(scheduleFact('ScheduleRunNow', task === undefined ? {} : { task }));
		}
		case 'NoteRun':
			return note(state, command);
		case 'RecordTold': {
			const { task } = command;
			return state.toTell.some((one) => one.task === task) ? add(scheduleFact('RunTold', { task })) : nothingNew;
		}
		case 'RecordDigest': {
			const { digestAt, next } = command;
			if (state.digestAt !== digestAt) return nothingNew;
			return add(scheduleFact('DigestSent', { at: digestAt, ...(next === undefined ? {} : { next }) }));
		}
	}
}

const nothingNew: ScheduleDecision = { ok: true, facts: [] };

function add(...facts: ScheduleFact[]): ScheduleDecision {
	return { ok: true, facts };
}

/** What was under way when it was removed, or was forgotten, has nothing to say any more; people are told. */
function decideRemoved({ type }: ScheduleCommand): ScheduleDecision {
	const refused = type === 'ChangeSchedule' || type === 'ResumeSchedule' || type === 'RecordRunNow';
	return refused ? { ok: false, error: unknownSchedule() } : nothingNew;
}

function unknownSchedule(): CoreError {
	return new CoreError('unknown-schedule', 'There is no such schedule any more.', {
		hint: '`/schedules` or GET /v1/schedules lists yours.',
	});
}

function create({ scheduleId, person, definition, next }: ScheduleCommandOf<'CreateSchedule'>): ScheduleDecision {
	return add(scheduleFact('ScheduleCreated', { scheduleId, person, ...definition, ...nextOf(next) }));
}

function change(state: Schedule, command: ScheduleCommandOf<'ChangeSchedule'>): ScheduleDecision {
	const { baseVersion, definition, next } = command;
	if (baseVersion === state.version) return add(scheduleFact('ScheduleChanged', { ...definition, ...nextOf(next) }));
	const error = new CoreError('version-conflict', 'The schedule was changed by somebody else in the meantime.', {
		hint: 'Look at it again, then change it.',
	});
	return { ok: false, error };
}

function pause(state: Schedule, { cause, message }: ScheduleCommandOf<'PauseSchedule'>): ScheduleDecision {
	if (state.status !== 'active') return nothingNew;
	return add(scheduleFact('SchedulePaused', { cause, ...(message === undefined ? {} : { message }) }));
}

function catchUp(state: Schedule, command: ScheduleCommandOf<'CatchUp'>): ScheduleDecision {
	const { due, fire, skipped, next } = command;
	if (state.status !== 'active' || state.next?.due !== due) return nothingNew;
	const after = nextOf(endsAfter(state, fire.length) ? undefined : next);
	const left = skipped.map((dues) => scheduleFact('DuesSkipped', { ...dues, ...after }));
	if (fire.length === 0) return add(...left);
	return add(...left, scheduleFact('DuesQueued', { dues: fire, ...after }));
}

function fired(state: Schedule, { due, task, next }: ScheduleCommandOf<'RecordFired'>): ScheduleDecision {
	const run = task === undefined ? { due } : { due, task };
	if (state.queue.includes(due)) return add(scheduleFact('ScheduleFired', { ...run, queued: true }));
	if (state.next?.due !== due) {
		// It was stopped or changed in the moment between the run's beginning and this.
		return isNews(state, run) ? add(scheduleFact('ScheduleFired', { ...run, queued: true })) : nothingNew;
	}
	return add(scheduleFact('ScheduleFired', { ...run, ...nextOf(endsAfter(state, 1) ? undefined : next) }));
}

function note(state: Schedule, command: ScheduleCommandOf<'NoteRun'>): ScheduleDecision {
	const { type: _type, at: _at, ...noted } = command;
	if (!isFollowed(state) && !runsAlone(state)) return nothingNew;
	return state.running.some(({ task }) => task === noted.task) ? add(scheduleFact('RunNoted', noted)) : nothingNew;
}

/** So many more runs are the last ones it may have. */
function endsAfter(state: Schedule, more: number): boolean {
	const left = runsLeft(state);
	return left !== undefined && left <= more + state.queue.length;
}

/** A run that was begun, and that nothing stands written of; an earlier due time was written down long ago. */
function isNews({ last }: Schedule, { due, task }: { readonly due: number; readonly task?: string }): boolean {
	return task !== undefined && due > (last?.due ?? Number.NEGATIVE_INFINITY);
}

function knows({ running, last }: Schedule, task: string): boolean {
	return last?.task === task || running.some((run) => run.task === task);
}

function nextOf(next: NextDue | undefined): { readonly next?: NextDue } {
	return next === undefined ? {} : { next };
}
