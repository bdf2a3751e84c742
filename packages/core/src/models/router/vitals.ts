import type { ModelHealth } from '../../ports/model-view.ts';

/** FailureCause is what a failure shows to be at fault. */
export type FailureCause = 'line' | 'reply' | 'refusal';

/** Vitals is how a model stands, from what was last heard of it. */
export interface Vitals {
	readonly health: ModelHealth;
	/** Since when, ms since 1970. */
	readonly since: number;
	/** Why it is slow or down. */
	readonly trouble?: string | undefined;
	/** Calls that failed, one after the other. */
	readonly failures: number;
	/** Looks at the provider that failed, one after the other. */
	readonly misses: number;
	/** It is not asked before. */
	readonly restsUntil: number;
	/** How often it had to rest since it last answered well. */
	readonly rests: number;
	/** What brought it down: the line, which a look at the provider shows; its replies, which only a reply does; or a refusal such as of the key. */
	readonly cause?: FailureCause | undefined;
	/** Ms to the first word of the last replies. */
	readonly firsts: readonly number[];
	/** When anything was last heard of it. */
	readonly heardAt: number;
}

/** unknownVitals is how a model stands that was never asked. */
export function unknownVitals(now: number): Vitals {
	return { health: 'unknown', since: now, failures: 0, misses: 0, restsUntil: 0, rests: 0, firsts: [], heardAt: 0 };
}

/** answeredWell takes in a reply whose first word came after `firstMs`. */
export function answeredWell(vitals: Vitals, { now, firstMs }: { now: number; firstMs: number | undefined }): Vitals {
	const firsts = firstMs === undefined ? vitals.firsts : [...vitals.firsts, firstMs].slice(-KEPT_FIRSTS);
	const well = { ...vitals, firsts, failures: 0, misses: 0, restsUntil: 0, rests: 0, cause: undefined, heardAt: now };
	const late = slowness(firsts, vitals.health === 'slow');
	if (late === undefined) return turned(well, { health: 'up', now });
	return turned(well, {
		health: 'slow',
		now,
		trouble: `its first word took ${Math.round(late / 1_000)} s of late`,
	});
}

/** failed takes in a call that failed; the third in a row, or one that shows that no other will do better, puts the model to rest. */
export function failed(
	vitals: Vitals,
	{ now, trouble, cause }: { now: number; trouble: string; cause: FailureCause },
): Vitals {
	const failures = Math.max(vitals.failures + 1, cause === 'refusal' ? MAX_FAILURES : 0);
	const heard = { ...vitals, failures, heardAt: now };
	if (failures < MAX_FAILURES) return heard;
	const restMs = Math.min(REST_MS * 2 ** vitals.rests, MAX_REST_MS);
	const resting = { ...heard, cause, restsUntil: now + restMs, rests: vitals.rests + 1 };
	return turned(resting, { health: 'down', now, trouble });
}

/** seen takes in a look at the provider that went well. It clears doubts about the line; after bad replies the model has one call to prove itself, once it has rested. */
export function seen(vitals: Vitals, now: number): Vitals {
	const heard = { ...vitals, misses: 0, heardAt: now };
	if (vitals.health === 'unknown') return turned(heard, { health: 'up', now });
	if (vitals.health !== 'down') return heard;
	if (vitals.cause !== 'line' && vitals.restsUntil > now) return heard;
	return turned({ ...heard, restsUntil: 0, failures: MAX_FAILURES - 1 }, { health: 'up', now });
}

/** missed takes in a look at the provider that failed; one is believed where it is sure, where calls failed, too, or nothing else is known. */
export function missed(
	vitals: Vitals,
	{ now, trouble, isSure = false }: { now: number; trouble: string; isSure?: boolean },
): Vitals {
	const misses = vitals.misses + 1;
	const heard = { ...vitals, misses, heardAt: now };
	const believed = isSure || misses >= MAX_MISSES || vitals.failures > 0 || ['unknown', 'down'].includes(vitals.health);
	if (!believed) return heard;
	// Calls are not kept from it: they may show that the look was wrong, or tell more.
	return turned(
		{ ...heard, cause: vitals.health === 'down' ? vitals.cause : 'line' },
		{ health: 'down', now, trouble },
	);
}

/** isInDoubt tells whether the next look should come soon. */
export function isInDoubt({ health, failures, misses }: Vitals): boolean {
	return health === 'unknown' || health === 'down' || failures > 0 || misses > 0;
}

/** restsUntil is until when no call is to be made; undefined where one may be. A refusal is quick and says what is wrong, so it spares nobody. */
export function restsUntil(vitals: Vitals, now: number): number | undefined {
	return vitals.cause !== 'refusal' && vitals.restsUntil > now ? vitals.restsUntil : undefined;
}

/** isOnTrial tells whether only one call may find out whether the model is well again. */
export function isOnTrial({ failures, cause }: Vitals): boolean {
	return failures >= MAX_FAILURES && cause !== 'refusal';
}

/** medianFirstMs is how long the first word took of late; undefined where nobody knows. */
export function medianFirstMs({ firsts }: Vitals): number | undefined {
	return median(firsts);
}

const MAX_FAILURES = 3;
const MAX_MISSES = 2;
const REST_MS = 30_000;
const MAX_REST_MS = 300_000;
const KEPT_FIRSTS = 15;
/** So many replies show slowness; a single late one does not. */
const RECENT_FIRSTS = 5;
const SLOW_MS = 10_000;
/** A slow model must be clearly quicker to count as quick again. */
const QUICK_MS = 6_000;

function slowness(firsts: readonly number[], wasSlow: boolean): number | undefined {
	const recent = firsts.slice(-RECENT_FIRSTS);
	const late = median(recent);
	if (late === undefined || recent.length < RECENT_FIRSTS) return wasSlow ? late : undefined;
	return late > (wasSlow ? QUICK_MS : SLOW_MS) ? late : undefined;
}

function median(values: readonly number[]): number | undefined {
	return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}

function turned(
	vitals: Vitals,
	{ health, now, trouble }: { health: ModelHealth; now: number; trouble?: string },
): Vitals {
	const since = health === vitals.health ? vitals.since : now;
	return {
		...vitals,
		health,
		since,
		trouble: health === vitals.health ? trouble && (vitals.trouble ?? trouble) : trouble,
	};
}
