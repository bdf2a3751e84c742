import type { Passage } from './passages.ts';

/**
 * clarity says how well a passage stands by itself, 0 to 1: a whole sentence of a readable length, neither a question nor a
 * fragment, that does not lean on the one before it.
 */
export function clarity({ plain, kind }: Passage): number {
	const length = plain.length;
	if (length < 20 || length > 700) return 0;
	let score = length < 45 ? 0.6 : length > 320 ? 0.6 : length > 420 ? 0.35 : 1;
	if (LEANS.test(plain)) score *= LEANS_A_LITTLE.test(plain) ? 0.8 : 0.45;
	if (/\?["”’)]*$/.test(plain)) score *= 0.3;
	if (/:$/.test(plain)) score *= 0.25;
	if (/^\p{Ll}/u.test(plain)) score *= 0.6;
	if (kind === 'sentence' && !/[.!?。！？…]["”’»)\]]*$/.test(plain)) score *= length < 90 ? 0.3 : 0.5;
	if (kind === 'item') score *= 0.85;
	if (kind === 'row') score *= 0.7;
	if (FIRST_PERSON.test(plain)) score *= 0.85;
	if (/^["“«„]/.test(plain) && !/["”»“][^"”»]{0,3}\s?\p{L}/u.test(plain.slice(1))) score *= 0.6;
	if (isShouted(plain)) score *= 0.4;
	if (/\b(?:for example|for instance|imagine|suppose|example:)/i.test(plain)) score *= 0.6;
	if (/^(?:In (?:this|that) case|You would|With an? .{3,60} you would)\b/i.test(plain)) score *= 0.5;
	if (unbalanced(plain)) score *= 0.7;
	return score;
}

const LEANS =
	/^["“]?(?:He|She|They|It|Its|His|Her|Their|This|These|Those|That|Such|Both|Here|There|Then|Thus|Hence|Therefore|So|And|But|Or|Yet|Nor|However|Moreover|Furthermore|Instead|Nevertheless|Nonetheless|Meanwhile|Similarly|Likewise|Also|Besides|Additionally|Consequently|Conversely|Otherwise|In addition|In contrast|In turn|As a result|As such|For this reason|On the other hand|By contrast|The (?:latter|former|same|two|other|others)|Another|Other|Others|One of (?:them|these|those)|Some of (?:them|these|those)|Er|Sie|Es|Dies|Diese|Dieser|Dieses|Das)\b/;
const LEANS_A_LITTLE =
	/^["“]?(?:However|Moreover|Furthermore|Meanwhile|Also|Additionally|In addition|There|But|And|By contrast|In contrast|Nevertheless|Consequently|As a result)\b/;
const FIRST_PERSON = /^(?:I|My|We|Our)\b/;

function isShouted(text: string): boolean {
	const letters = text.match(/\p{L}/gu)?.length ?? 0;
	return letters > 15 && (text.match(/\p{Lu}/gu)?.length ?? 0) > 0.6 * letters;
}

function unbalanced(text: string): boolean {
	return text.split('(').length !== text.split(')').length || text.split('“').length !== text.split('”').length;
}

/** standalone is a sentence without the words that tie it to the one before it. */
export function standalone(plain: string): string {
	const cut = plain.replace(
		/^(?:However|Moreover|Furthermore|Meanwhile|Additionally|In addition|Nevertheless|Nonetheless|Consequently|As a result|By contrast|In contrast|Also|Similarly|Likewise|But|And|Yet|So),? (?=\p{L})/u,
		'',
	);
	return cut === plain ? plain : cut.charAt(0).toUpperCase() + cut.slice(1);
}
