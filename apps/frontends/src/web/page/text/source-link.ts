const PREFIX = '#source-';

/** sourceAddress is where a citation of a source leads, counted from 1. */
export const sourceAddress = (place: number): string => PREFIX + place;

/** sourceOf says which source a citation's address leads to. */
export function sourceOf(href: string | null): number | undefined {
	const place = href?.startsWith(PREFIX) ? Number(href.slice(PREFIX.length)) : Number.NaN;
	return Number.isInteger(place) ? place : undefined;
}
