import { timeZoneNamed, timeZoneOf, timeZoneOfCity, ZONE_ABBREVIATIONS } from '../../domain/person/zone-names.ts';
import type { Reader } from './phrase.ts';

const IANA = /^\(?(?:in |at )?((?:[a-z]+\/[a-z_+-]+(?:\/[a-z_+-]+)?|etc\/gmt[+-]\d+))( time)?\)?(?![\w/])/i;
const ABBREVIATED = new RegExp(`^\\(?(?:in )?(${ZONE_ABBREVIATIONS.join('|')})( time)?\\)?(?![\\w/])`);

/** readZone reads whose clock is meant: `in Tokyo`, `Berlin time`, `PST`, `(Europe/Berlin)`. */
export const readZone: Reader = (text, before) => {
	if (before.timeZone !== undefined || Object.keys(before).length === 0) return undefined;
	const iana = IANA.exec(text);
	const named = iana?.[1] === undefined ? undefined : timeZoneNamed(iana[1]);
	if (iana !== null && named !== undefined) return read(iana[0], named);
	const short = ABBREVIATED.exec(text);
	if (short !== null) return read(short[0], timeZoneOf(short[1] ?? '') ?? 'UTC');
	if (before.times === undefined && before.moment === undefined) return undefined;
	for (let words = 3; words > 0; words--) {
		const found = new RegExp(`^(in )?((?:[a-z.'’-]+ ){${words - 1}}[a-z.'’-]+)( time)?(?![\\w/])`).exec(text);
		const zone = found?.[2] === undefined ? undefined : timeZoneOfCity(found[2].replace(/ time$/, ''));
		const said = found?.[1] !== undefined || / time$/.test(found?.[0] ?? '');
		if (found !== null && zone !== undefined && said) return read(found[0], zone);
	}
	return undefined;

	function read(words: string, timeZone: string) {
		return { length: words.length, phrase: { ...before, timeZone } };
	}
};
