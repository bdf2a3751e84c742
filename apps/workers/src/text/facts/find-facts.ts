import type { Document } from '@errand/core/domain/document.ts';
import { splitSentences } from '../sentences.ts';
import { type Block, readBlocks } from './blocks.ts';
import { clip, type Fact, labelText } from './fact.ts';
import { type Reader, standingAround, weaker } from './fact-source.ts';
import { withFootnotes } from './footnoted.ts';
import { readFootnotes } from './footnotes.ts';
import { footnoteMarks, plainText } from './inline.ts';
import { itemText } from './items.ts';
import type { Lexicon, Meaning } from './lexicon.ts';
import { proseFacts } from './prose-facts.ts';
import { standingOf, standingOfHeading, yearOf } from './standing.ts';
import { tableFacts } from './table-facts.ts';

/** findFacts reads every label/value fact of a document: tables, `Label: value` lines, lists, sentences; footnotes are applied. */
export function findFacts(document: Document, lexicon: Lexicon, asOf?: string): Fact[] {
	const reader: Reader = { lexicon, year: yearOf(document, asOf) };
	const notes = readFootnotes(document.markdown);
	const facts: Fact[] = [];
	let lead = '';
	for (const block of readBlocks(document.markdown)) {
		if (facts.length >= MAX_FACTS) break;
		facts.push(...blockFacts(reader, block, lead));
		lead = leadAfter(block, lead);
	}
	const referenced = new Set(facts.flatMap((fact) => fact.marks));
	const noteQuotes = new Set(
		[...notes].filter(([mark]) => referenced.has(mark)).flatMap(([, list]) => list.map((note) => note.text)),
	);
	const ownFacts = facts.filter((fact) => !isFootnote(fact, noteQuotes));
	return withFootnotes(ownFacts, notes, { ...reader, asOf });
}

const MAX_FACTS = 20_000;

function blockFacts(reader: Reader, block: Block, lead: string): Fact[] {
	switch (block.type) {
		case 'heading':
			return [];
		case 'table':
			return tableFacts(reader, block);
		case 'paragraph':
			return [
				...fragments(reader, block.lines.join('\n'), block.section),
				...proseFacts(reader, {
					text: block.lines.join('\n'),
					section: block.section,
					standing: standingOfHeading(firstWords(block.lines[0] ?? '')),
				}),
			];
		case 'list': {
			const meaning = listMeaning(reader.lexicon, block.section, lead);
			if (meaning !== undefined) return block.items.map((item) => listFact(reader, item, meaning, block.section));
			return block.items.flatMap((item) =>
				proseFacts(reader, {
					text: item,
					section: block.section,
					standing: standingOf(lead, 0) === 'example' ? 'example' : 'current',
				}),
			);
		}
	}
}

const SAYS = /\b(?:we|you|it|they|this|these|is|are|will|can|may|must|has|have|do|does|please|keep|see)\b|[:?]/i;

/** Under "Not covered", "Flood. Earthquake. Nuclear risks." is a list too; what only leads up to a list is not. */
function fragments(reader: Reader, text: string, section: readonly string[]): Fact[] {
	if (text.trimEnd().endsWith(':')) return [];
	const meaning = listMeaning(reader.lexicon, section, '');
	if (meaning === undefined) return [];
	return splitSentences(text)
		.filter((sentence) => sentence.split(' ').length <= 8 && !SAYS.test(plainText(sentence)))
		.map((sentence) => listFact(reader, sentence, meaning, section));
}

/** A list is introduced by a line that ends with a colon, else by its heading. */
function listMeaning(lexicon: Lexicon, section: readonly string[], lead: string): Meaning | undefined {
	const introduced = lead === '' ? undefined : (lexicon.meaningOf(labelText(lead)) ?? anchorMeaning(lexicon, lead));
	if (introduced !== undefined) return introduced.criterion.expects === 'list' ? introduced : undefined;
	for (const heading of section.slice(-2).reverse()) {
		const meaning = lexicon.meaningOf(labelText(heading));
		if (meaning !== undefined) return meaning.criterion.expects === 'list' ? meaning : undefined;
	}
	return undefined;
}

function anchorMeaning(lexicon: Lexicon, lead: string): Meaning | undefined {
	const anchor = lexicon.anchorsIn(lead).findLast((found) => found.criterion.expects === 'list');
	return anchor && { criterion: anchor.criterion, base: false };
}

function leadAfter(block: Block, lead: string): string {
	if (block.type === 'list') return lead;
	if (block.type !== 'paragraph') return '';
	const last = plainText(block.lines.slice(-3).join(' '));
	return last.endsWith(':') ? (last.split(/(?<=[.!?])\s+/).at(-1) ?? last) : '';
}

function listFact(reader: Reader, item: string, meaning: Meaning, section: readonly string[]): Fact {
	const plain = itemText(plainText(item));
	const example = standingOf(plain.slice(0, 20), 0) === 'example' ? 'example' : 'current';
	return {
		label: meaning.criterion.name,
		meaning,
		value: clip(plain.replace(/\.\s.*$/s, ''), 120),
		amounts: [],
		standing: weaker(standingAround('', section, reader.year), example),
		changed: false,
		origin: 'list',
		quotes: [item],
		marks: footnoteMarks(item),
		section,
	};
}

function firstWords(line: string): string {
	return /^\W*(\w+(?: \w+)?)\s*[:.–—]/.exec(plainText(line))?.[1] ?? '';
}

function isFootnote(fact: Fact, notes: ReadonlySet<string>): boolean {
	if (fact.origin === 'table' || notes.size === 0) return false;
	const text = plainText(fact.quotes[0] ?? '').replace(/^[\d*†‡[\]^:.)\s•-]+/, '');
	return text.length > 5 && [...notes].some((note) => note.includes(text.slice(0, 200)));
}
