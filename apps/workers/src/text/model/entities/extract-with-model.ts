import type { Document } from '@errand/core/domain/document.ts';
import type { RunContext, RunModel } from '@errand/core/ports/capability.ts';
import { type Extraction, extractEntities, type GivenName, type GivenNames } from '../../entities/extract-entities.ts';
import { ENTITY_KINDS, type EntityKind, NAME_KINDS, type NameKind } from '../../entities/found.ts';
import { isOrder } from '../../orders.ts';
import { byModelOrRules } from '../asking/by-model-or-rules.ts';
import { inTurns } from '../asking/in-turns.ts';
import { packed } from '../asking/packed.ts';
import { clipSize, roomFor, sizeOf } from '../asking/text-size.ts';
import { quotedIn } from '../checking/model-words.ts';
import { verifiedQuote } from '../checking/verify-quote.ts';
import { askNames, type ReadNames } from './ask-names.ts';

/**
 * extractWithModel has the model read people, organisations and places, which rules find only in part; what has a fixed form
 * (dates, money, numbers, addresses) is the rules'. A name counts where it stands in its document word for word.
 */
export async function extractWithModel(
	model: RunModel,
	{
		documents,
		kinds = ENTITY_KINDS,
	}: { readonly documents: readonly Document[]; readonly kinds?: readonly EntityKind[] | undefined },
	{ progress }: Pick<RunContext, 'progress'>,
): Promise<Extraction> {
	const wanted = NAME_KINDS.filter((kind) => kinds.length === 0 || kinds.includes(kind));
	if (wanted.length === 0) return extractEntities(documents, kinds);
	return byModelOrRules({
		model,
		byRules: () => extractEntities(documents, kinds),
		byModel: async () => {
			progress({ percent: 10, text: `Reading ${documents.length} documents with the language model` });
			const { parts, unread } = partsOf(documents, model);
			const read = await inTurns(parts, async (part) => {
				const { names } = await askNames(model, { ...roomOf(model), ...part, kinds: wanted });
				return names.slice(0, MAX_NAMES);
			});
			const given = checkedNames(documents, wanted, read.flat());
			const warnings = [
				...given.warnings,
				...unread.map(
					(title) => `${quotedIn(title, 80)} is long: the language model read names only in its beginning.`,
				),
			];
			return extractEntities(documents, kinds, { ...given, by: model.name, warnings });
		},
	});
}

const REPLY_TOKENS = 4_000;
const MAX_NAMES = 400;
/** A part of its own for what fits one request; more than these cost minutes. */
const MAX_PARTS = 8;
const HEAD_SIZE = 500;

function roomOf({ contextTokens }: RunModel): { readonly room: number; readonly maxTokens: number } {
	const maxTokens = Math.min(REPLY_TOKENS, Math.floor(contextTokens / 3));
	// The reply is as long as there are names: ten pages hold about as many as it can.
	return { room: Math.min(30_000, roomFor(contextTokens, maxTokens)), maxTokens };
}

interface Part {
	readonly documents: readonly Document[];
	readonly first: number;
}

function partsOf(documents: readonly Document[], model: RunModel): { parts: Part[]; unread: string[] } {
	const { room } = roomOf(model);
	const chunks = documents.flatMap((document, index) =>
		chunksOf(document.markdown, room - HEAD_SIZE).map((markdown) => ({ index, document: { ...document, markdown } })),
	);
	// Documents in a part are numbered in a row, so no two chunks of one document share a part.
	const groups = packed(chunks, ({ document }) => sizeOf(document.markdown) + HEAD_SIZE, room).flatMap((group) =>
		group.some(({ index }, at) => index !== (group[0]?.index ?? 0) + at) ? group.map((one) => [one]) : [group],
	);
	const parts = groups.slice(0, MAX_PARTS).flatMap((group) => {
		const [head] = group;
		return head === undefined ? [] : [{ first: head.index + 1, documents: group.map(({ document }) => document) }];
	});
	const left = groups.slice(MAX_PARTS).flatMap((group) => group.map(({ document }) => document.title));
	return { parts, unread: [...new Set(left)] };
}

function chunksOf(markdown: string, room: number): string[] {
	const chunks: string[] = [];
	let rest = markdown.trim();
	while (rest !== '' && chunks.length <= MAX_PARTS) {
		const chunk = clipSize(rest, room);
		if (chunk === '') break;
		chunks.push(chunk);
		rest = rest.slice(chunk.length).trimStart();
	}
	return chunks;
}

function checkedNames(
	documents: readonly Document[],
	wanted: readonly NameKind[],
	read: ReadNames['names'],
): Omit<GivenNames, 'by'> {
	const names: GivenName[] = [];
	const invented = new Set<string>();
	for (const { document: number, kind, value } of read) {
		const document = documents[number - 1];
		const name = value.replace(/\s+/g, ' ').trim();
		if (document === undefined || !wanted.includes(kind) || !isName(name)) continue;
		const words = verifiedQuote(name, document);
		if (words === undefined) invented.add(quotedIn(name, 60));
		else names.push({ kind, value: bare(words, name), document: number - 1 });
	}
	const shown = [...invented].slice(0, 5).join(', ');
	const more = invented.size > 5 ? ` and ${invented.size - 5} more` : '';
	return {
		names,
		warnings:
			invented.size === 0 ? [] : [`The language model named what the documents do not: ${shown}${more} left out.`],
	};
}

/** As the document spells it, without its markup. */
function bare(words: string, name: string): string {
	const plain = words
		.replace(/[*_`~\\]/g, '')
		.replace(/\s+/g, ' ')
		.trim();
	return plain.length <= name.length + 2 ? plain : name;
}

function isName(name: string): boolean {
	return (
		name.length >= 2 &&
		name.length <= 80 &&
		/^[\p{Lu}\p{Lo}\p{N}]|\s\p{Lu}/u.test(name) &&
		/\p{L}/u.test(name) &&
		name.split(' ').length <= 10 &&
		!/[@<>{}]|:\/\//.test(name) &&
		!isOrder(name)
	);
}
