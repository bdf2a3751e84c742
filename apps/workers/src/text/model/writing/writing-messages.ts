import type { Document } from '@errand/core/domain/document.ts';
import type { ModelMessage } from '@errand/core/ports/language-model.ts';
import { foldWhitespace } from '../../facts/quote.ts';
import { nameSource } from '../../writing/name-source.ts';
import { joinFindings, type PieceRequest } from '../../writing/piece.ts';
import { UNTRUSTED_RULES, wrapUntrusted } from '../asking/untrusted.ts';
import { keptWhole } from './closing-parts.ts';
import { type Grounds, personsAnswers } from './grounds.ts';
import type { MarkedContradiction } from './marked-contradictions.ts';

/** PieceFormat is what can be written. */
export type PieceFormat = 'report' | 'talking-points' | 'email';

/** WRITING is what the calls are for, as they are logged. */
export const WRITING = 'text.write';

/** writingMessages asks for a text that says what its grounds say and nothing else, with their marks. */
export function writingMessages(
	format: PieceFormat,
	request: PieceRequest,
	material: {
		readonly grounds: Grounds;
		readonly contradictions: readonly MarkedContradiction[];
		readonly documents: readonly Document[];
		/** How much text there is room for, as `sizeOf` measures it. */
		readonly room: number;
	},
): ModelMessage[] {
	const findings = joinFindings(request.findings).text;
	const lists = [
		...(findings === '' ? [] : [{ title: 'What earlier steps found, with their marks', markdown: findings }]),
		{ title: 'Points with their marks', markdown: listPoints(material) },
	].filter(({ markdown }) => markdown !== '');
	const { text } = wrapUntrusted(lists, material.room);
	const below = format === 'report' && keptWhole(request.findings) !== '' ? BELOW : '';
	return [
		{ role: 'system', text: `${HOW[format]}\n\n${RULES}\n\n${UNTRUSTED_RULES}` },
		{ role: 'user', text: `${wishes(request)}${below}\n\n${text}` },
	];
}

function wishes({ title, topic, need, audience, findings }: PieceRequest): string {
	const line = (name: string, value: string | undefined) => (value === undefined ? [] : [`${name}: ${value}`]);
	const told = personsAnswers(findings).map(({ question, answer }) => `${question} — ${answer}`);
	return [
		...line('The person wrote', need),
		...line('Title', title),
		...line('Topic', topic),
		...line('For', audience),
		...(told.length === 0 ? [] : [`They were asked, and answered:\n${told.join('\n')}`]),
	].join('\n');
}

function listPoints({
	grounds,
	contradictions,
	documents,
}: Pick<Parameters<typeof writingMessages>[2], 'grounds' | 'contradictions' | 'documents'>): string {
	const points = grounds.points.map((group) =>
		group
			.map(({ statement, mark }, at) => {
				const document = documents[statement.document];
				const source = document === undefined ? '' : ` — ${nameSource(document)}`;
				const words = `“${foldWhitespace(statement.quote)}”`;
				return at === 0 ? `[${mark}] ${statement.text}${source}: ${words}` : `  the same [${mark}]${source}: ${words}`;
			})
			.join('\n'),
	);
	const differ = contradictions.map(
		({ about, marks }) => `Contradiction: [${marks[0]}] and [${marks[1]}]${about === '' ? '' : `, ${about}`}`,
	);
	// First, because the end of a list that is too long for the model is cut.
	return [...differ, ...points].join('\n');
}

const RULES = `Rules:
- Write Markdown, in the language of the person's request. No title, no list of sources, no images, no links, no code fences.
- Say only what the points say. Each sentence that states something ends with the mark of the point it rests on, like [3], or several, [3] [7]. Use only marks that are given.
- Keep figures, sums, dates and names exactly as the points write them. Calculate and round nothing.
- Where several sources agree, cite them together. Give more weight to who decided or measured something than to who reports it, and to newer sources; say who claims what is only claimed.
- Where points contradict each other, tell both sides with who says what, and their marks, next to each other.
- Tell nothing twice. Leave out what has nothing to do with the request.`;

const BELOW =
	'\nThe comparison that was made stands below your text as it is, with its table and its recommendation. Do not repeat it: write only “## In short” with what it comes to, and what the points add.';

const HOW: Readonly<Record<PieceFormat, string>> = {
	report: `You write a short report for someone from points that were taken from documents and checked.
Begin with “## In short” and two to four sentences or items. Then sections with “## ” headings by subject, each of sentences or items. End with “## Open” only where the points leave something open. As long as the points deserve, at most about 900 words.`,
	'talking-points': `You prepare talking points for someone from points that were taken from documents and checked.
Write items with “- ”, under “## ” headings by subject where there are more than five: five to nine, unless the person wants another number. Each is one or two sentences that can be said aloud, the strongest first. Put arguments on both sides where there are some.`,
	email: `You draft an e-mail that the person will read, change and send themselves.
First line “**Subject:** …”, then an empty line, a greeting, short paragraphs, a closing line and the sign-off. It is short and polite, and says what the person wants said. Where a name, date or detail is needed that nobody gave, write a placeholder in brackets, like [your name]. Invent no names and no facts. What the person said themselves needs no mark.`,
};
