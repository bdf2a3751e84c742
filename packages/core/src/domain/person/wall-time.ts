// Making one takes a hundred times as long as asking it.
const formats = new Map<string, Intl.DateTimeFormat>();
const MAX_FORMATS = 100;

/** wallTime is what a clock on a wall of this time zone shows, as if that were UTC: ms since 1970. */
export function wallTime(timeZone: string, at: number): number {
	const part: Record<string, number> = {};
	for (const { type, value } of formatOf(timeZone).formatToParts(at)) part[type] = Number(value);
	const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
	return Date.UTC(year, month - 1, day, hour, minute, second) + (at - Math.floor(at / 1_000) * 1_000);
}

/** isTimeZone tells names of time zones (`Europe/Berlin`, `UTC`) from other words. */
export function isTimeZone(name: string): boolean {
	try {
		formatOf(name);
		return true;
	} catch {
		return false;
	}
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
	const known = formats.get(timeZone);
	if (known !== undefined) return known;
	const format = new Intl.DateTimeFormat('en-US', {
		timeZone,
		calendar: 'iso8601',
		numberingSystem: 'latn',
		hourCycle: 'h23',
		year: 'numeric',
		month: 'numeric',
		day: 'numeric',
		hour: 'numeric',
		minute: 'numeric',
		second: 'numeric',
	});
	if (formats.size >= MAX_FORMATS) formats.clear();
	formats.set(timeZone, format);
	return format;
}
