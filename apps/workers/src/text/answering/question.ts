import { type Figure, findFigures } from '../figures.ts';

/** QuestionType is what kind of thing would answer a question. */
export type QuestionType =
	| 'who'
	| 'when'
	| 'money'
	| 'count'
	| 'percent'
	| 'duration'
	| 'where'
	| 'contact'
	| 'yes-no'
	| 'list'
	| 'open';

/** Question is a question taken apart: what kind of answer it wants, and the words that say what it is about. */
export interface Question {
	readonly type: QuestionType;
	readonly about: string;
	/** Words in the question that are names, and so must be met. */
	readonly names: readonly string[];
	/** What "how wide", "how loud" measures. */
	readonly measure?: string | undefined;
	/** What "how many" counts. */
	readonly counted?: string | undefined;
}

/** readQuestion tells what a question asks for. */
export function readQuestion(text: string): Question {
	const question = text.trim();
	const [type, about] = typeOf(question);
	return {
		type,
		about,
		names: namesIn(question),
		measure: /\bhow (\p{Ll}+)\b/iu.exec(about)?.[1],
		counted:
			type === 'count' ? /\bhow many (?:\p{Ll}+ly )?([\p{Ll}-]+(?: [\p{Ll}-]+s\b)?)/iu.exec(question)?.[1] : undefined,
	};
}

function typeOf(question: string): [QuestionType, string] {
	for (const [type, pattern] of PATTERNS) {
		const found = pattern.exec(question);
		if (found !== null) return [type, question.replace(found[0], found.groups?.['keep'] ?? ' ')];
	}
	return ['open', question];
}

/** What is cut out asks for the kind of answer; the rest says what about. `keep` is put back. */
const PATTERNS: readonly (readonly [QuestionType, RegExp])[] = [
	[
		'duration',
		/\bhow long\b|\b(?:for )?how many (?:years|months|weeks|days|hours|minutes)\b|\bwhat (?:is|are) the (?<keep>duration|length|term|notice period|waiting period)\b/i,
	],
	[
		'percent',
		/\b(?:what|which|how (?:many|much|high|large|big)) (?:\w+ )?(?:per ?cent(?:age)?|share|proportion|fraction)\b/i,
	],
	[
		'money',
		/\bhow (?:much|expensive)\b|\b(?:at )?what (?:\w+ ){0,3}?(?<keep>cost|price|fee|premium|budget|salary|rent|fine|penalty|deductible|excess|amount|sum|fare|deposit)s?\b/i,
	],
	['count', /\bhow (?:many|often)\b|\bwhat (?:is the )?number of\b/i],
	[
		'when',
		/^(?:\w+ )?when\b|\b(?:on |by |since |until )?(?:what|which) (?:date|day|year|month|time)\b|\bwhat (?:is|are) the (?<keep>deadline|due date|date|dates|opening hours)\b/i,
	],
	[
		'contact',
		/\bhow (?:can|do|could) (?:i|we|you|one|people) (?:contact|reach|call)\b|\bwhat (?:is|are) the (?:\w+ ){0,2}(?<keep>phone|telephone|e-?mail|contact)\b/i,
	],
	['where', /^(?:\w+ )?where\b|\b(?:in |at )?(?:what|which) (?:place|city|town|country|location|address)\b/i],
	['who', /^(?:\w+ )?who(?:m|se)?\b|\b(?:what|which) (?:person|people|author|company|organi[sz]ation)\b/i],
	[
		'list',
		/^(?:what|which) (?:are|(?:\w+ ){0,2}\w+s (?:are|do|does|must|can|will|have|were)\b)|^(?:list|name)\b|\bwhat (?:is|are) (?:not )?(?<keep>covered|excluded|included|insured)\b/i,
	],
	['yes-no', /^(?:is|are|was|were|does|do|did|has|have|had|can|could|will|would|should|may|must)\b/i],
];

