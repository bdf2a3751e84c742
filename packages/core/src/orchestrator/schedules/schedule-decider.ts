import type { ScheduleCommand } from '../../domain/schedule/commands.ts';
import { decideSchedule } from '../../domain/schedule/decide-schedule.ts';
import { evolveSchedule, SCHEDULE_EVOLVE_VERSION } from '../../domain/schedule/evolve-schedule.ts';
import type { RecordedScheduleFact } from '../../domain/schedule/facts.ts';
import { pendingScheduleWork } from '../../domain/schedule/pending-schedule-work.ts';
import type { Schedule } from '../../domain/schedule/state.ts';
import type { Decider } from '../commands/decide-batch.ts';
import { dueAt } from '../commands/due-at.ts';

/** scheduleDecider fits the core of schedules to the command handler. */
export const scheduleDecider: Decider<Schedule, ScheduleCommand, RecordedScheduleFact> = {
	version: SCHEDULE_EVOLVE_VERSION,
	decide(state, command) {
		const decision = decideSchedule(state, command);
		if (!decision.ok) return decision;
		const at = Math.max(command.at, state?.at ?? 0);
		const facts: RecordedScheduleFact[] = [];
		let next = state;
		for (const [index, fact] of decision.facts.entries()) {
			const recorded = { ...fact, seq: (state?.seq ?? 0) + index + 1, at };
			facts.push(recorded);
			next = evolveSchedule(next, recorded);
		}
		return { ok: true, facts, state: next };
	},
	evolve: evolveSchedule,
	index: (schedule, now) => ({
		person: schedule.person,
		dueAt: dueAt(pendingScheduleWork(schedule, now)),
		summary: { id: schedule.id, removed: schedule.status === 'removed', over: schedule.status === 'ended' },
	}),
};
