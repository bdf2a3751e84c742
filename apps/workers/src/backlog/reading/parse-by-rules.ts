import type { Document } from '@errand/core/domain/document.ts';
import { shortened } from '@errand/core/domain/shortened.ts';
import { DRAFT_LIMITS, type DraftItem } from '@errand/core/planning/backlog/draft.ts';
import { plainText } from '../../text/facts/inline.ts';
import { demandIn, prioritiesOf } from './demand.ts';
import { needsOf } from './find-needs.ts';
import { findUnits, MOST_UNITS } from './find-units.ts';
import { orderByNeeds } from './order-units.ts';
import { readOutline } from './outline.ts';
import { resize } from './resize.ts';
import { renderBlocks, textsOf, type Unit } from './unit.ts';
import { capitalised, sentencesOf } from './wording.ts';

/** Parsed is what a document holds to be done. */
export interface ParsedDraft {
	readonly items: readonly DraftItem[];
	readonly warnings: readonly string[];
}

/** How many items there are at most where nobody says how many there should be. */
const MOST_UNASKED = 60;

/** parseByRules makes items of documents by their own structure: headings, lists, tables, and words such as “must” and “depends on”. */
export function parseByRules(
	documents: readonly Pick<Document, 'markdown'>[],
	{ numTasks }: { readonly numTasks?: number | undefined } = {},
): ParsedDraft {
	const found = documents.flatMap(({ markdown }) => findUnits(readOutline(markdown))).slice(0, MOST_UNITS);
	const units = withoutTwins(found);
	const wanted = numTasks ?? Math.min(units.length, MOST_UNASKED);
	const sized = units.length === 0 ? [] : resize(units, Math.max(1, Math.min(wanted, DRAFT_LIMITS.items)));
	const { order, needs, dropped } = orderByNeeds(needsOf(sized));
	const numbers = new Map(order.map((at, place) => [at, place + 1]));
	const titles = uniqueTitles(sized);
	const said = sized.map(sentencesIn);
	const priorities = prioritiesOf(
		sized.map(({ title, priority, phase }, at) => ({
			named: priority,
			sentences: [title, ...(said[at] ?? [])],
			phase,
			needs: needs[at] ?? [],
		})),
	);
	const items = order.flatMap((at): DraftItem[] => {
		const unit = sized[at];
		if (unit === undefined) return [];
		const dependencies = (needs[at] ?? []).flatMap((need) => numbers.get(need) ?? []).sort((one, other) => one - other);
		const [id, title, priority] = [numbers.get(at) ?? 1, titles[at] ?? unit.title, priorities[at] ?? 'medium'];
		return [draftOf(unit, said[at] ?? [], { id, title, priority, dependencies })];
	});
	const warnings = [
		...(found.length === MOST_UNITS
			? [`The document holds more than ${MOST_UNITS} things; the rest was left out.`]
			: []),
		...(numTasks !== undefined && items.length !== numTasks && items.length > 0
			? [`The document's structure gives ${items.length} tasks, not the ${numTasks} asked for.`]
			: []),
		...(numTasks === undefined && units.length > wanted
			? [`The document names ${units.length} things; neighbours were joined to ${items.length} tasks.`]
			: []),
		...dropped.slice(0, 20).map(({ at, needs: need }) => {
			const [one, other] = [titles[at] ?? '', titles[need] ?? ''];
			return `“${one}” and “${other}” wait for each other in the document; the first no longer waits for the second.`;
		}),
	];
	return { items, warnings };
}

/** What joined things are called stands in bold among their content, and is no sentence. */
function sentencesIn({ content }: Unit): string[] {
	const said = content.filter((block) => block.type !== 'paragraph' || !/^\*\*[^*]+\*\*$/.test(block.text));
	return sentencesOf(textsOf(said)).slice(0, 500);
}

function draftOf(
	unit: Unit,
	sentences: readonly string[],
	given: Pick<DraftItem, 'id' | 'title' | 'priority' | 'dependencies'>,
): DraftItem {
	const details = renderBlocks(unit.content);
	// What it waits for stands in its dependencies.
	const told = sentences.filter((sentence) => !/^(?:depends on|blocked by|requires|needs|after)\s*:/i.test(sentence));
	const named = [capitalised(told[0] ?? unit.title), told[1] ?? ''];
	const description = (named[0] ?? '').length < 80 ? named.join(' ').trim() : (named[0] ?? '');
	return {
		...given,
		description: shortened(description, 400),
		details: shortened(details, DRAFT_LIMITS.details),
		testStrategy: shortened(testsOf(unit, sentences), DRAFT_LIMITS.test),
	};
}

/** What the document calls its acceptance criteria; else what it says that must be. */
function testsOf({ tests }: Unit, sentences: readonly string[]): string {
	const stated = tests.map((text) => plainText(text)).filter((text) => text !== '');
	if (stated.length === 1) return stated[0] ?? '';
	if (stated.length > 1) return stated.map((text) => `- ${text}`).join('\n');
	const must = sentences.filter((sentence) => demandIn(sentence) === 'must').slice(0, 8);
	return must.length === 0 ? '' : `Check that it holds:\n${must.map((sentence) => `- ${sentence}`).join('\n')}`;
}

/** The same thing in a table and in a section is one, where it has the same identifier and title. */
function withoutTwins(units: readonly Unit[]): Unit[] {
	const known = new Set<string>();
	return units.filter(({ refs, title, content }) => {
		const key = JSON.stringify([refs, title.toLowerCase(), refs.length > 0 ? '' : renderBlocks(content).slice(0, 500)]);
		if (known.has(key)) return false;
		known.add(key);
		return true;
	});
}

/** Titles that tell things apart, within their length. */
function uniqueTitles(units: readonly Unit[]): string[] {
	const counts = new Map<string, number>();
	for (const { title } of units) counts.set(title, (counts.get(title) ?? 0) + 1);
	return units.map(({ title, group }) => {
		const heading = group.split('/').at(-1) ?? '';
		const isShared = (counts.get(title) ?? 0) > 1 && heading !== '' && heading !== title;
		const text = plainText(isShared ? `${title} (${shortened(heading, 60)})` : title);
		return shortened(text === '' ? 'Untitled' : text, DRAFT_LIMITS.title);
	});
}
