import nlp from 'compromise';
import type { EntityKind, Found } from './found.ts';

/** findNames finds people, organisations and places in a short text; on long ones the library gets slow, so callers pass sentences. */
export function findNames(text: string, kinds: ReadonlySet<EntityKind>): Found[] {
	if (!/\p{Lu}\p{Ll}/u.test(text)) return [];
	const found: Found[] = [];
	const organisations = new Set<string>();
	for (const value of [...byForm(text, ORGANISATION), ...byLibrary(text, 'organisations')]) {
		if (isName(value) && ![...organisations].some((known) => known.includes(value))) organisations.add(value);
	}
	if (kinds.has('organisations')) for (const value of organisations) found.push({ kind: 'organisations', value });
	const taken = [...organisations].join(' | ');
	if (kinds.has('people')) {
		const people = new Set([...byForm(text, TITLED), ...byLibrary(text, 'people')].map(withoutTitle));
		for (const value of people) if (isPerson(value) && !taken.includes(value)) found.push({ kind: 'people', value });
	}
	if (kinds.has('places')) {
		for (const value of new Set(byLibrary(text, 'places')))
			if (isName(value) && !taken.includes(value)) found.push({ kind: 'places', value });
	}
	return found;
}

const WORD = "\\p{Lu}[\\p{L}&'’.-]*";
const FORMS =
	'Inc|Ltd|LLC|LLP|plc|PLC|GmbH|AG|SE|S\\.A|SA|Corp|Corporation|Company|Co|Group|Holdings?|Mutual|Bank|Insurance|University|Institute|Ministry|Council|Foundation|Association|Agency|Authority|Office|Committee|Commission|Partners|Society|Trust|College|Hospital|Airlines|Motors';
const ORGANISATION = new RegExp(
	`(?<![\\p{L}])((?:${WORD}\\s(?:(?:of|for|&)\\s)?){1,5}(?:${FORMS})(?:\\.(?=\\s\\p{Ll}|,))?(?:\\s(?:${FORMS}|of\\s${WORD}))?)(?![\\p{L}])`,
	'gu',
);
const TITLED = new RegExp(
	`(?<![\\p{L}])((?:Dr|Mr|Mrs|Ms|Prof|Professor|Sir|Dame|President|Minister|Judge|Herr|Frau)\\.?\\s(?:${WORD}\\s){0,2}${WORD})`,
	'gu',
);
const TITLE = /^(?:(?:Dr|Mr|Mrs|Ms|Prof|Professor|Sir|Dame|President|Minister|Judge|Herr|Frau)\.?\s+)+/u;

function byForm(text: string, pattern: RegExp): string[] {
	return [...text.matchAll(pattern)].map((match) => trimmed(match[1] ?? ''));
}

function byLibrary(text: string, kind: 'people' | 'organisations' | 'places'): string[] {
	const document = nlp(text.replace(/['’]s(?![\p{L}])/gu, ''));
	const view = kind === 'people' ? document.people() : kind === 'places' ? document.places() : document.organizations();
	return (view.out('array') as string[])
		.flatMap((value) => value.split(/\s*[,|;:]\s+|\s+[–—]\s+/))
		.map(trimmed)
		.filter((value) => text.includes(value));
}

function trimmed(value: string): string {
	return value
		.replace(/^(?:The|the|Our|our|In|At|From|By|We|And|For|To|With|When|If|You|Your|Please)\s+/u, '')
		.replace(/['’]s$/u, '')
		.replace(/^[^\p{L}\d]+|[^\p{L}\d.)]+$/gu, '')
		.replace(/(?<![\p{Lu}]|Inc|Ltd|Co|Corp)\.$/u, '')
		.trim();
}

function withoutTitle(value: string): string {
	return value.replace(TITLE, '');
}

/** Names are written with capitals, except small words within them. */
function isName(value: string): boolean {
	const words = value.split(/\s+/);
	return (
		value.length >= 2 &&
		value.length <= 80 &&
		words.length <= 8 &&
		!/\d{3}|[$€£@/\\<>]/.test(value) &&
		words.every(
			(word) => /^\p{Lu}/u.test(word) || /^(?:of|and|the|for|de|la|le|van|von|der|den|du|da|&|upon)$/u.test(word),
		) &&
		!NOT_A_NAME.has(value.toLowerCase())
	);
}

function isPerson(value: string): boolean {
	return (
		isName(value) &&
		/^\p{L}/u.test(value) &&
		(value.includes(' ') || /^\p{Lu}\p{Ll}{2,}$/u.test(value)) &&
		value.split(' ').length <= 4
	);
}

const NOT_A_NAME = new Set(
	'i we you he she it they monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december note example section chapter page table figure annex dear yes no internet email mail web insurance company group bank office'.split(
		' ',
	),
);
