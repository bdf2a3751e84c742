import { plainText } from '../../text/facts/inline.ts';
import { demandIn, namedPriority } from './demand.ts';
import { facetsOf } from './facets.ts';
import type { ListItem, OutlineBlock, Section } from './outline.ts';
import { isAside, isCollection, isFacet, phaseIn } from './sections.ts';
import type { Unit } from './unit.ts';
import { textsOf } from './unit.ts';
import { capitalised, headingName, isStory, namedIn, refKey, sentencesOf, titleFrom } from './wording.ts';

/** What is known of a place in the document: identifiers and phase of the sections around it. */
interface Place {
	readonly within: readonly string[];
	readonly group: string;
	readonly phase: number | undefined;
}

/** MOST_UNITS bounds what one document may hold; what comes after is left out, and said. */
export const MOST_UNITS = 1_000;

/**
 * findUnits finds the things to do in a document: a section that describes one thing is one; where a section lists things, each
 * entry is. Sections that only surround the work are left out.
 */
export function findUnits(root: Section): Unit[] {
	const found = unitsIn(root, NOWHERE, isAside);
	// A document of nothing but background may hold what is wanted there.
	return (found.length > 0 ? found : unitsIn(root, NOWHERE, () => false)).slice(0, MOST_UNITS);
}

function unitsIn(section: Section, around: Place, leavesOut: (title: string) => boolean): Unit[] {
	const { refs, title } = headingName(section.title);
	if (section.level > 0 && leavesOut(section.title)) return [];
	const place: Place = {
		within: [...around.within, ...refs],
		group: `${around.group}/${title}`.slice(-300),
		phase: phaseIn(section.title) ?? around.phase,
	};
	const things = section.sections.filter((one) => !isFacet(one.title) || hasThings(one));
	const facets = section.sections.filter((one) => !things.includes(one));
	if (things.length > 0) {
		const own = entriesOf(section.blocks, place, isCollection(section.title));
		return [...own, ...things.flatMap((one) => unitsIn(one, place, leavesOut))];
	}
	const collects = isCollection(section.title);
	const { content, priority, needs, tests } = facetsOf(section.blocks, facets);
	const listed = entriesOf(content, place, section.level === 0 || collects);
	// One entry alone may as well be the section itself.
	if (listed.length > 1 || (listed.length === 1 && collects)) return listed;
	if (section.level === 0) return statementsOf(section.blocks, place);
	if (content.length === 0 && tests.length === 0) return [];
	const inside = { ...around, phase: place.phase };
	return [
		{ ...inside, refs, title: isStory(title) ? titleFrom(title) : capitalised(title), content, priority, needs, tests },
	];
}

/** A section named like a facet is a collection of its own where things with names stand in it (“Requirements”). */
function hasThings({ sections, title, blocks }: Section): boolean {
	if (sections.some((one) => !isFacet(one.title))) return true;
	return (
		/^(?:\d[\d.]*\s+)?(?:requirements?|user stor(?:y|ies))$/i.test(title) &&
		entriesOf(blocks, NOWHERE, false).length > 1
	);
}

const NOWHERE: Place = { within: [], group: '', phase: undefined };

/** The entries of lists and tables that are things of their own. `all`: the heading says that they are. */
function entriesOf(blocks: readonly OutlineBlock[], place: Place, all: boolean): Unit[] {
	return blocks.flatMap((block) => {
		if (block.type === 'table') return rowsOf(block, place);
		if (block.type !== 'list') return [];
		const named = block.items.filter(({ text }) => isNamed(text)).length;
		if (!all && named * 2 < block.items.length) return [];
		return block.items.flatMap((item) => unitOfItem(item, place));
	});
}

/** Whether an item calls itself something that others could refer to, or is a user story. */
function isNamed(text: string): boolean {
	const { refs } = namedIn(text);
	return refs.length > 0 || isStory(plainText(text.slice(0, 600))) || /^\[[ xX]\]\s/.test(text);
}

