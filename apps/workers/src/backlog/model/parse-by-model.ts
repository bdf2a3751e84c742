import type { Document } from '@errand/core/domain/document.ts';
import { DRAFT_LIMITS, type DraftItem, type Neighbour } from '@errand/core/planning/backlog/draft.ts';
import type { RunContext, RunModel } from '@errand/core/ports/capability.ts';
import { BoundedModel } from '../../text/model/asking/bounded-model.ts';
import { isModelFailure } from '../../text/model/asking/by-model-or-rules.ts';
import { sizeOf } from '../../text/model/asking/text-size.ts';
import { isOrder } from '../../text/orders.ts';
import type { ParsedDraft } from '../reading/parse-by-rules.ts';
import { askValue } from './ask-value.ts';
import { CleanWords } from './clean-words.ts';
import { cutDocument, type DocumentPart } from './cut-document.ts';
import { TasksReply } from './reply-shapes.ts';
import { settleItems } from './settle-items.ts';

/** ParseRequest is what a document's tasks are made of. */
export interface ParseRequest {
	readonly documents: readonly Document[];
	readonly numTasks?: number | undefined;
	readonly existing: readonly Neighbour[];
	readonly findings: readonly string[];
}

/** More parts than this cost minutes and money. */
const MOST_PARTS = 30;
/** A model that failed so often in a row will not do better with the next part. */
const PATIENCE = 2;

/**
 * parseByModel has a model read documents part after part, each with the tasks that came before, and joins what it made. Parts that
 * it gave nothing usable for are named; throws its failure where none was read.
 */
export async function parseByModel(
	request: ParseRequest,
	{ model: given, progress }: { readonly model: RunModel; readonly progress: RunContext['progress'] },
): Promise<ParsedDraft> {
	const model = new BoundedModel(given);
	const { documents, existing, findings } = request;
	const reply = replyTokens(model.contextTokens);
	const all = documents.flatMap(({ markdown }) => cutDocument(markdown, partSize(model.contextTokens, reply)));
	const parts = all.slice(0, MOST_PARTS);
	const total = parts.reduce((sum, { markdown }) => sum + sizeOf(markdown), 0);
	const words = new CleanWords([...documents.map(({ markdown }) => markdown), ...findings]);
	const items: DraftItem[] = [];
	const missed: { readonly part: DocumentPart; readonly error: unknown }[] = [];
	let failedInRow = 0;
	for (const [at, part] of parts.entries()) {
		progress({ percent: Math.round((95 * at) / parts.length), text: `Reading ${part.name} of ${parts.length}` });
		if (failedInRow >= PATIENCE) {
			missed.push({ part, error: missed.at(-1)?.error });
			continue;
		}
		try {
			const share = request.numTasks && Math.max(1, Math.round((request.numTasks * sizeOf(part.markdown)) / total));
			const value = await askValue(model, {
				purpose: 'backlog.parse',
				prompt: 'parse',
				told: toldOf({ number: at + 1, of: parts.length, share, next: items.length + 1 }),
				given: [
					{ title: documents[0]?.title ?? '', markdown: part.markdown },
					...knownText(items, existing),
					...findings.map((markdown) => ({ title: 'What was looked up', markdown: markdown.slice(0, 8_000) })),
				],
				name: 'backlog_tasks',
				schema: TasksReply,
				maxTokens: reply,
			});
			items.push(...settleItems(value.tasks, items, words));
			failedInRow = 0;
		} catch (error) {
			// What ends the whole run is no failure of this part.
			if (!isModelFailure(error)) throw error;
			missed.push({ part, error });
			failedInRow += 1;
		}
	}
	if (missed.length === parts.length && missed[0] !== undefined) throw missed[0].error;
	return { items, warnings: warningsOf({ request, items, parts, missed, leftOut: all.slice(MOST_PARTS), words }) };
}

function toldOf({ number, of, share, next }: { number: number; of: number; share: number | undefined; next: number }) {
	const piece =
		of === 1
			? 'Document 1 is the whole product document.'
			: `Document 1 is part ${number} of ${of} of a product document.`;
	const count =
		share === undefined
			? 'Make as many tasks as it describes things to build.'
			: `Make about ${share} task${share === 1 ? '' : 's'}.`;
	return [`${piece} ${count} Ids begin with ${next}.`];
}

/** What came before, by number and title alone. */
function knownText(items: readonly DraftItem[], existing: readonly Neighbour[]) {
	const known = items.slice(-120).map(({ id, title }) => `${id}. ${title}`);
	const there = existing.slice(-120).map(({ title }) => `- ${title}`);
	return [
		...(known.length === 0 ? [] : [{ title: 'Known tasks, which new ones may depend on', markdown: known.join('\n') }]),
		...(there.length === 0
			? []
			: [{ title: 'Tasks of the project already, not to be repeated', markdown: there.join('\n') }]),
	];
}

function replyTokens(contextTokens: number): number {
	return Math.min(8_000, Math.max(500, Math.floor(contextTokens / 4)));
}

/** What a part may hold (`sizeOf`), beside the prompt, what is known and the reply. */
function partSize(contextTokens: number, reply: number): number {
	const tokens = Math.min(10_000, contextTokens - reply - 3_500);
	return Math.max(1_500, tokens * 3);
}

function warningsOf(made: {
	readonly request: ParseRequest;
	readonly items: readonly DraftItem[];
	readonly parts: readonly DocumentPart[];
	readonly missed: readonly { readonly part: DocumentPart }[];
	readonly leftOut: readonly DocumentPart[];
	readonly words: CleanWords;
}): string[] {
	const { request, items, parts, missed, leftOut, words } = made;
	const orders = request.documents.reduce(
		(sum, { markdown }) => sum + markdown.split('\n').filter((line) => isOrder(line.slice(0, 2_000))).length,
		0,
	);
	const { numTasks } = request;
	const names = missed.map(({ part }) => part.name).join(', ');
	return [
		...(missed.length === 0
			? []
			: [
					`The language model gave nothing usable for ${names} of ${parts.length}: those tasks are missing. Read the document again with append.`,
				]),
		...(leftOut.length === 0
			? []
			: [
					`The document is too long: its last ${leftOut.length} parts, from ${leftOut[0]?.name ?? ''} on, were not read.`,
				]),
		...(orders === 0
			? []
			: [
					`${orders === 1 ? 'A line' : `${orders} lines`} of the document that speak to an assistant were not shown to the model.`,
				]),
		...(items.length >= DRAFT_LIMITS.items
			? [`There are more than ${DRAFT_LIMITS.items} tasks in the document; the rest was left out.`]
			: []),
		...(numTasks !== undefined && missed.length === 0 && items.length !== numTasks
			? [`The model made ${items.length} tasks, not the ${numTasks} asked for.`]
			: []),
		...words.warnings,
	];
}
