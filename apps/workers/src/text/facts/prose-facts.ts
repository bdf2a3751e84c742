import { splitSentences } from '../sentences.ts';
import { findAmounts } from './amounts.ts';
import { type Fact, labelText } from './fact.ts';
import { labelledFacts, type Reader } from './fact-source.ts';
import { plainText } from './inline.ts';
import { sentenceFacts } from './sentence-facts.ts';
import { readClauses, type Standing } from './standing.ts';

/** Prose is a run of text under its headings; `standing` is what the text around says of it. */
export interface Prose {
	readonly text: string;
	readonly section: readonly string[];
	readonly standing?: Standing;
}

/** proseFacts reads `Label: value` lines and sentences such as "You pay the first $500 of each claim". */
export function proseFacts(reader: Reader, prose: Prose): Fact[] {
	const facts: Fact[] = [];
	let example = false;
	for (const sentence of chunksOf(reader, prose.text).flatMap(splitSentences)) {
		const plain = plainText(sentence);
		const carried: boolean = example && CARRIES_ON.test(plain);
		const around: Standing = carried ? 'example' : (prose.standing ?? 'current');
		const pair = readPair(reader, sentence);
		if (pair !== undefined) {
			facts.push(
				...labelledFacts(reader, {
					...pair,
					quote: sentence,
					section: prose.section,
					origin: 'pair',
					standing: around,
				}),
			);
		}
		if (pair === undefined || pair.value.length > 60) {
			facts.push(...sentenceFacts(reader, { sentence, plain, section: prose.section, around }));
		}
		example = carried || readClauses(plain, undefined, reader.year)[0]?.standing === 'example';
	}
	return facts;
}

/** A line with a label stands for itself; other lines are one wrapped paragraph. */
function chunksOf(reader: Reader, text: string): string[] {
	const chunks: string[][] = [[]];
	for (const line of text.split('\n')) {
		if (readPair(reader, line) === undefined) chunks.at(-1)?.push(line);
		else chunks.push([line], []);
	}
	return chunks.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
}

const PAIR =
	/^\s*(?:[-*•+]\s+)?(?:\*\*|__)?([^\n:|.!?]{2,70}?)(?:\*\*|__)?\s*(?::(?:\*\*|__)?\s+|\s+[–—=]\s+|\s?\.{4,}\s?|\s?…{2,}\s?)(\S.*)$/u;

function readPair(reader: Reader, line: string): { label: string; value: string } | undefined {
	const [, label = '', value = ''] = PAIR.exec(line) ?? [];
	const plain = labelText(plainText(label));
	if (plain === '' || plain.split(' ').length > 8 || /^(?:https?|www)/i.test(plain) || !/\p{L}/u.test(plain))
		return undefined;
	// "Please note: …" in the middle of prose is no fact; a known label or a figure makes it one.
	if (reader.lexicon.meaningOf(plain) === undefined && value.length > 80 && findAmounts(value).length === 0)
		return undefined;
	return { label, value };
}

const CARRIES_ON =
	/^(?:in this case|in that case|then|so|here|you would|we would|we then|of this|the remaining|in the example)\b/i;
