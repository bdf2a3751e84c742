/** MAX_CLAUSES bounds how many requests of one goal are looked at. */
export const MAX_CLAUSES = 20;

const SURE =
	'compare|contrast|summari[sz]e|sum up|extract|pull out|analy[sz]e|examine|evaluate|assess|recommend|answer(?=[:?])|write|draft|prepare|compose|create|produce|generate|collect|gather|compile|tell me|let me know|explain|ask me|translate|condense|rank|e-?mail (?:me|him|her|them|it|the|my)';
const WITH_OBJECT =
	'list|make|show|review|read|open|fetch|check|find|give|study|answer|book|order|buy|search|call|send|save|store|put|pick|choose|say|point out|identify|look|report|turn|suggest|download|schedule|remind|cancel|post|pay|what|which|who|when|how|why';
const OBJECT =
	'(?:out|at|the|a|an|all|me|it|them|this|these|those|that|every|any|each|my|our|which|what|who|whose|how|why|is|are|does|do|much|many|one|https?|\\uE000)';
const REQUEST = `(?=(?:${SURE})\\b|(?:${WITH_OBJECT})\\s${OBJECT})`;

/**
 * Where one request ends and the next begins: "then", a semicolon, a new line or sentence, a numbered item; and "and" or a
 * comma when a verb follows it, because "compare A and B" is one request.
 */
const BORDER = new RegExp(
	[
		';\\s',
		'[,.;]? ?\\n(?:[-*•] |\\(?\\d{1,2}[.)] )?',
		`(?:[,.;!?] )?\\b(?:and )?(?:then|after that|afterwards|finally|lastly)\\b,? ${REQUEST}`,
		`,? and (?:then |also |finally |please |to )?${REQUEST}`,
		`, (?:please )?${REQUEST}`,
		`(?<=[.!?]) (?=[\\p{Lu}\\d"“(\\uE000])`,
		'(?<=\\s)\\(?\\d{1,2}[.)] (?=\\p{L})',
	].join('|'),
	'iu',
);
const NUMBERED_START = /^\(?\d{1,2}[.)] |^[-*•] /;
const POLITE =
	/^(?:(?:hi|hello|hey|dear|ok|okay|so|well|thanks|thank you|please|pls|kindly|now|also|then|and|first|firstly|second|secondly|third|next|finally|lastly|errand|there|again|to|just|quickly)\b[,!.:]? ?|(?:can|could|would|will) you (?:please |kindly )?|i (?:want|need|would like|'d like|’d like) you to |i (?:want|need|would like|'d like|’d like) to (?:know |find out |see )?(?=compare|summari|extract|analy|write|draft|read|what|who|when|where|which|whether|if|how|why)|i (?:want|need|would like|'d like|’d like) (?=(?:a|an|the|some) (?:summary|comparison|report|list|overview|brief|e-?mail|analysis|talking))|help me (?:to )?|let(?:'|’)?s )+/i;

/** splitClauses takes a goal apart into the things it asks for, one after the other, without the courtesies around them. */
export function splitClauses(words: string): string[] {
	const even = words
		.slice(0, 20_000)
		.replace(/[^\S\n]+/g, ' ')
		.replace(/ ?\n[ \n]*/g, '\n')
		.trim();
	return even
		.split(BORDER)
		.map((part) => part.trim().replace(NUMBERED_START, '').replace(POLITE, '').trim())
		.filter((part) => /[\p{L}\p{N}\uE000]/u.test(part) && !/^\(?\d{1,2}[.)]?$/.test(part))
		.slice(0, MAX_CLAUSES);
}
