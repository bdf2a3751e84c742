import { isTimeZone } from './wall-time.ts';

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

/** ZONE_ABBREVIATIONS are short names whose clock is known, in small letters. */
export const ZONE_ABBREVIATIONS: readonly string[] = Object.keys(SHORT);

/** timeZoneOf finds the IANA name that words mean: `Europe/Berlin`, `CET`, `Tokyo`, `new york time`; undefined where they mean none. */
export function timeZoneOf(words: string): string | undefined {
	const name = words.trim().replace(/ time$/i, '');
	const small = name.toLowerCase();
	return (Object.hasOwn(SHORT, small) ? SHORT[small] : undefined) ?? timeZoneNamed(name) ?? timeZoneOfCity(small);
}

let byName: Map<string, string> | undefined;
let byCity: Map<string, string> | undefined;

/** timeZoneNamed finds an IANA name, however its letters are cased. */
export function timeZoneNamed(name: string): string | undefined {
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

/** timeZoneOfCity finds the zone of a place, as in `new york`; small letters. */
export function timeZoneOfCity(city: string): string | undefined {
	byCity ??= new Map(
		Intl.supportedValuesOf('timeZone').map((zone) => [
			(zone.split('/').at(-1) ?? '').replaceAll('_', ' ').toLowerCase(),
			zone,
		]),
	);
	return Object.hasOwn(CITIES, city) ? CITIES[city] : byCity.get(city);
}
