import { NUMBER, readNumber } from './numbers.ts';

/** Where a phrase inside a clause ends: punctuation, or the beginning of another phrase. */
const PHRASE_END =
	/[.;?!\n:]|,? (?:and|so|because|since|then|but) (?:then |also )?(?:recommend|tell|say|pick|choose|write|prepare|draft|make|give|explain|suggest|show|list|I|we|save|which|who|what)\b|,? (?:based on|using|so that|because|in (?:the form|a table|under|at most|\d|one|two|three|four|five|six|ten)|from (?:these|this|those|the|all|my|our))\b|,?(?: (?:from|in|on|at|of|with|by|and|to))*\s?\uE000/i;

/**
 * topicOf finds what a clause is about: after "about", "regarding", "concerning", else "on". A pronoun is no topic: what it
 * means is said elsewhere.
 */
export function topicOf(clause: string): string | undefined {
	for (const start of [
		/\b(?:about|regarding|concerning|with regard to|focus(?:s?ing|s?ed)? on)\s+/i,
		/\b(?:on|of what)\s+/i,
	]) {
		const found = start.exec(clause);
		if (found === null) continue;
		const topic = phrase(clause.slice(found.index + found[0].length), 120).replace(/^the (?:topic|subject) of /i, '');
		const pronoun =
			/^(?:it|its|this|that|them|these|those|him|her|each|all|both)\b(?: (?:one|pages?|documents?|files?|articles?|sites?|links?|sources?)| ?$)/i;
		if (topic !== '' && !pronoun.test(topic) && !/^(?:it|this|that|them|these|those)$/i.test(topic)) return topic;
	}
	return undefined;
}

const TIME =
	/^(?:tomorrow|today|tonight|now|noon|midnight|monday|tuesday|wednesday|thursday|friday|saturday|sunday|next|the end|end of|\d)/i;

/** criteriaOf finds what things are to be compared by: "by premium, deductible and exclusions", "on price and battery life". */
export function criteriaOf(clause: string): string[] {
	const starts = [
		/\b(?:criteria|criterion|aspects|factors)(?: are| is|:)\s*/i,
		/\b(?:in terms of|with respect to|with regard to|in view of|according to|considering|regarding|based on|looking at|by)\s+/i,
		/\bon\s+/i,
	];
	for (const start of starts) {
		const found = start.exec(clause);
		if (found === null) continue;
		const rest = clause
			.slice(found.index + found[0].length)
			.replace(/^(?:the following|these)(?: criteria| aspects)?:?\s*/i, '');
		const ended =
			phrase(rest, 600).split(/ for (?:a|an|the|my|our|me|us|someone|people)\b| to (?:find|see|decide|choose)\b/i)[0] ??
			'';
		if (TIME.test(ended)) continue;
		const criteria = ended
			.split(/,\s*(?:and|or)?\s*| and | or | & |\s*\/\s*/i)
			.map((part) => part.replace(/^(?:their|its|the|my|our|both|and|or) /i, '').trim())
			.filter((part) => part !== '' && part.length <= 60 && part.split(' ').length <= 6);
		if (criteria.length > 0) return [...new Set(criteria)].slice(0, 20);
	}
	return [];
}

/** Length says how long a text is to be. */
export interface Length {
	readonly maxSentences?: number;
	readonly style?: 'paragraph' | 'bullets';
}

const COUNTED = new RegExp(
	`\\b(${NUMBER})(?: (?:most )?[a-z]+){0,2}? (sentences?|bullets?|bullet points?|points?|lines?|words|paragraphs?|facts|takeaways|things)\\b`,
	'i',
);

