/**
 * readRetryAfter is how long a server asks to be left alone (ms), from its `Retry-After`: seconds or a date. More than an
 * hour is no use to a running task, so it is never more; undefined without a header that says so.
 */
export function readRetryAfter(header: string | null | undefined, now: number): number | undefined {
	const text = header?.trim() ?? '';
	const ms = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
	return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, Math.round(ms)), MAX_WAIT_MS);
}

const MAX_WAIT_MS = 3_600_000;
