/** Section is one part of the benchmark's report. */
export interface Section {
	readonly title: string;
	/** How it was measured, so that a reader can tell what the figures do not say. */
	readonly how: string;
	readonly tables: readonly Table[];
	readonly goals: readonly Goal[];
}

/** Table is figures in rows, the first column naming them. */
export interface Table {
	readonly columns: readonly string[];
	readonly rows: readonly (readonly string[])[];
}

/** Goal is one figure that was asked for, beside what was measured. */
export interface Goal {
	readonly what: string;
	readonly wanted: string;
	readonly measured: string;
	readonly met: boolean;
}

/** rate writes a number per second. */
export function rate(perSecond: number): string {
	return Math.round(perSecond).toLocaleString('en');
}

/** ms writes a time, finer the shorter it is. */
export function ms(time: number): string {
	return time < 10 ? time.toFixed(2) : time < 100 ? time.toFixed(1) : Math.round(time).toLocaleString('en');
}

/** times writes a ratio. */
export function times(ratio: number): string {
	return `${ratio < 10 ? ratio.toFixed(2) : Math.round(ratio).toLocaleString('en')}×`;
}

/** megabytes writes bytes. */
export function megabytes(bytes: number): string {
	return `${Math.round(bytes / 1_000_000)} MB`;
}
