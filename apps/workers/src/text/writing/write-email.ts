import type { Document } from '@errand/core/domain/document.ts';
import { standalone } from '../clarity.ts';
import { readCorpus, sourceOf } from '../corpus.ts';
import { escapeMarkdown, SourceMarks } from '../facts/source-marks.ts';
import { pickSentences } from '../summary/summarize-documents.ts';
import { nameSource } from './name-source.ts';
import { type Finding, joinFindings, type Piece, type PieceRequest } from './piece.ts';
import { findPoints } from './points.ts';
import { titled } from './title.ts';
import { wishesIn } from './wishes.ts';
import { nothingOn } from './write-talking-points.ts';

const MOST_SENTENCES = 4;

/** writeEmail drafts a short e-mail: subject, greeting, three to six sentences and a sign-off. Nothing is sent. */
export function writeEmail(request: PieceRequest): Piece {
	const { documents, findings, audience } = request;
	const before = joinFindings(findings);
	const marks = new SourceMarks(before.sources);
	const warnings = [...before.warnings];
	const paragraphs = findings.flatMap(paragraphOf);
	const footer: string[] = [];
	if (documents.length > 0) {
		const told = fromDocuments(request, marks);
		warnings.push(...told.warnings);
		paragraphs.push(...told.paragraphs);
		footer.push(...told.footer);
	}
	const title = titled(request, '');
	const subject = title === '' ? (findings.length > 0 ? 'What I found' : 'A short note') : title;
	const body = [
		`**Subject:** ${escapeMarkdown(subject)}`,
		greeting(audience),
		...paragraphs,
		'Kind regards',
		...footer,
	];
	return { title: subject, body: body.join('\n\n'), sources: marks.sources, warnings: [...new Set(warnings)] };
}

/** greeting greets a person by name, a group as such; "my landlord" is nobody's name. */
export function greeting(audience: string | undefined): string {
	const name = audience?.replace(/^(?:my|our|the|a|an) /i, '').trim() ?? '';
	if (/^\p{Lu}[\p{L}'-]*(?: \p{Lu}[\p{L}'-]*){0,2}$/u.test(name)) return `Hello ${escapeMarkdown(name)},`;
	return GROUP.test(name) ? 'Hello everyone,' : 'Hello,';
}

const GROUP =
	/\b(?:team|board|committee|council|colleagues|members|class|family|neighbou?rs|staff|group|parents|friends|everyone|all|tenants|residents|department)\b/i;

function fromDocuments({ documents, topic, need }: PieceRequest, marks: SourceMarks) {
	const corpus = readCorpus(documents);
	const { about: wanted } = wishesIn(need, topic);
	const warnings = [...corpus.warnings];
	const passages =
		topic === undefined
			? pickSentences(corpus, MOST_SENTENCES, wanted === '' ? undefined : wanted)
			: findPoints(corpus, topic, MOST_SENTENCES, wanted).best.map(({ claim }) => claim.passage);
	if (passages.length === 0)
		return { paragraphs: [escapeMarkdown(nothingOn(topic))], footer: [], warnings: [...warnings, nothingOn(topic)] };
	const sentences = passages.map((passage) => {
		const mark = marks.of(sourceOf(corpus, passage));
		return `${escapeMarkdown(passage.kind === 'sentence' ? standalone(passage.plain) : `${passage.plain}.`)} ${mark}`;
	});
	const about =
		topic === undefined ? 'here is the gist of what I read' : `here is what I read on ${escapeMarkdown(topic)}`;
	const lines = passages.map((passage) => {
		const document = documents[passage.document];
		return `${marks.of(sourceOf(corpus, passage))} ${document === undefined ? '' : placeOf(document)}`;
	});
	const paragraphs = [`${about.charAt(0).toUpperCase()}${about.slice(1)}:`, sentences.join(' ')];
	return { paragraphs, footer: [`Sources:\n\n- ${lines.join('\n- ')}`], warnings };
}

function placeOf(document: Document): string {
	const name = escapeMarkdown(nameSource(document));
	return document.url === undefined ? name : `${name}, ${document.url}`;
}

/** What an earlier step found, in a few sentences: what it recommends, what it answers, else its first sentences. */
function paragraphOf(finding: Finding): string[] {
	const { recommendation, answers } = finding;
	if (recommendation !== null && recommendation !== undefined) {
		const reasons = recommendation.reasons.slice(0, 3).map((reason) => escapeMarkdown(asSentence(reason)));
		return [
			`I compared the offers, and I would go for **${escapeMarkdown(recommendation.item)}**.`,
			reasons.join(' '),
		].filter((paragraph) => paragraph !== '');
	}
	if (answers !== undefined) return answers.flatMap(({ question, answer }) => answerText(question, answer));
	const corpus = readCorpus([
		{ title: '', kind: 'text', markdown: finding.text, links: [], truncated: false, warnings: [] },
	]);
	const sentences = pickSentences(corpus, MOST_SENTENCES + 1).map(({ plain }) => escapeMarkdown(standalone(plain)));
	return sentences.length === 0 ? [] : [sentences.join(' ')];
}

function answerText(question: string, answer: unknown): string[] {
	if (answer === null || answer === undefined || answer === '') return [];
	const said = escapeMarkdown(typeof answer === 'string' ? answer : JSON.stringify(answer));
	// A whole sentence speaks for itself; a word or two need the question.
	return [said.split(' ').length >= 5 ? asSentence(said) : `${escapeMarkdown(question)} ${asSentence(said)}`];
}

function asSentence(text: string): string {
	return /[.!?…]["”’)]*$/.test(text) ? text : `${text}.`;
}
