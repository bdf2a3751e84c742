import { isTimeZone } from '../../domain/person/wall-time.ts';
import type { Reader } from './phrase.ts';

/** Short names of zones, by the place whose clock they mean. */
const SHORT: Readonly<Record<string, string>> = {
	utc: 'UTC',
	gmt: 'UTC',
	pst: 'America/Los_Angeles',
	pdt: 'America/Los_Angeles',
	pt: 'America/Los_Angeles',
	mst: 'America/Denver',
	mdt: 'America/Denver',
	cst: 'America/Chicago',
	cdt: 'America/Chicago',
	est: 'America/New_York',
	edt: 'America/New_York',
	et: 'America/New_York',
	cet: 'Europe/Berlin',
	cest: 'Europe/Berlin',
	mez: 'Europe/Berlin',
	mesz: 'Europe/Berlin',
	eet: 'Europe/Helsinki',
	eest: 'Europe/Helsinki',
	bst: 'Europe/London',
	msk: 'Europe/Moscow',
	ist: 'Asia/Kolkata',
	jst: 'Asia/Tokyo',
	kst: 'Asia/Seoul',
	aest: 'Australia/Sydney',
	aedt: 'Australia/Sydney',
	nzst: 'Pacific/Auckland',
	nzdt: 'Pacific/Auckland',
};
/** Cities that give no zone its name. */
const CITIES: Readonly<Record<string, string>> = {
	'san francisco': 'America/Los_Angeles',
	seattle: 'America/Los_Angeles',
	boston: 'America/New_York',
	washington: 'America/New_York',
	miami: 'America/New_York',
	munich: 'Europe/Berlin',
	hamburg: 'Europe/Berlin',
	frankfurt: 'Europe/Berlin',
	milan: 'Europe/Rome',
	barcelona: 'Europe/Madrid',
	geneva: 'Europe/Zurich',
	beijing: 'Asia/Shanghai',
	delhi: 'Asia/Kolkata',
	'new delhi': 'Asia/Kolkata',
	mumbai: 'Asia/Kolkata',
	bangalore: 'Asia/Kolkata',
	osaka: 'Asia/Tokyo',
};
const IANA = /^\(?(?:in |at )?((?:[a-z]+\/[a-z_+-]+(?:\/[a-z_+-]+)?|etc\/gmt[+-]\d+))( time)?\)?(?![\w/])/i;
const ABBREVIATED = new RegExp(`^\\(?(?:in )?(${Object.keys(SHORT).join('|')})( time)?\\)?(?![\\w/])`);

/** readZone reads whose clock is meant: `in Tokyo`, `Berlin time`, `PST`, `(Europe/Berlin)`. */
export const readZone: Reader = (text, before) => {
	if (before.timeZone !== undefined || Object.keys(before).length === 0) return undefined;
	const iana = IANA.exec(text);
	const named = iana?.[1] === undefined ? undefined : zoneNamed(iana[1]);
	if (iana !== null && named !== undefined) return read(iana[0], named);
	const short = ABBREVIATED.exec(text);
	if (short !== null) return read(short[0], SHORT[short[1] ?? ''] ?? 'UTC');
	if (before.times === undefined && before.moment === undefined) return undefined;
	for (let words = 3; words > 0; words--) {
		const found = new RegExp(`^(in )?((?:[a-z.'’-]+ ){${words - 1}}[a-z.'’-]+)( time)?(?![\\w/])`).exec(text);
		const zone = found?.[2] === undefined ? undefined : zoneOfCity(found[2].replace(/ time$/, ''));
		const said = found?.[1] !== undefined || / time$/.test(found?.[0] ?? '');
		if (found !== null && zone !== undefined && said) return read(found[0], zone);
	}
	return undefined;

	function read(words: string, timeZone: string) {
		return { length: words.length, phrase: { ...before, timeZone } };
	}
};

let byName: Map<string, string> | undefined;
let byCity: Map<string, string> | undefined;

function zoneNamed(name: string): string | undefined {
	byName ??= new Map(Intl.supportedValuesOf('timeZone').map((zone) => [zone.toLowerCase(), zone]));
	const known = byName.get(name.toLowerCase());
	if (known !== undefined || !isTimeZone(name)) return known;
	const capital = (part: string) => part.replace(/^[a-z]/, (letter) => letter.toUpperCase());
	return name
		.toLowerCase()
		.split('/')
		.map((part) => part.split('_').map(capital).join('_'))
		.join('/');
}

function zoneOfCity(city: string): string | undefined {
	byCity ??= new Map(
		Intl.supportedValuesOf('timeZone').map((zone) => [
			(zone.split('/').at(-1) ?? '').replaceAll('_', ' ').toLowerCase(),
			zone,
		]),
	);
	return Object.hasOwn(CITIES, city) ? CITIES[city] : byCity.get(city);
}
