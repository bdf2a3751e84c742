import type { PersonId, StreamId } from '../../domain/ids.ts';
import type { ScheduleCommand } from '../../domain/schedule/commands.ts';
import type { RecordedScheduleFact } from '../../domain/schedule/facts.ts';
import { pendingScheduleWork, type ScheduleWork } from '../../domain/schedule/pending-schedule-work.ts';
import type { Schedule } from '../../domain/schedule/state.ts';
import type { ICoreStep } from '../../ports/core-step.ts';
import type { IStreamIndex } from '../../ports/event-store.ts';
import type { IScheduleTimes } from '../../ports/schedule-times.ts';
import type { BeginningsFirst } from '../commands/beginnings-first.ts';
import { DrivenStreams, type DrivingPorts } from '../commands/driven-streams.ts';
import type { IWorkflowDesk } from '../desks/workflows.ts';
import { prepareRun } from './prepare-run.ts';
import { scheduleCreate } from './schedule-create.ts';
import { scheduleDecider } from './schedule-decider.ts';
import { ScheduleDesk } from './schedule-desk.ts';
import { SCHEDULE_PREFIX, ScheduleNumbers } from './schedule-numbers.ts';
import { type SchedulePowers, ScheduleWorker } from './schedule-work.ts';

/** ScheduleParts is what schedules are kept, reckoned and carried out with. */
export interface ScheduleParts extends DrivingPorts, SchedulePowers {
	readonly index: IStreamIndex;
	readonly workflows: Pick<IWorkflowDesk, 'run' | 'get'>;
	/** When rules fall due; loaded with the first schedule. */
	readonly times: () => Promise<IScheduleTimes>;
	/** What lets due schedules begin before what they began goes on. */
	readonly beginnings: Pick<BeginningsFirst, 'begin'>;
	/** The time zone somebody lives in, as far as they have said. */
	readonly zoneOf: (person: PersonId) => Promise<string | undefined>;
}

/** What runs need is loaded so long before the next one falls due. */
const AHEAD_MS = 10_000;

/** ScheduleStreams are all schedules: their desk, what falls due, and what is told of it. */
export class ScheduleStreams {
	readonly desk: ScheduleDesk;
	readonly driven: DrivenStreams<Schedule, ScheduleCommand, RecordedScheduleFact, ScheduleWork>;
	/** Sets up a schedule as a step of a task. */
	readonly scheduleCreate: ICoreStep;
	readonly #worker: ScheduleWorker;

	constructor(deps: ScheduleParts) {
		this.driven = new DrivenStreams(deps, {
			prefix: SCHEDULE_PREFIX,
			decider: scheduleDecider,
			pending: pendingScheduleWork,
			carryOut: (_stream, work, schedule) => this.#worker.carryOut(work, schedule),
			ahead: {
				ms: AHEAD_MS,
				prepare: async (stream) => {
					const schedule = await this.driven.handler.state(stream);
					if (schedule?.status === 'active') await prepareRun(deps, schedule);
				},
			},
			dropped: (work) => this.#worker.dropped(work),
			released: (_stream, work) => this.#worker.dropped(work),
		});
		const numbers = new ScheduleNumbers(deps.index);
		const schedules = this.driven.handler;
		this.#worker = new ScheduleWorker({ ...deps, schedules, numbers });
		const runNow = this.#worker.runNow.bind(this.#worker);
		this.desk = new ScheduleDesk({ ...deps, schedules, numbers, runNow });
		this.scheduleCreate = scheduleCreate({ desk: this.desk, roleOf: deps.roleOf });
	}

	/** Schedules follow the tasks they began themselves. */
	async taskReported(): Promise<void> {}

	/** Forgets what was folded, after a person's payloads were erased underneath. */
	forget(stream: StreamId): void {
		this.driven.handler.forget(stream);
	}

	forgetAll(): void {
		this.driven.handler.forgetAll();
	}

	/** Starts nothing more; safe to call twice. */
	stop(): void {
		this.driven.stop();
		this.#worker.stop();
	}
}