function unitOfItem({ text, items }: ListItem, place: Place): Unit[] {
	const { refs, label, rest } = namedIn(text);
	const statement = rest === '' ? (label ?? '') : rest;
	if (plainText(statement).length < 3) return [];
	const title = label ?? titleFrom(statement);
	const body: OutlineBlock[] = rest === '' ? [] : [{ type: 'paragraph', text: rest }];
	if (items.length > 0) body.push({ type: 'list', items });
	const { content, priority, needs, tests } = facetsOf(body);
	return [{ ...place, refs, title: title === '' ? titleFrom(statement) : title, content, priority, needs, tests }];
}

function rowsOf({ head, rows }: Extract<OutlineBlock, { type: 'table' }>, place: Place): Unit[] {
	const names = head.map((cell) => plainText(cell.slice(0, 200)).toLowerCase());
	const column = (pattern: RegExp) => names.findIndex((name) => pattern.test(name));
	const title = column(
		/^(?:requirement|feature|title|name|story|user story|task|item|capability|epic|function|deliverable)s?$/,
	);
	const id = column(/^(?:id|#|no\.?|nr\.?|ref|key|req(?:uirement)? id|number|code)$/);
	const text = column(/^(?:description|details?|statement|text|what|acceptance|summary)$/);
	const priority = column(/^(?:priority|prio|moscow|importance|level)$/);
	const needs = column(/^(?:depends on|dependenc(?:y|ies)|blocked by|requires|prerequisites?|after|needs)$/);
	const tests = column(/^(?:acceptance(?: criteria)?|tests?|verification|done when|definition of done)$/);
	// A name may be anything's; only beside an identifier or a priority it is that of something to do.
	const isThings = id >= 0 || priority >= 0 || needs >= 0 || names[title] !== 'name';
	const says = title >= 0 ? title : text;
	// A table of something else says more about its section.
	if (says < 0 || (title < 0 && id < 0) || !isThings) return [];
	return rows.flatMap((row) => {
		const cell = (at: number) => (at < 0 ? '' : (row[at] ?? ''));
		const { refs, label, rest } = namedIn(cell(says));
		const statement = label === undefined ? rest : label;
		if (plainText(statement).length < 3) return [];
		const body = [says === text ? '' : cell(text), label === undefined ? '' : rest].filter((one) => one !== '');
		const long = statement.length > 100 ? [statement] : [];
		const own = cell(id) === '' ? [] : [refKey(plainText(cell(id)))];
		const content = [...long, ...body].map((one): OutlineBlock => ({ type: 'paragraph', text: one }));
		return [
			{
				...place,
				refs: [...own, ...refs],
				title: titleFrom(statement),
				content: content.length > 0 ? content : [{ type: 'paragraph', text: statement }],
				priority: namedPriority(plainText(cell(priority))),
				needs: isNothing(cell(needs)) ? [] : [cell(needs)],
				tests: isNothing(cell(tests)) ? [] : [cell(tests)],
			},
		];
	});
}

function isNothing(cell: string): boolean {
	return /^(?:[-–—]*|none|n\/?a|nothing)$/i.test(cell.trim());
}

/** A text without any structure: each sentence that asks for something, else each paragraph. */
function statementsOf(blocks: readonly OutlineBlock[], place: Place): Unit[] {
	const paragraphs = textsOf(blocks);
	const asked = sentencesOf(paragraphs).filter((sentence) => demandIn(sentence) !== undefined);
	const texts = asked.length > 0 ? asked : paragraphs;
	return texts
		.filter((text) => plainText(text.slice(0, 500)).length >= 3)
		.map((text) => ({
			...place,
			refs: namedIn(text).refs,
			title: titleFrom(text),
			content: [{ type: 'paragraph', text }],
			needs: [],
			tests: [],
		}));
}
