import type { ICoreStep } from '../../ports/core-step.ts';
import { StreamsOnDemand } from '../commands/streams-on-demand.ts';
import type { IScheduleDesk } from '../desks/schedules.ts';
import { SCHEDULE_CREATE } from './schedule-create.ts';
import { SCHEDULE_PREFIX } from './schedule-numbers.ts';
import type { ScheduleParts, ScheduleStreams } from './schedule-streams.ts';

/** schedulesOnDemand are all schedules, opened with the first call or the first that is owed something. */
export function schedulesOnDemand(parts: ScheduleParts): StreamsOnDemand<IScheduleDesk, ScheduleStreams> {
	return new StreamsOnDemand<IScheduleDesk, ScheduleStreams>({
		prefix: SCHEDULE_PREFIX,
		calls: {
			...{ create: true, list: true, view: true, change: true },
			...{ pause: true, resume: true, remove: true, runNow: true, read: true, preview: true, zone: true },
		},
		// They follow the tasks they began themselves.
		concerns: () => false,
		load: async () => {
			const { ScheduleStreams } = await import('./schedule-streams.ts');
			return new ScheduleStreams(parts);
		},
	});
}

/** scheduleSteps are the steps that set up schedules, carried out where the task is driven. */
export function scheduleSteps(schedules: StreamsOnDemand<IScheduleDesk, ScheduleStreams>): readonly ICoreStep[] {
	return [{ declaration: SCHEDULE_CREATE, run: async (step) => (await schedules.open()).scheduleCreate.run(step) }];
}