/** lengthOf reads "in 3 bullets", "the top 5 sentences", "in one paragraph", "in 100 words", "briefly". */
export function lengthOf(clause: string): Length {
	const counted = COUNTED.exec(clause);
	const unit = counted?.[2]?.toLowerCase() ?? '';
	const number = Math.max(1, readNumber(counted?.[1] ?? '0'));
	const style = /\b(?:bullets?|points|list|takeaways)\b/i.test(clause) ? { style: 'bullets' as const } : {};
	if (counted === null)
		return /\b(?:brief|briefly|briefer|short|shortly|shorter)\b/i.test(clause) ? { maxSentences: 3, ...style } : style;
	if (unit === 'words') return { maxSentences: Math.min(40, Math.max(1, Math.round(number / 20))), ...style };
	if (unit.startsWith('paragraph')) return { maxSentences: Math.min(40, number * 5), style: 'paragraph' };
	return {
		maxSentences: Math.min(40, number),
		...(/^(?:bullet|point|takeaway|thing|fact)/.test(unit) ? { style: 'bullets' as const } : style),
	};
}

const ONLY_LENGTH = new RegExp(
	`^(?:(?:but|only|just|rather|instead|make (?:it|that|this)|keep (?:it|that|this)|to|in|as|with|use|at most|no more than|please|a bit|a|much) )*(?:(?:${NUMBER})(?: (?:most )?[a-z]+){0,2}? (?:sentences?|bullets?|bullet points?|points?|lines?|words|paragraphs?)|bullets|bullet points|brief(?:er|ly)?|short(?:er|ly)?)(?: (?:please|only|instead|at most|will do|is enough|are enough))*\\W*$`,
	'i',
);

/** saysOnlyLength tells words that ask for nothing by themselves but how long something is to be: "in one bullet please". */
export function saysOnlyLength(clause: string): boolean {
	return ONLY_LENGTH.test(clause.slice(0, 200));
}

/** audienceOf reads whom a text is for: "an e-mail to my landlord", "talking points for the board". */
export function audienceOf(clause: string): string | undefined {
	const found =
		/\b(?:e-?mail|mail|letter|message|memo|report|briefing|brief|notes|points|messages) (?:to|for) ((?:my |our |the |a |an )?[\p{L}][\p{L}' -]{1,60})/iu.exec(
			clause,
		);
	const sent = found ?? /^(?:e-?mail|mail|send) (?:it|them|this|that) to (\p{L}[\p{L}' -]{1,60})/iu.exec(clause);
	const last = sent ?? /\bfor ((?:my|our|the) [\p{L}' -]{2,40})\W*$/iu.exec(clause);
	const audience = last?.[1]
		?.split(/ (?:about|on|regarding|concerning|with|from|and|that|which|based|saying|of|explaining)\b/i)[0]
		?.trim();
	return audience === undefined || /^(?:me|us|it|this|that)$/i.test(audience) ? undefined : audience;
}

/** countOf reads how many things are meant: "these three policies", "both offers". */
export function countOf(clause: string): number | undefined {
	const found = new RegExp(
		`\\b(?:these|those|the|my|our|following|all|compare) (?:following )?(${NUMBER})\\b(?! (?:bullets?|sentences?|points?|criteria|aspects|most|best|top))`,
		'i',
	).exec(clause);
	const bare = found ?? /\b(both)\b/i.exec(clause);
	return bare?.[1] === undefined ? undefined : readNumber(bare[1]);
}

const THINGS = new RegExp(
	`\\b(?:these|those|my|our|following|the (?=${NUMBER})) ?(?:following )?(?:(?:${NUMBER}) )?((?:[a-z-]+ ){0,2}?[a-z-]*[^s\\W]s)\\b`,
	'i',
);

/** thingsOf reads what the things are called, in the plural: "insurance policies". */
export function thingsOf(clause: string): string | undefined {
	const things = THINGS.exec(clause)?.[1]?.toLowerCase();
	const noName = /\b(?:and|or|of|by|on|to|for|is|as|this|us|does|has|links?|urls?|differences?)\b/;
	return things === undefined || noName.test(things) ? undefined : things;
}

function phrase(text: string, limit: number): string {
	return (text.slice(0, limit).split(PHRASE_END)[0] ?? '').replace(/["“”'’,\s]+$/, '').replace(/^["“”'‘\s]+/, '');
}
