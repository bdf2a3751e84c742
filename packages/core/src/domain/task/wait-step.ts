import type { StepFailure } from '../capability.ts';
import { isJsonObject, type Json } from '../json.ts';

/** Longest wait: ten years. */
const MAX_WAIT_MS = 10 * 365 * 86_400_000;

/** Wait is how long a `flow.wait` or `flow.event` waits, and for what; or why its input does not say. */
export type Wait =
	| {
			readonly ok: true;
			readonly until?: number | undefined;
			readonly event?: string | undefined;
			readonly goOn: boolean;
	  }
	| { readonly ok: false; readonly failure: StepFailure };

/** waitUntil reads the input of a `flow.wait`: `ms` from now, or `until` as ISO 8601 (UTC where no zone is said) or ms since 1970. */
export function waitUntil(input: Json, now: number): Wait {
	const { ms, until } = isJsonObject(input) ? input : {};
	if (typeof ms === 'number' && ms >= 0 && ms <= MAX_WAIT_MS)
		return { ok: true, until: now + Math.ceil(ms), goOn: true };
	const at = typeof until === 'number' ? until : typeof until === 'string' ? timeOf(until) : Number.NaN;
	if (Number.isFinite(at) && at - now <= MAX_WAIT_MS) return { ok: true, until: Math.ceil(at), goOn: true };
	const seen = JSON.stringify(input).slice(0, 200);
	return wrong(
		`A wait takes {"ms": 1000} or {"until": "2030-01-31T09:00:00Z"}, at most ten years ahead; this one has ${seen}.`,
	);
}

/** waitForEvent reads the input of a `flow.event`: the event's `name`, how long it may take, and what then. */
export function waitForEvent(input: Json, now: number): Wait {
	const { name, timeoutMs, otherwise } = isJsonObject(input) ? input : {};
	if (typeof name !== 'string' || name === '') return wrong('An event is waited for by its name, and there is none.');
	const goOn = otherwise === 'go-on';
	if (timeoutMs === undefined || timeoutMs === null) return { ok: true, event: name, goOn };
	if (typeof timeoutMs !== 'number' || !(timeoutMs >= 0 && timeoutMs <= MAX_WAIT_MS))
		return wrong(
			`The time for the event "${name}" is ${JSON.stringify(timeoutMs)}, which is no number of ms up to ten years.`,
		);
	return { ok: true, event: name, until: now + Math.ceil(timeoutMs), goOn };
}

/** A time without a zone is UTC: the zone of whatever machine this runs on must not matter. */
function timeOf(text: string): number {
	const trimmed = text.trim();
	if (/^\d{4}-\d{2}-\d{2}$/.test(trimmed)) return Date.parse(trimmed);
	const parts = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s*(z|[+-]\d{2}:?\d{2})?$/i.exec(
		trimmed,
	);
	if (parts === null) return Number.NaN;
	const [, day, time, zone = 'Z'] = parts;
	const offset = /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
	return Date.parse(`${day}T${time}${offset}`);
}

function wrong(message: string): Wait {
	const hint = 'Mend the input of the step in the plan.';
	return { ok: false, failure: { kind: 'permanent', code: 'invalid-input', message, hint } };
}
