import { describe, expect, it } from 'vitest';
import { evolveSchedule } from '../schedule/evolve-schedule.ts';
import type { RecordedScheduleFact, ScheduleFactType } from '../schedule/facts.ts';
import { pendingScheduleWork } from '../schedule/pending-schedule-work.ts';
import type { ScheduleState } from '../schedule/state.ts';
import history from './fixture/schedule-history-v1.json' with { type: 'json' };
import { upcast } from './upcast.ts';

// As with every fact: written once, by the release that first wrote such facts, and never again.
const FACTS: Record<ScheduleFactType, true> = {
	ScheduleCreated: true,
	ScheduleChanged: true,
	SchedulePaused: true,
	ScheduleResumed: true,
	ScheduleRemoved: true,
	DuesQueued: true,
	DuesSkipped: true,
	ScheduleFired: true,
	ScheduleRunNow: true,
	RunNoted: true,
	RunTold: true,
	DigestSent: true,
};

describe('facts of schedules of every release', () => {
	it('are all in the fixture, each type at least once', () => {
		const written = new Set(history.facts.map(({ type }) => type));
		expect(Object.keys(FACTS).filter((type) => !written.has(type))).toEqual([]);
	});

	it('fold to the same schedule, which is owed the same', () => {
		let state: ScheduleState;
		for (const fact of history.facts as unknown as RecordedScheduleFact[]) {
			if (fact.type === 'ScheduleRemoved') {
				expect(plain(state)).toEqual(history.before);
				expect(pendingScheduleWork(state, 650).map(({ key }) => key)).toEqual(history.work);
			}
			state = evolveSchedule(state, upcast(fact as never));
		}
		expect(plain(state)).toEqual(history.state);
		expect(pendingScheduleWork(state, 650)).toEqual([]);
	});
});

function plain(state: unknown): unknown {
	return JSON.parse(JSON.stringify(state));
}
