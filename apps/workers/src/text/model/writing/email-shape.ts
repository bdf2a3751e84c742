import { findNames } from '../../entities/names.ts';
import { plainText } from '../../facts/inline.ts';
import { escapeMarkdown } from '../../facts/source-marks.ts';
import { splitSentences } from '../../sentences.ts';
import type { PieceRequest } from '../../writing/piece.ts';
import { titled } from '../../writing/title.ts';
import { greeting } from '../../writing/write-email.ts';
import type { Grounds } from './grounds.ts';

/** ShapedEmail is a draft with a subject, in which nobody is named that nobody named. */
export interface ShapedEmail {
	readonly title: string;
	readonly body: string;
	/** Sentences that went because of a name. */
	readonly removed: readonly string[];
}

/** shapeEmail gives a written e-mail its subject, greets whom the person named, leaves signing to the person, and takes out invented people. */
export function shapeEmail(text: string, request: PieceRequest, { cited, said }: Grounds): ShapedEmail {
	const known = [...said, ...cited.flatMap(({ support }) => support)].join('\n').toLowerCase();
	const isKnown = (name: string) => known.includes(name.toLowerCase());
	const subjectLine = /^\s*\**Subject:?\**:?\s*(.+?)\s*$/im.exec(text);
	const title =
		titled({ ...request, topic: undefined, documents: [] }, '') || plainText(subjectLine?.[1] ?? '') || 'A short note';
	const rest = subjectLine === null ? text : text.replace(subjectLine[0], '');
	const removed: string[] = [];
	let signed = false;
	const lines = rest
		.trim()
		.split('\n')
		.map((line) => {
			if (signed && /\p{L}/u.test(line)) return SIGNATURE.test(line) || isKnown(plainText(line)) ? line : '[your name]';
			if (CLOSING.test(line)) {
				signed = true;
				return line;
			}
			const greeted = GREETING.exec(line)?.[1];
			if (greeted !== undefined) return COMMON.test(greeted) || isKnown(greeted) ? line : greeting(request.audience);
			const kept = splitSentences(line).filter((sentence) => {
				const stranger = findNames(plainText(sentence), PEOPLE).find(({ value }) => !isKnown(value));
				if (stranger !== undefined) removed.push(plainText(sentence));
				return stranger === undefined;
			});
			return kept.join(' ');
		});
	const body = lines
		.join('\n')
		.replace(/\n{3,}/g, '\n\n')
		.trim();
	return { title, body: `**Subject:** ${escapeMarkdown(title)}\n\n${body}`, removed };
}

const PEOPLE = new Set(['people'] as const);
const GREETING = /^\s*(?:Dear|Hello|Hi|Hey|Good (?:morning|afternoon|evening))\s+([^,:!\n[\]]{1,60})[,:!]?\s*$/;
const COMMON =
	/^(?:all|everyone|everybody|team|colleagues|there|sir|madam|sir or madam|sir\/madam|friends|neighbou?rs)$/i;
const CLOSING =
	/^\s*(?:(?:kind|best|warm|many)\s+(?:regards|wishes|thanks)|regards|best|sincerely|yours (?:sincerely|faithfully|truly)|thanks|thank you|cheers|all the best)\b[^.]{0,30},?\s*$/i;
const SIGNATURE = /^\s*\[[^\]]+\]\s*$|^\s*(?:Sources?:|- |\*)/;
