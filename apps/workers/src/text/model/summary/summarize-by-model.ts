import { structuredReply } from '@errand/core/models/structured-reply.ts';
import type { RunContext, RunModel } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import { type Corpus, readCorpus } from '../../corpus.ts';
import { escapeMarkdown, SourceMarks, sourceIn } from '../../facts/source-marks.ts';
import { joinSentences, type Summary, type SummaryRequest } from '../../summary/summarize-documents.ts';
import { BoundedModel } from '../asking/bounded-model.ts';
import { type ModelRoom, roomOf } from '../asking/model-room.ts';
import type { Attempt } from '../asking/proved-or-rules.ts';
import { estimateTokens } from '../asking/text-size.ts';
import { cutParts, type Part, partDocuments } from '../reading/cut-parts.ts';
import { gatherStatements } from '../reading/gather-statements.ts';
import { type Proved, StatementCheck } from '../reading/statement.ts';
import { weighStatements } from '../reading/weigh-statements.ts';
import { type SummaryWishes, statementsMessages, wholeMessages } from './summary-messages.ts';

/** What summarising by a model needs of its run. */
export interface SummaryRun {
	readonly model: RunModel;
	readonly context: Pick<RunContext, 'signal' | 'progress'>;
}

/**
 * summarizeByModel says in the model's words what the documents say: at once where they fit, else from statements gathered
 * in parts. Each sentence rests on words that stand in a document; one with a figure that they lack is left out.
 * Nothing is made where no sentence stands.
 */
export async function summarizeByModel(
	{ documents, focus, maxSentences = 5, style }: SummaryRequest,
	{ model, context }: SummaryRun,
): Promise<Attempt<Summary>> {
	const corpus = readCorpus(documents);
	if (corpus.passages.length === 0) return { made: undefined, warnings: corpus.warnings };
	const bounded = new BoundedModel(model);
	const room = roomOf(bounded.contextTokens, estimateTokens(focus ?? ''));
	const wishes = { focus, maxSentences, style };
	const [first, ...others] = cutParts(corpus, { partTokens: room.part, mostParts: Number.MAX_SAFE_INTEGER }).parts;
	const asked = { corpus, model: bounded, room, wishes, context };
	const fits = first !== undefined && others.length === 0;
	const drafted = fits ? await atOnce(first, asked) : await inParts(asked);
	context.signal.throwIfAborted();
	const check = new StatementCheck(documents, corpus.passages);
	const kept = drafted.sentences.slice(0, maxSentences).flatMap((drafted) => standing(drafted, check) ?? []);
	const lost = Math.min(maxSentences, drafted.sentences.length) - kept.length;
	const warnings = [...corpus.warnings, ...drafted.warnings];
	if (lost > 0) {
		const [subject, them] =
			lost === 1 ? ['One sentence of the model was', 'it'] : [`${lost} sentences of the model were`, 'them'];
		warnings.push(`${subject} left out, because the documents do not bear ${them} out.`);
	}
	if (kept.length === 0) return { made: undefined, warnings };
	const marks = new SourceMarks();
	const lines = kept.map(({ text, words }) => {
		const own = words.flatMap(({ document, quote }) => {
			const source = documents[document];
			return source === undefined ? [] : [marks.of(sourceIn(source, quote))];
		});
		return documents.length > 1 ? `${escapeMarkdown(text)} ${[...new Set(own)].join(' ')}` : escapeMarkdown(text);
	});
	return {
		made: {
			text: joinSentences(lines, style ?? 'paragraph'),
			sentences: kept.map(({ text }) => text),
			sources: marks.sources,
			warnings,
			method: 'model',
		},
		warnings,
	};
}

const PURPOSE = 'text.summarize';

/** A sentence as the model drafted it, with the words it claims to rest on, proved or to be proved. */
interface Drafted {
	readonly sentence: string;
	readonly support: readonly (
		| Proved
		| { readonly named: number; readonly quote: string; readonly among: readonly number[] }
	)[];
}

interface Asked {
	readonly corpus: Corpus;
	readonly model: BoundedModel;
	readonly room: ModelRoom;
	readonly wishes: SummaryWishes;
	readonly context: SummaryRun['context'];
}

interface Draft {
	readonly sentences: readonly Drafted[];
	readonly warnings: readonly string[];
}

const WHOLE_REPLY = z.object({
	sentences: z.array(
		z.object({ sentence: z.string(), support: z.array(z.object({ document: z.int(), quote: z.string() })) }),
	),
});

async function atOnce(part: Part, { corpus, model, room, wishes }: Asked): Promise<Draft> {
	const documents = partDocuments(part, corpus.documents);
	const { value } = await structuredReply(model, {
		purpose: PURPOSE,
		messages: wholeMessages(documents, wishes),
		maxTokens: room.reply,
		name: 'summary',
		schema: WHOLE_REPLY,
	});
	const among = documents.map(({ index }) => index);
	const sentences = value.sentences.map(({ sentence, support }) => ({
		sentence,
		support: support.map(({ document, quote }) => ({ named: document, quote, among })),
	}));
	return { sentences, warnings: [] };
}

const STATEMENTS_REPLY = z.object({
	sentences: z.array(z.object({ sentence: z.string(), numbers: z.array(z.int()) })),
});

async function inParts({ corpus, model, room, wishes, context }: Asked): Promise<Draft> {
	const { focus } = wishes;
	const shared = { model, corpus, focus, purpose: PURPOSE, context };
	const task = 'The documents will be summarised from the statements: report what matters most.';
	const reading = await gatherStatements({ ...shared, task, reserve: 8 });
	const most = Math.max(20, wishes.maxSentences * 3);
	const { statements } = reading;
	const few = statements.length <= most && corpus.documents.length === 1;
	const weighed = few ? undefined : await weighStatements({ ...shared, statements, most, reserve: 2 });
	const groups = weighed?.groups ?? statements.map((statement) => [statement]);
	const warnings = [...reading.warnings, ...(weighed?.warnings ?? [])];
	if (groups.length === 0) return { sentences: [], warnings };
	const { value } = await structuredReply(model, {
		purpose: PURPOSE,
		messages: statementsMessages(groups, corpus.documents, wishes),
		maxTokens: room.reply,
		name: 'summary_of_statements',
		schema: STATEMENTS_REPLY,
	});
	const sentences = value.sentences.map(({ sentence, numbers }) => ({
		sentence,
		support: [...new Set(numbers)].flatMap((number) => groups[number - 1]?.slice(0, 2) ?? []),
	}));
	return { sentences, warnings };
}

/** The sentence with the words that prove it; undefined where they do not. */
function standing({ sentence, support }: Drafted, check: StatementCheck) {
	const words = support.flatMap((one): Proved[] => {
		if (!('named' in one)) return [{ document: one.document, quote: one.quote }];
		const proved = check.prove(one.quote, one.named, one.among);
		return proved === undefined ? [] : [proved];
	});
	const text = words.length === 0 ? '' : check.wordsOf(sentence, words);
	return text !== '' && check.bearsOut(text, words) ? { text, words } : undefined;
}
