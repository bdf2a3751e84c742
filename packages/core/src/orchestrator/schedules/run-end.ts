import { isJsonObject, type Json } from '../../domain/json.ts';
import type { ScheduleCommandOf } from '../../domain/schedule/commands.ts';
import { isFollowed, SCHEDULE_LIMITS, type Schedule } from '../../domain/schedule/state.ts';
import { shortened } from '../../domain/shortened.ts';
import type { TaskView } from '../../domain/task/view.ts';

/** RunEnd is what a schedule notes of a run that has ended. */
export type RunEnd = Pick<ScheduleCommandOf<'NoteRun'>, 'outcome' | 'text' | 'changed' | 'keep' | 'keepOrigins'>;

/** runEnd reads what a run gave: its words, whether it says that something changed, and what it keeps for the next. Undefined while it goes on. */
export function runEnd(schedule: Pick<Schedule, 'what'>, view: TaskView): RunEnd | undefined {
	if (!isFollowed(schedule)) return undefined;
	const { status, result, error } = view;
	if (status === 'cancelled') return { outcome: 'cancelled', text: '' };
	if (status === 'failed')
		return { outcome: 'failed', text: cut(`${error?.message ?? ''} ${error?.hint ?? ''}`.trim()) };
	if (status !== 'done' || result === undefined) return undefined;
	const output: Json = result.output ?? null;
	const { outputOrigins: keepOrigins = [] } = result;
	const { changed, keep } = isJsonObject(output) ? output : {};
	return {
		outcome: 'done',
		text: cut(result.text),
		...(typeof changed === 'boolean' ? { changed } : {}),
		...(schedule.what.carry && keep !== undefined ? { keep, ...(keepOrigins.length > 0 ? { keepOrigins } : {}) } : {}),
	};
}

function cut(text: string): string {
	return shortened(text, SCHEDULE_LIMITS.textCharacters);
}
