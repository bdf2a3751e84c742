/**
 * refersBack tells whether a message cannot be understood without what was answered before it, by words a person can
 * foresee: it names the conversation or an answer (“what you said above”, “your last answer”), asks for another form of it
 * (“make it shorter”, “translate that”), or picks from it (“the second one”).
 */
export function refersBack(text: string): boolean {
	const said = text.slice(0, MAX_LENGTH).replace(/\s+/g, ' ');
	return text.length <= MAX_LENGTH && PATTERNS.some((pattern) => pattern.test(said));
}

/** Longer messages say themselves what they are about. */
const MAX_LENGTH = 400;

const PATTERNS: readonly RegExp[] = [
	/\b(?:above|(?:this|our|the) (?:conversation|chat|thread))\b/i,
	/\byou(?:'ve| have)? (?:just )?(?:said|wrote|told|mentioned|gave|found|listed|suggested|recommended)\b/i,
	/\b(?:your|the) (?:last|previous|earlier|first) (?:answer|reply|message|summary|report|list|table|draft|suggestion|recommendation)\b/i,
	/\byour (?:answer|reply|summary|report|list|table|draft|suggestion|recommendation)\b/i,
	/\bmake (?:it|that|this|them) (?:\w+ )?(?:shorter|longer|simpler|clearer|formal|friendlier|better|a|an|into)\b/i,
	/\b(?:shorten|lengthen|translate|rewrite|rephrase|reword|summari[sz]e|expand|extend|continue|explain|format|turn|put|save|send) (?:it|that|them|these|those)\b/i,
	/\bthe (?:first|second|third|fourth|fifth|last|other) (?:one|option|point|item|row|source|two|three)\b/i,
	/^(?:go on|continue|more|shorter|longer|again|why)[.!? ]*$/i,
];
