import { gsmUnits, isGsm } from './gsm-text.ts';

/** SmsLength is what a text costs to send: carriers count segments. */
export interface SmsLength {
	readonly encoding: 'GSM-7' | 'UCS-2';
	readonly segments: number;
	/** Septets of GSM-7, UTF-16 units of UCS-2. */
	readonly units: number;
}

// A text of several segments loses room in each for the header that puts them back together.
const ROOM = {
	'GSM-7': { single: 160, part: 153 },
	'UCS-2': { single: 70, part: 67 },
} as const;

/** smsSegments counts as carriers do: neither an escaped character nor a surrogate pair is ever cut in two. */
export function smsSegments(text: string): SmsLength {
	const encoding = isGsm(text) ? 'GSM-7' : 'UCS-2';
	const room = ROOM[encoding];
	let units = 0;
	let segments = 1;
	let used = 0;
	for (const character of text) {
		const size = encoding === 'GSM-7' ? (gsmUnits(character) ?? 1) : character.length;
		units += size;
		if (used + size > room.part) {
			segments += 1;
			used = 0;
		}
		used += size;
	}
	return { encoding, units, segments: units <= room.single ? 1 : segments };
}
