const DAY_MS = 86_400_000;
/**
 * Processes do not agree on midnight to the millisecond, and what was refused just before it is recorded just after: a minute
 * past it the new day has begun for all of them.
 */
const GRACE_MS = 60_000;

/** dayBudgetBackAt is when a task goes on that met the end of a day's budget at this time: a minute past the next 00:00 UTC. */
export function dayBudgetBackAt(at: number): number {
	return (Math.floor((at - GRACE_MS) / DAY_MS) + 1) * DAY_MS + GRACE_MS;
}
