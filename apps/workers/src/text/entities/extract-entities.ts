import type { Source } from '@errand/core/domain/capability.ts';
import type { Document } from '@errand/core/domain/document.ts';
import { type Piece, readPieces } from '../facts/pieces.ts';
import { quoteIsVerbatim } from '../facts/quote.ts';
import { escapeMarkdown, SourceMarks, sourceIn } from '../facts/source-marks.ts';
import { ENTITY_KINDS, type EntityKind, type Found, NAME_KINDS, type NameKind } from './found.ts';
import { KnownNames } from './known-names.ts';
import { findNames } from './names.ts';
import { countryOf, findPatterns } from './patterns.ts';

/** Entity is one thing that the documents mention, with how often and where first. */
export interface Entity {
	readonly kind: EntityKind;
	readonly value: string;
	readonly normalized?: string;
	readonly count: number;
	readonly source: Source;
}

/** Extraction is all that was found, as data and as Markdown. */
export interface Extraction {
	readonly text: string;
	readonly items: Entity[];
	readonly sources: Source[];
	readonly warnings: string[];
	readonly method: 'model' | 'rules';
}

/** GivenNames are names that a language model read in the documents, each with the documents (by index) it stands in. */
export interface GivenNames {
	readonly by: string;
	readonly names: readonly GivenName[];
	readonly warnings: readonly string[];
}

/** GivenName is a person, organisation or place. */
export interface GivenName {
	readonly kind: NameKind;
	readonly value: string;
	readonly document: number;
}

// Names cost about 5 ms per 1,000 characters: past this much text only what has a fixed form is looked for.
const NAME_CHARS = 250_000;
const MAX_OF_KIND = 100;
const MAX_SHOWN = 25;

/** extractEntities finds people, organisations, places, dates, money, phones, mail and web addresses, each once. */
export function extractEntities(
	documents: readonly Document[],
	wanted: readonly EntityKind[] = ENTITY_KINDS,
	given?: GivenNames,
): Extraction {
	const kinds = new Set(wanted.length === 0 ? ENTITY_KINDS : wanted);
	const counted = new Map<string, Mention>();
	const warnings: string[] = [];
	let left = NAME_CHARS;
	let used = false;
	for (const [index, document] of documents.entries()) {
		const names = namesFor(given, index, kinds);
		const country = countryOf(document.url);
		let skipped = false;
		for (const piece of readPieces(document.markdown)) {
			const found = findPatterns(piece.plain, kinds, country);
			if (NAMES.some((kind) => kinds.has(kind))) {
				if (left > 0) found.push(...findNames(piece.plain.slice(0, 1_500), kinds));
				else skipped = true;
				left -= piece.plain.length;
			}
			const mentioned = names === undefined ? [] : names.mentionedIn(piece.plain);
			used ||= mentioned.length > 0;
			for (const one of names?.over(found, mentioned) ?? found) count(counted, one, document, piece);
		}
		if (kinds.has('urls')) countLinks(counted, document);
		if (skipped && given === undefined)
			warnings.push(`${document.title} is long: names were looked for only in its beginning.`);
		if (document.markdown.trim() === '') warnings.push(`${document.title || 'A document'} has no text.`);
	}
	const mentions = joinSurnames([...counted.values()]).sort((one, other) => other.count - one.count);
	const items = ENTITY_KINDS.flatMap((kind) => {
		const ofKind = mentions.filter((mention) => mention.kind === kind);
		if (ofKind.length > MAX_OF_KIND) {
			warnings.push(
				`Of ${ofKind.length} different ${HEADINGS[kind].toLowerCase()} only the ${MAX_OF_KIND} most mentioned are listed.`,
			);
		}
		return ofKind.slice(0, MAX_OF_KIND).flatMap(entity);
	});
	return {
		...render(items, kinds, used ? given?.by : undefined),
		items,
		warnings: [...warnings, ...(given?.warnings ?? [])],
		method: used ? 'model' : 'rules',
	};
}

const NAMES: readonly EntityKind[] = NAME_KINDS;

