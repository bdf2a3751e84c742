import type { GivenItem } from '@errand/core/planning/backlog/draft.ts';
import { plainText } from '../../text/facts/inline.ts';
import { facetsOf } from '../reading/facets.ts';
import { type ListItem, type OutlineBlock, readOutline, type Section } from '../reading/outline.ts';
import { isAcceptance } from '../reading/sections.ts';
import { renderItems, textsOf } from '../reading/unit.ts';
import { namedIn, sentencesOf, titleFrom } from '../reading/wording.ts';

/** Point is one thing that an item itself says has to be done. */
export interface Point {
	readonly title: string;
	readonly details: string;
}

/** Points are what an item names, and what would prove it done. */
export interface Points {
	readonly points: readonly Point[];
	readonly tests: readonly string[];
}

/** pointsOf finds the points in an item's own words: its lists, else its headings, else its sentences that say what to do. */
export function pointsOf({
	details,
	description,
	testStrategy,
}: Pick<GivenItem, 'details' | 'description' | 'testStrategy'>): Points {
	const root = readOutline(details === '' ? description : details);
	const { content, tests } = facetsOf(blocksUnder(root));
	const stated = [...tests, ...lines(testStrategy)];
	const listed = content.flatMap((block) => (block.type === 'list' ? block.items.map(pointOf) : []));
	if (listed.length > 1) return { points: distinct(listed), tests: stated };
	const rows = content.flatMap((block) => (block.type === 'table' ? block.rows.map((row) => row.join(' — ')) : []));
	const headed = root.sections.filter(({ title }) => !isAcceptance(title));
	if (headed.length > 1) return { points: distinct(headed.map(sectionPoint)), tests: stated };
	const sentences = [...sentencesOf(textsOf(content.filter(({ type }) => type === 'paragraph'))), ...rows];
	const telling = sentences.filter((text) => text.length > 15 && (DOES.test(text) || ASKS.test(text)));
	return { points: distinct(telling.map((text) => ({ title: titleFrom(text), details: text }))), tests: stated };
}

/** Verbs that begin an instruction. */
const DOES =
	/^(?:add|allow|apply|build|cache|check|collect|configure|connect|convert|create|define|delete|deploy|design|detect|display|document|enable|ensure|expose|extend|extract|generate|handle|implement|import|export|index|install|integrate|introduce|limit|load|log|make|measure|migrate|model|monitor|move|notify|parse|prepare|prevent|provide|publish|read|record|refactor|remove|render|replace|report|restrict|retry|return|review|run|save|schedule|secure|select|send|set|show|sort|split|store|support|sync|test|track|update|upgrade|upload|use|validate|verify|wire|write)\b/i;
const ASKS = /\b(?:must|shall|should|may|needs? to|has to|have to|can|will)\b/i;

function blocksUnder(section: Section): OutlineBlock[] {
	return [
		...section.blocks,
		...section.sections.flatMap((one): OutlineBlock[] => [
			...(one.title === '' ? [] : [{ type: 'paragraph' as const, text: `${one.title}:` }]),
			...blocksUnder(one),
		]),
	];
}

function pointOf({ text, items }: ListItem): Point {
	const { label, rest } = namedIn(text);
	const said = rest === '' ? text : rest;
	const inner = items.length === 0 ? '' : `\n${renderItems(items)}`;
	return { title: label ?? titleFrom(said), details: `${plainText(said)}${inner}` };
}

function sectionPoint(section: Section): Point {
	return { title: section.title, details: textsOf(blocksUnder(section)).join('\n') };
}

function lines(text: string): string[] {
	return text
		.split('\n')
		.map((line) => plainText(line.replace(/^\s*[-*•]\s+/, '').slice(0, 1_000)))
		.filter((line) => line !== '' && !/:$/.test(line));
}

function distinct(points: readonly Point[]): Point[] {
	const known = new Set<string>();
	return points.filter(({ title }) => {
		const key = title.toLowerCase();
		if (title.length < 3 || known.has(key)) return false;
		known.add(key);
		return true;
	});
}
