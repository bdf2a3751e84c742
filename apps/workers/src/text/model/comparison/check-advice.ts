import type { Grid, Reason } from '../../comparison/grid.ts';
import { normalLabel } from '../../comparison/labels.ts';
import { isOrder } from '../../orders.ts';
import { inventedNames } from '../checking/invented-names.ts';
import { NO_ADDRESSES, plainWords, quotedIn } from '../checking/model-words.ts';
import { unsupportedFigures } from '../checking/verify-figures.ts';
import type { Advice } from './ask-advice.ts';

/** CheckedAdvice is the item a model would choose, with the reasons that the table bears out. */
export interface CheckedAdvice {
	readonly offer: number | undefined;
	readonly reasons: readonly Reason[];
	readonly against: readonly Reason[];
	readonly warnings: readonly string[];
}

/** checkAdvice keeps the reasons whose figures, items and superlatives stand in the table; the person's own words count too. */
export function checkAdvice(grid: Grid, advice: Advice, need = ''): CheckedAdvice {
	const offer = advice.item === null || grid.offers[advice.item - 1] === undefined ? undefined : advice.item - 1;
	if (offer === undefined) {
		const invented = advice.item !== null;
		const warnings = invented
			? ['The language model recommended an item that is not compared; that was left out.']
			: [];
		return { offer, reasons: [], against: [], warnings };
	}
	const dropped: string[] = [];
	const check = (all: Advice['reasons'], most: number) =>
		all
			.slice(0, most * 2)
			.flatMap((reason) => {
				const checked = checkedReason(grid, offer, reason, need);
				if (checked === undefined) dropped.push(quotedIn(reason.text));
				return checked ?? [];
			})
			.slice(0, most);
	const reasons = check(advice.reasons, 4);
	const against = check(advice.against, 2);
	return { offer, reasons, against, warnings: told(dropped) };
}

function told(dropped: readonly string[]): string[] {
	if (dropped.length === 0) return [];
	const shown = dropped.slice(0, 3).join(', ');
	const more = dropped.length > 3 ? ` and ${dropped.length - 3} more` : '';
	return [`The language model gave reasons that the table does not bear out; they were left out: ${shown}${more}`];
}

/** The reason with its cells, if it holds. */
function checkedReason(
	grid: Grid,
	offer: number,
	{ text: written, criteria }: Advice['reasons'][number],
	need: string,
): Reason | undefined {
	const { text, removed } = plainWords(written, NO_ADDRESSES, 400);
	if (text === '' || removed.length > 0 || isOrder(text) || inventsName(text, grid, need)) return undefined;
	const named = mentions(grid, text);
	const items = [...new Set([offer, ...named.map((mention) => mention.offer)])];
	const rows = [...new Set(criteria.map((name) => rowOf(grid, name)))].filter((row) => row >= 0);
	const cells = rows.flatMap((row) =>
		items.filter((item) => grid.cells[row]?.[item]?.value != null).map((item) => [row, item] as const),
	);
	if (cells.length === 0 || !figuresFit(grid, offer, text, named, need)) return undefined;
	if (rows.some((row) => isFalseSuperlative(grid, row, offer, text))) return undefined;
	const denied = rows.some((row) => grid.cells[row]?.[offer]?.coverage === 'no');
	if (denied && named.length === 0 && !NEGATED.test(text)) return undefined;
	return { text, cells };
}

