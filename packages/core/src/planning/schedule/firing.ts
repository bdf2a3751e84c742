import type { NextDue, SkippedDues } from '../../domain/schedule/facts.ts';
import type { ScheduleRule } from '../../domain/schedule/schedule.ts';
import { type Firing, type FiringOf, SCHEDULE_LIMITS } from '../../domain/schedule/state.ts';
import { type Dues, duesBetween, nextDue } from './due-times.ts';

/** A run so much (ms) after its time is a late one, of which the rule says what becomes. */
const LATE_MS = 60_000;
const NONE: Dues = { dues: [], more: false };

/** nextAt is the first due time after a time, with the time at which it is carried out. */
export function nextAt(rule: ScheduleRule, id: string, after: number): NextDue | undefined {
	const due = nextDue(rule, after);
	return due === undefined ? undefined : { due, at: due + jitterOf(rule, id, due) };
}

/** firingOf says what becomes of due times that have come: which run, which are left out, and what comes next. */
export function firingOf(of: FiringOf): Firing {
	const { id, rule, next, now } = of;
	const soonest = nextDue(rule, next.due);
	// As a rule there is but the one.
	const passed = soonest !== undefined && soonest <= now;
	const { dues: later, more } = passed ? duesBetween(rule, next.due, now, SCHEDULE_LIMITS.caughtUp) : NONE;
	const come = [next.due, ...later].filter((due, index) => index === 0 || due + jitterOf(rule, id, due) <= now);
	const { fire, skipped } = chosen({ dues: come, more }, of);
	const last = come.at(-1) ?? next.due;
	const following = nextAt(rule, id, last);
	const onTime = skipped.length === 0 && fire.length === 1 && fire[0] === next.due;
	return { late: !onTime, fire, skipped, ...(following === undefined ? {} : { next: following }) };
}

function chosen({ dues, more }: Dues, { rule, id, now, left }: FiringOf): Pick<Firing, 'fire' | 'skipped'> {
	const latest = dues.at(-1) ?? 0;
	const isLate = now - (latest + jitterOf(rule, id, latest)) > LATE_MS;
	const missed = dues.slice(0, -1);
	const may = left ?? Number.POSITIVE_INFINITY;
	if (may === 0) return { fire: [], skipped: skip(dues, 'missed', more) };
	if (dues.length === 1 && !isLate) return { fire: dues, skipped: [] };
	switch (rule.catchUp) {
		case 'skip':
			if (isLate) return { fire: [], skipped: skip(dues, 'missed', more) };
			return { fire: [latest], skipped: skip(missed, 'missed', more) };
		case 'once':
			return { fire: [latest], skipped: skip(missed, 'caught-up', more) };
		case 'all': {
			const fire = dues.slice(-SCHEDULE_LIMITS.caughtUp).slice(0, Math.min(may, SCHEDULE_LIMITS.caughtUp));
			const before = dues.filter((due) => due < (fire[0] ?? 0));
			return { fire, skipped: skip(before, 'too-many', more) };
		}
	}
}

function skip(dues: readonly number[], why: SkippedDues['why'], more: boolean): SkippedDues[] {
	const [from] = dues;
	const to = dues.at(-1);
	if (from === undefined || to === undefined) return [];
	return [{ from, to, count: dues.length, why, ...(more ? { more } : {}) }];
}

/** The same for the same schedule and due time, wherever it is reckoned. */
function jitterOf({ jitterMs }: ScheduleRule, id: string, due: number): number {
	if (jitterMs === 0) return 0;
	let hash = 2_166_136_261;
	for (const character of `${id}/${due}`) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0;
	// The last characters of a text change few of its bits.
	hash = Math.imul(hash ^ (hash >>> 15), 2_246_822_507) >>> 0;
	hash = Math.imul(hash ^ (hash >>> 13), 3_266_489_909) >>> 0;
	return ((hash ^ (hash >>> 16)) >>> 0) % (jitterMs + 1);
}
