import type { TaskId } from '../ids.ts';
import { type NextDue, type NotedRun, runsAlone, type Schedule, type ScheduleState } from './state.ts';

/** ScheduleWork is what the world still owes a schedule; `key` is the same each time for the same work. */
export type ScheduleWork =
	/** The due time has come. */
	| { readonly key: string; readonly kind: 'due'; readonly next: NextDue }
	/** A due time that was missed is carried out. */
	| { readonly key: string; readonly kind: 'fire'; readonly due: number }
	/** The end of a run is waited for. */
	| { readonly key: string; readonly kind: 'follow'; readonly task: TaskId }
	| { readonly key: string; readonly kind: 'tell'; readonly run: NotedRun }
	| { readonly key: string; readonly kind: 'digest'; readonly at: number }
	| { readonly key: string; readonly kind: 'wait'; readonly until: number };

/** pendingScheduleWork reads off what a schedule is owed now. Of due times one at a time, so that they keep their order. */
export function pendingScheduleWork(state: ScheduleState, now: number): ScheduleWork[] {
	if (state === undefined || state.status === 'removed') return [];
	const { running, toTell, collected, digestAt } = state;
	const work: ScheduleWork[] = running.map(({ task }) => ({ key: `follow/${task}`, kind: 'follow', task }));
	const [news] = toTell;
	if (news !== undefined) work.push({ key: `tell/${news.task}`, kind: 'tell', run: news });
	const due = dueWork(state, now);
	if (due.work !== undefined) work.push(due.work);
	const times = due.until === undefined ? [] : [due.until];
	if (digestAt !== undefined && collected.length > 0) {
		if (digestAt > now) times.push(digestAt);
		else work.push({ key: `digest/${digestAt}`, kind: 'digest', at: digestAt });
	}
	const until = Math.min(...times);
	if (times.length > 0) work.push({ key: `wait/${until}`, kind: 'wait', until });
	return work;
}

function dueWork(state: Schedule, now: number): { work?: ScheduleWork; until?: number } {
	if (state.status === 'paused') return {};
	const [due] = state.queue;
	if (due !== undefined) {
		if (state.running.length > 0 && runsAlone(state)) return {};
		return { work: { key: `fire/${due}`, kind: 'fire', due } };
	}
	const { next } = state;
	if (next === undefined) return {};
	return next.at > now ? { until: next.at } : { work: { key: `due/${next.due}`, kind: 'due', next } };
}
