import { addressKey } from '@errand/core/domain/address-key.ts';
import type { Document } from '@errand/core/domain/document.ts';
import { whyOutdated } from './outdated.ts';
import { type Shingles, sharedPart, shinglesOf } from './shingles.ts';
import { readTopic } from './topic.ts';
import { weighDocument } from './weigh-document.ts';

/** DroppedPage is a page that was read and not kept. */
export interface DroppedPage {
	readonly title: string;
	readonly url: string;
	readonly why: string;
}

/** Gathered is what is worth working on of all that was read, the weightiest first. */
export interface Gathered {
	readonly documents: readonly Document[];
	readonly dropped: readonly DroppedPage[];
	readonly warnings: readonly string[];
}

/** GatherRequest says of what to keep how much. */
export interface GatherRequest {
	readonly documents: readonly Document[];
	readonly topic: string | undefined;
	readonly maxDocuments: number;
}

/** Bounds on what goes on to be written about. */
const LIMITS = { each: 60_000, together: 1_200_000, links: 100 } as const;

/** So many times as many pages as are kept are looked at for copies. */
const COMPARED = 3;

interface Weighed {
	readonly document: Document;
	readonly score: number;
	readonly outdated: string | undefined;
	readonly shingles: Shingles;
}

/** gatherDocuments drops what says nothing new or nothing on the topic, and weighs the rest. */
export function gatherDocuments({ documents, topic, maxDocuments }: GatherRequest): Gathered {
	const dropped: DroppedPage[] = [];
	const drop = (document: Document, why: string) => dropped.push({ ...nameOf(document), why });
	const single = oncePerAddress(documents);
	const wanted = topic === undefined ? undefined : readTopic(topic);
	const onTopic = single.flatMap((document) => {
		const { score, why } = weighDocument(document, wanted);
		if (why === undefined) return [{ document, score }];
		drop(document, why);
		return [];
	});
	onTopic.sort((one, other) => other.score - one.score);
	// Each is held against every other for copies.
	const most = COMPARED * maxDocuments;
	for (const { document } of onTopic.slice(most)) drop(document, `tells less than the best ${maxDocuments}`);
	const all = onTopic.map(({ document }) => document);
	const weighed = onTopic.slice(0, most).map(({ document, score }) => {
		return {
			document,
			score,
			outdated: whyOutdated(document, all),
			shingles: shinglesOf(document.markdown.slice(0, LIMITS.each)),
		};
	});
	const { kept, copies } = withoutCopies(weighed);
	for (const { copy, of } of copies) drop(copy, `repeats “${of.title}” almost word for word`);
	const old = ({ outdated }: Weighed) => Number(outdated !== undefined);
	const ranked = kept.sort((one, other) => old(one) - old(other) || other.score - one.score);
	for (const { document } of ranked.slice(maxDocuments)) drop(document, `tells less than the best ${maxDocuments}`);
	const best = ranked.slice(0, maxDocuments);
	return {
		documents: cutTogether(best.map(({ document }) => document)),
		dropped,
		warnings: warningsOf(best, copies, dropped),
	};
}

/** A page that two links led to was read twice; the reading with more text stays. */
function oncePerAddress(documents: readonly Document[]): Document[] {
	const known = new Map<string, Document>();
	for (const document of documents) {
		const key =
			(document.url === undefined ? undefined : addressKey(document.url)) ?? document.artifact ?? document.markdown;
		const before = known.get(key);
		if (before === undefined || before.markdown.length < document.markdown.length) known.set(key, document);
	}
	return [...known.values()];
}

interface Copy {
	readonly copy: Document;
	readonly of: Document;
}

/** Of a copy and what it copies, near enough the same length, the better source stays. */
function withoutCopies(weighed: readonly Weighed[]): { kept: Weighed[]; copies: Copy[] } {
	const kept: Weighed[] = [];
	const copies: Copy[] = [];
	for (const one of [...weighed].sort(bySource)) {
		const original = kept.find((other) => {
			const { part, lengths } = sharedPart(one.shingles, other.shingles);
			return (part >= 0.8 && lengths >= 0.5) || (part >= 0.95 && one.shingles.size <= other.shingles.size);
		});
		if (original === undefined) kept.push(one);
		else copies.push({ copy: one.document, of: original.document });
	}
	return { kept, copies };
}

/** The better source first: whole and current before cut or outdated, who wrote before who passed on, early before late, long before short. */
function bySource(one: Weighed, other: Weighed): number {
	const rank = ({ document, outdated }: Weighed) =>
		(document.truncated ? 4 : 0) + (outdated === undefined ? 0 : 2) + (PASSED_ON.test(document.title) ? 1 : 0);
	const date = ({ document }: Weighed) => document.date ?? '9999';
	return rank(one) - rank(other) || date(one).localeCompare(date(other)) || other.shingles.size - one.shingles.size;
}

const PASSED_ON =
	/\b(?:press release|news release|media release|press statement|syndicated|reprint|pressemitteilung)\b/i;

function cutTogether(documents: readonly Document[]): Document[] {
	const each = Math.min(LIMITS.each, Math.floor(LIMITS.together / Math.max(1, documents.length)));
	return documents.map((document) => {
		const links = document.links.slice(0, LIMITS.links);
		if (document.markdown.length <= each) return { ...document, links };
		const line = document.markdown.lastIndexOf('\n', each);
		const markdown = document.markdown.slice(0, line > each * 0.8 ? line : each).toWellFormed();
		return { ...document, links, markdown, truncated: true };
	});
}

function warningsOf(best: readonly Weighed[], copies: readonly Copy[], dropped: readonly DroppedPage[]): string[] {
	const warnings = best.flatMap(({ document, outdated }) =>
		outdated === undefined ? [] : [`“${document.title}” ${outdated}; what it says may no longer hold.`],
	);
	for (const { copy, of } of copies) {
		warnings.push(`“${copy.title}” repeats “${of.title}” almost word for word, so it counts as one source with it.`);
	}
	const aside = dropped.filter(({ why }) => why.startsWith('says little')).map(({ title }) => `“${title}”`);
	if (aside.length > 0) {
		const more = aside.length > MAX_NAMED ? ` and ${aside.length - MAX_NAMED} more` : '';
		warnings.push(
			`Read and left out, because little in it is on the topic: ${aside.slice(0, MAX_NAMED).join(', ')}${more}.`,
		);
	}
	return warnings;
}

const MAX_NAMED = 8;

function nameOf({ title, url, artifact }: Document): { title: string; url: string } {
	const place = url ?? artifact ?? '';
	return { title: title || place || 'A document', url: place };
}