const NEGATED = /\b(?:not|no|never|without|lacks?|exclud\w*|leaves? out)\b|n['’]t\b/i;

function rowOf(grid: Grid, name: string): number {
	const folded = normalLabel(name);
	return grid.rows.findIndex((row) => normalLabel(row.name) === folded);
}

interface Mention {
	readonly offer: number;
	readonly start: number;
	readonly end: number;
}

/** Where a text names items: by their names, or by a word that only one of them has. */
function mentions(grid: Grid, text: string): Mention[] {
	const found: Mention[] = [];
	grid.offers.forEach(({ name }, offer) => {
		const others = grid.offers.filter((_, other) => other !== offer).map((other) => other.name.toLowerCase());
		const own = name
			.split(/\s+/)
			.filter((word) => /^\p{Lu}.{3}/u.test(word) && !others.some((other) => other.includes(word.toLowerCase())));
		for (const alias of [name, ...own]) {
			for (let at = text.indexOf(alias); at >= 0; at = text.indexOf(alias, at + alias.length)) {
				const span = { offer, start: at, end: at + alias.length };
				if (!found.some((one) => one.start < span.end && span.start < one.end)) found.push(span);
			}
		}
	});
	return found.sort((one, other) => one.start - other.start);
}

/** Each figure must be that of the item named next to it: names come before their figures or behind them, all in one way. */
function figuresFit(grid: Grid, offer: number, text: string, named: readonly Mention[], need: string): boolean {
	const bare = named.reduceRight(
		(rest, { start, end }) => rest.slice(0, start) + ' '.repeat(end - start) + rest.slice(end),
		text,
	);
	const before = pieces(
		bare,
		named.map(({ offer: item, start }) => ({ item, from: start })),
		offer,
	);
	const behind = piecesBehind(bare, named, offer);
	return [before, behind].some((parts) =>
		parts?.every(({ item, words }) => unsupportedFigures(words, [...evidence(grid, item), need]).length === 0),
	);
}

interface Part {
	readonly item: number;
	readonly words: string;
}

/** "A costs $5, B $6": what follows a name is its. */
function pieces(text: string, starts: readonly { item: number; from: number }[], first: number): Part[] {
	const cuts = [{ item: first, from: 0 }, ...starts, { item: first, from: text.length }];
	return cuts.slice(0, -1).map(({ item, from }, index) => ({ item, words: text.slice(from, cuts[index + 1]?.from) }));
}

/** "$6 (B)", "$6 a month for B": a figure that belongs to the name behind it, not one that merely stands before it. */
const LEADS_TO_NAME =
	/\d[^\d,;:.]*(?:\(|\b(?:for|at|with|of|by|from|in|under|bei|für|mit|von|chez|pour|avec|con|para) (?:the |der |die |das )?)\s*$/iu;

/**
 * "$5, against $6 (B)", "A costs $5, more than the $6 of B": what leads to a name is its, and what stands before a word that
 * compares belongs to the name before, at first the recommended item's; undefined where no figure leads to a name.
 */
function piecesBehind(text: string, named: readonly Mention[], offer: number): Part[] | undefined {
	const parts: Part[] = [];
	let from = 0;
	let before = offer;
	for (const { offer: item, end } of named) {
		const words = text.slice(from, end);
		const own = item === before ? 0 : Math.max(0, words.search(COMPARES));
		const its = words.slice(own);
		if (item !== before && !LEADS_TO_NAME.test(its)) return undefined;
		parts.push({ item: before, words: words.slice(0, own) }, { item, words: its });
		from = end;
		before = item;
	}
	return [...parts, { item: offer, words: text.slice(from) }];
}

const COMPARES = /\b(?:against|compared|than|versus|vs\.?|while|instead of|gegenüber|statt)\b/i;

function evidence(grid: Grid, offer: number): string[] {
	return grid.cells.flatMap((row) => {
		const cell = row[offer];
		return cell === undefined ? [] : [cell.value ?? '', cell.note ?? '', ...cell.quotes];
	});
}

const LOWEST = /\b(?:lowest|cheapest|smallest|shortest|lightest)\b/i;
const HIGHEST = /\b(?:highest|largest|longest|biggest|greatest)\b/i;

/** "The lowest premium" must be it, where the table has the figures to tell. */
function isFalseSuperlative(grid: Grid, row: number, offer: number, text: string): boolean {
	const figures = (grid.cells[row] ?? []).flatMap((cell) => cell.figure?.value ?? []);
	const own = grid.cells[row]?.[offer]?.figure?.value;
	if (own === undefined || figures.length < 2) return false;
	// Which row it is about is certain only where the superlative stands with its name.
	const name = grid.rows[row]?.name.toLowerCase().split(/[^\p{L}]+/u)[0] ?? '';
	const near = (pattern: RegExp) => new RegExp(`${pattern.source}[^,.;]{0,40}\\b${name}`, 'i').test(text.toLowerCase());
	if (name === '' || !/\p{L}/u.test(name)) return false;
	return (near(LOWEST) && own > Math.min(...figures)) || (near(HIGHEST) && own < Math.max(...figures));
}

/** It names something that neither the documents, nor the table, nor the person know. */
function inventsName(text: string, grid: Grid, need: string): boolean {
	const { offers, rows } = grid;
	const documents = offers.flatMap(({ name, document }) => [name, document.markdown]);
	const table = [...rows.map(({ name }) => name), ...offers.flatMap((_, offer) => evidence(grid, offer))];
	return inventedNames(text, [need, ...documents, ...table]).length > 0;
}
