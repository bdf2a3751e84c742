import type { ItemPriority } from '@errand/core/domain/backlog/item.ts';
import { plainText } from '../../text/facts/inline.ts';
import { namedPriority } from './demand.ts';
import type { ListItem, OutlineBlock, Section } from './outline.ts';
import { isAcceptance } from './sections.ts';
import { textsOf } from './unit.ts';

/** Facets are what a document says of a thing beside what it is. */
export interface Facets {
	readonly content: OutlineBlock[];
	priority: ItemPriority | undefined;
	readonly needs: string[];
	readonly tests: string[];
}

/** facetsOf takes out of a thing's content what is said of its priority, of what it waits for, and of what proves it done. */
export function facetsOf(blocks: readonly OutlineBlock[], sections: readonly Section[] = []): Facets {
	const facets: Facets = { content: [], priority: undefined, needs: [], tests: [] };
	let testsFollow = false;
	for (const block of blocks) {
		if (block.type === 'list') {
			if (testsFollow) facets.tests.push(...textsOf([block]));
			else takeList(facets, block.items);
			testsFollow = false;
		} else if (block.type === 'paragraph') testsFollow = takeParagraph(facets, block.text);
		else facets.content.push(block);
	}
	for (const section of sections) takeSection(facets, section);
	return facets;
}

function takeSection(facets: Facets, { title, blocks, sections }: Section): void {
	const texts = textsOf(blocks);
	if (isAcceptance(title)) facets.tests.push(...texts);
	else if (NEEDS.test(title)) facets.needs.push(...texts);
	else if (/^priority$/i.test(title)) facets.priority ??= namedPriority(plainText(texts[0] ?? ''));
	else {
		const inner = facetsOf(blocks, sections);
		facets.content.push(
			...(inner.content.length === 0 ? [] : [{ type: 'paragraph' as const, text: `**${title}**` }]),
			...inner.content,
		);
		facets.priority ??= inner.priority;
		facets.needs.push(...inner.needs);
		facets.tests.push(...inner.tests);
	}
}

function takeList(facets: Facets, items: readonly ListItem[]): void {
	const kept = items.filter((item) => !takeLine(facets, item.text, item.items));
	if (kept.length > 0) facets.content.push({ type: 'list', items: kept });
}

/** Whether what follows are tests. */
function takeParagraph(facets: Facets, text: string): boolean {
	const kept: string[] = [];
	let testsFollow = false;
	for (const line of text.split('\n')) {
		testsFollow = isAcceptance(plainText(line.slice(0, 200)).replace(/:$/, ''));
		if (!testsFollow && !takeLine(facets, line, [])) kept.push(line);
	}
	if (kept.length > 0) facets.content.push({ type: 'paragraph', text: kept.join('\n') });
	return testsFollow;
}

/** Whether a line only says something about the thing. */
function takeLine(facets: Facets, line: string, items: readonly ListItem[]): boolean {
	const [whole, name = '', value = ''] = LABELLED.exec(line) ?? [];
	if (whole === undefined) return false;
	const label = plainText(name);
	const values = [value, ...textsOf(items.length === 0 ? [] : [{ type: 'list', items }])].filter(
		(one) => one.trim() !== '',
	);
	if (isAcceptance(label)) facets.tests.push(...values);
	else if (NEEDS.test(label)) facets.needs.push(...values);
	else if (/^priority$/i.test(label)) facets.priority ??= namedPriority(plainText(value));
	else return false;
	return true;
}

const LABELLED = /^\s*[*_]{0,2}([A-Za-z][A-Za-z ]{2,30}?)[*_]{0,2}\s*:\s*[*_]{0,2}\s*(.*)$/s;
const NEEDS =
	/^(?:depends on|dependenc(?:y|ies)|blocked by|requires|prerequisites?|after|needs|builds on|predecessors?)$/i;