function namesIn(question: string): string[] {
	return [...question.matchAll(/(?<=\p{Ll}[,;]? )\p{Lu}[\p{L}\d’'-]+/gu)].map(([name]) => name.toLowerCase());
}

/** answersIn finds in a sentence what would answer a question of some type; undefined where any sentence may. */
export function answersIn(plain: string, type: QuestionType): readonly Pick<Figure, 'start' | 'end'>[] | undefined {
	switch (type) {
		case 'when':
			return distinct([...figures(plain, 'date'), ...matches(plain, TIME)]);
		case 'money':
		case 'percent':
		case 'duration':
			return figures(plain, type);
		case 'count':
			return distinct([...figures(plain, 'count', 'quantity'), ...matches(plain, NUMBER)]);
		case 'who':
			return matches(plain, SOMEBODY);
		case 'where':
			return matches(plain, SOMEWHERE);
		case 'contact':
			return matches(plain, CONTACT);
		case 'yes-no':
		case 'list':
		case 'open':
			return undefined;
	}
}

type Place = Pick<Figure, 'start' | 'end'>;

/** Of places that overlap the first stays. */
function distinct(places: readonly Place[]): Place[] {
	const kept: Place[] = [];
	for (const place of places) {
		if (!kept.some(({ start, end }) => place.start < end && start < place.end)) kept.push(place);
	}
	return kept;
}

function figures(plain: string, ...kinds: readonly Figure['kind'][]): Figure[] {
	return findFigures(plain).filter(({ kind }) => kinds.includes(kind));
}

function matches(plain: string, pattern: RegExp): { start: number; end: number }[] {
	return Array.from(plain.matchAll(pattern), ({ 0: found, index }) => ({ start: index, end: index + found.length }));
}

const MONTHS = 'January|February|March|April|May|June|July|August|September|October|November|December';
const TIME = new RegExp(
	`\\b(?:(?:${MONTHS})(?: \\d{1,2})?|\\d{1,2} (?:${MONTHS})|(?:19|20)\\d\\d|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?|\\d{1,2}(?::\\d\\d)? ?(?:[ap]\\.?m\\b|o’clock)|\\d{1,2}:\\d\\d|noon|midnight|tomorrow|next (?:week|month|year|spring|summer|autumn|winter))\\b`,
	'g',
);
const NUMBER =
	/(?<![\p{L}\d])(?:\d[\d,.]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|once|twice|daily|weekly|monthly|yearly)(?![\p{L}\d])/giu;
const SOMEBODY =
	/(?:(?:Mr|Mrs|Ms|Dr|Prof|Sir|Dame|President|Minister|Mayor|Councillor|Senator|Judge)\.? )?\p{Lu}[\p{L}’'-]+(?: (?:de|van|von|der|of|the|for|and) (?=\p{Lu})| )?(?:\p{Lu}[\p{L}’'.-]*\s?)+|\b[Tt]he (?:government|ministry|council|committee|company|agency|owner|tenant|landlord|insurer|insured|police|court|parliament|employer|employee|customer|seller|buyer)s?\b|\b(?:[Oo]wners|[Rr]esearchers|[Oo]perators|[Ff]armers|[Tt]enants|[Ee]mployees|[Mm]embers|[Cc]ustomers|[Cc]itizens|[Rr]esidents|[Ss]tudents)\b/gu;
const SOMEWHERE =
	/\b(?:in|at|near|from|to|on|outside|between|across|along|throughout) (?:the )?(?:\w+ ){0,2}\p{Lu}[\p{L}’'-]+|\b\d{1,4} \p{Lu}\p{L}+ (?:Street|Road|Avenue|Lane|Square|Drive|Way|Quay)\b|\b(?:Street|Road|Avenue|Square)\b/gu;
const CONTACT = /[\w.+-]+@[\w-]+\.[\w.]+|(?:\+|\b0|\(\d)[\d ()/-]{6,}\d|\bhttps?:\/\/\S+|\bwww\.\S+/g;