function namesFor(given: GivenNames | undefined, document: number, kinds: ReadonlySet<EntityKind>) {
	const own = given?.names.filter((name) => name.document === document && kinds.has(name.kind)) ?? [];
	return own.length === 0 ? undefined : new KnownNames(own);
}

interface Mention extends Found {
	readonly document: Document;
	readonly quote: string;
	count: number;
}

function entity({ document, quote, ...found }: Mention): Entity[] {
	return quoteIsVerbatim(document, quote) ? [{ ...found, source: sourceIn(document, quote) }] : [];
}

function count(counted: Map<string, Mention>, found: Found, document: Document, piece: Piece): void {
	const key = `${found.kind}\n${(found.normalized ?? found.value).toLowerCase()}`;
	const known = counted.get(key);
	if (known !== undefined) known.count += 1;
	else counted.set(key, { ...found, count: 1, document, quote: quoteAround(piece.raw, found.value) });
}

/** Link targets are not part of the text: a link is quoted by its words. */
function countLinks(counted: Map<string, Mention>, document: Document): void {
	for (const { text, url } of document.links) {
		const key = `urls\n${url.toLowerCase()}`;
		if (counted.has(key) || !/^https?:/i.test(url)) continue;
		counted.set(key, { kind: 'urls', value: url, normalized: url, count: 1, document, quote: text });
	}
}

/** A long sentence is quoted around the mention, cut between words. */
function quoteAround(raw: string, value: string): string {
	if (raw.length <= 240) return raw;
	const at = Math.max(0, raw.indexOf(value));
	const start = at <= 100 ? 0 : raw.indexOf(' ', at - 100) + 1;
	const end = raw.lastIndexOf(' ', Math.max(at + value.length + 100, start + 120));
	return raw.slice(Math.min(start, at), end > at + value.length ? end : undefined).trim();
}

/** "Lovelace" after "Ada Lovelace" is the same person. */
function joinSurnames(items: Mention[]): Mention[] {
	const full = items.filter((item) => item.kind === 'people' && item.value.includes(' '));
	const extra = new Map<Mention, number>();
	const kept = items.filter((item) => {
		if (item.kind !== 'people' || item.value.includes(' ')) return true;
		const owner = full.find((one) => one.value.endsWith(` ${item.value}`) || one.value.startsWith(`${item.value} `));
		if (owner === undefined) return true;
		extra.set(owner, (extra.get(owner) ?? 0) + item.count);
		return false;
	});
	return kept.map((item) => ({ ...item, count: item.count + (extra.get(item) ?? 0) }));
}

const HEADINGS: Record<EntityKind, string> = {
	people: 'People',
	organisations: 'Organisations',
	places: 'Places',
	dates: 'Dates',
	money: 'Money',
	phones: 'Phone numbers',
	emails: 'Mail addresses',
	urls: 'Web addresses',
};

function render(
	items: readonly Entity[],
	kinds: ReadonlySet<EntityKind>,
	by: string | undefined,
): { text: string; sources: Source[] } {
	const marks = new SourceMarks();
	const parts = ENTITY_KINDS.filter((kind) => kinds.has(kind)).map((kind) => {
		const ofKind = items.filter((item) => item.kind === kind);
		if (ofKind.length === 0) return `**${HEADINGS[kind]}:** none found`;
		const lines = ofKind
			.slice(0, MAX_SHOWN)
			.map((item) => `- ${escapeMarkdown(item.value)}${detail(item)} ${marks.of(item.source)}`);
		if (ofKind.length > MAX_SHOWN) lines.push(`- and ${ofKind.length - MAX_SHOWN} more`);
		return `**${HEADINGS[kind]}**\n${lines.join('\n')}`;
	});
	for (const item of items) marks.of(item.source);
	parts.push(
		by === undefined
			? '*Found by fixed rules and word lists, not by a language model: some names may be missing or in the wrong group.*'
			: `*Names were read by the language model ${escapeMarkdown(by)} as well as by fixed rules; each stands in its document.*`,
	);
	return { text: parts.join('\n\n'), sources: marks.sources };
}

function detail(item: Entity): string {
	const written = item.kind === 'dates' && item.normalized !== item.value ? ` (${item.normalized})` : '';
	return `${written}${item.count > 1 ? ` ×${item.count}` : ''}`;
}
