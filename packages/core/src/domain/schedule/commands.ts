import type { PersonId, ScheduleId, TaskId } from '../ids.ts';
import type { Json } from '../json.ts';
import type { NextDue, RunOutcome, ScheduleDefinition, SchedulePauseCause, SkippedDues } from './facts.ts';

interface ScheduleCommandData {
	CreateSchedule: {
		readonly scheduleId: ScheduleId;
		readonly person: PersonId;
		readonly definition: ScheduleDefinition;
		readonly next: NextDue | undefined;
	};
	/** `baseVersion` is the version it was made from. */
	ChangeSchedule: {
		readonly baseVersion: number;
		readonly definition: ScheduleDefinition;
		readonly next: NextDue | undefined;
	};
	PauseSchedule: { readonly cause: SchedulePauseCause; readonly message?: string | undefined };
	ResumeSchedule: { readonly next: NextDue | undefined };
	RemoveSchedule: Readonly<Record<never, never>>;
	/** What becomes of due times that were missed; `due` is the one that was next. */
	CatchUp: {
		readonly due: number;
		readonly fire: readonly number[];
		readonly skipped: readonly SkippedDues[];
		readonly next: NextDue | undefined;
	};
	/** A run was begun for a due time: for the one that was next, after which `next` comes, or for one that was queued. */
	RecordFired: { readonly due: number; readonly task?: TaskId | undefined; readonly next: NextDue | undefined };
	RecordRunNow: { readonly task?: TaskId | undefined };
	/** `digestAt` is when the next digest is sent. */
	NoteRun: {
		readonly task: TaskId;
		readonly outcome: RunOutcome;
		readonly text: string;
		readonly changed?: boolean | undefined;
		readonly keep?: Json | undefined;
		readonly keepOrigins?: readonly string[] | undefined;
		readonly digestAt?: number | undefined;
	};
	RecordTold: { readonly task: TaskId };
	RecordDigest: { readonly digestAt: number; readonly next: number | undefined };
}

type ScheduleCommandType = keyof ScheduleCommandData;
/** ScheduleCommand asks for a change; `at` is when (ms since 1970), because deciding reads no clock. Due times come with it, because reckoning them needs a library. */
export type ScheduleCommand = {
	[T in ScheduleCommandType]: { readonly type: T; readonly at: number } & ScheduleCommandData[T];
}[ScheduleCommandType];
/** ScheduleCommandOf picks one command by its type. */
export type ScheduleCommandOf<T extends ScheduleCommandType> = Extract<ScheduleCommand, { type: T }>;
