import { z } from 'zod';

/** CatchUp says what becomes of due times that passed while nothing ran: none of them, one run for all, or each. */
export const CatchUp = z.enum(['skip', 'once', 'all']);

/**
 * ScheduleRule says when. `cron` has five or six fields (seconds first), or a nickname like `@daily`; several such lines, with `;` between
 * them, fall due whenever one of them does (`0 8 * * *; 30 17 * * *`). `every` counts from `from`, and
 * where that is there, whole days are counted on the calendar of the time zone, so that the time of the day stays.
 * A local time that the clock skips in spring falls due right after the gap; one that comes twice in autumn falls due once.
 */
export const ScheduleRule = z.strictObject({
	timing: z.union([
		z.strictObject({ kind: z.literal('cron'), cron: z.string().min(1).max(1_000) }),
		z.strictObject({ kind: z.literal('every'), everyMs: z.int().min(1_000), from: z.int().optional() }),
		z.strictObject({ kind: z.literal('once'), at: z.int() }),
	]),
	/** IANA name of a time zone. */
	timeZone: z.string().min(1).max(64),
	/** Each due time is moved by up to so much, ms, always by the same for the same due time. */
	jitterMs: z.int().min(0).max(86_400_000).default(0),
	catchUp: CatchUp.default('once'),
	/** No due times before or after, ms since 1970. */
	notBefore: z.int().optional(),
	notAfter: z.int().optional(),
	/** It ends after so many runs. */
	maxRuns: z.int().min(1).optional(),
});
export type ScheduleRule = z.infer<typeof ScheduleRule>;

/**
 * ScheduleWhat is what is submitted at a due time: a goal in words, or a workflow with its input. `tell` says of which runs the person
 * hears: of each; of those whose result says that something changed (`changed: true`); or all of a while at once, as a digest.
 */
export const ScheduleWhat = z.strictObject({
	do: z.union([
		z.strictObject({ kind: z.literal('goal'), goal: z.string().min(1).max(20_000) }),
		z.strictObject({ kind: z.literal('workflow'), name: z.string().min(1).max(63), input: z.json().default({}) }),
		/** Only says it. */
		z.strictObject({ kind: z.literal('remind'), text: z.string().min(1).max(2_000) }),
	]),
	tell: z
		.union([z.enum(['each', 'changes', 'never']), z.strictObject({ digest: z.string().min(1).max(200) })])
		.default('each'),
	/** Give the next run what this one's result has as `keep`, as its input's `kept`. */
	carry: z.boolean().default(false),
	/** What becomes of a due time while a run still goes on: it is begun all the same, or left out. Left out where runs carry something, else begun. */
	overlap: z.enum(['start', 'skip']).optional(),
});
export type ScheduleWhat = z.infer<typeof ScheduleWhat>;
