/** ClockTime is a time of the day. */
export interface ClockTime {
	readonly hour: number;
	readonly minute: number;
	readonly second: number;
}

/** Recurrence is how often: on dates (fields of a cron line), after a while, or every so many days. */
export type Recurrence =
	| { readonly kind: 'dates'; readonly day: string; readonly month: string; readonly weekday: string }
	| {
			readonly kind: 'interval';
			readonly unitMs: number;
			readonly count: number;
			readonly weekday?: string | undefined;
	  }
	| { readonly kind: 'days'; readonly count: number; readonly weekday?: number | undefined };

/** Moment is a day (as a wall calendar shows it, ms), with a time of the day where one was said; or an instant. */
export type Moment =
	| { readonly kind: 'instant'; readonly at: number }
	| {
			readonly kind: 'day';
			readonly wall: number;
			readonly time?: ClockTime | undefined;
			/** Known by the day of the week alone, so that the next one is meant. */
			readonly weekly: boolean;
			readonly offsetMinutes?: number | undefined;
	  };

/** Phrase is what words about time said, part by part. */
export interface Phrase {
	readonly cron?: string | undefined;
	readonly recurrence?: Recurrence | undefined;
	readonly times?: readonly ClockTime[] | undefined;
	/** The part of the day that was named, by which a later hour is meant: `every evening at 8`. */
	readonly part?: string | undefined;
	/** Hours of the day between which an interval runs. */
	readonly hours?: { readonly from: number; readonly to: number } | undefined;
	readonly moment?: Moment | undefined;
	readonly timeZone?: string | undefined;
	readonly until?: Moment | undefined;
	readonly from?: Moment | undefined;
	readonly maxRuns?: number | undefined;
	/** Why it cannot be followed, though it was understood. */
	readonly refused?: string | undefined;
}

/** Given is what the words are said in. */
export interface Given {
	readonly timeZone: string;
	readonly now: number;
}

/** Reader reads one part at the beginning of a text (small letters), given what was read before it. */
export type Reader = (
	text: string,
	before: Phrase,
	given: Given,
) => { readonly length: number; readonly phrase: Phrase } | undefined;
