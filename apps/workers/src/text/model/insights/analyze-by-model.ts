import type { Source } from '@errand/core/domain/capability.ts';
import type { Document } from '@errand/core/domain/document.ts';
import type { RunContext, RunModel } from '@errand/core/ports/capability.ts';
import { type Corpus, readCorpus } from '../../corpus.ts';
import { clip } from '../../facts/fact.ts';
import { plainText } from '../../facts/inline.ts';
import { sourceIn } from '../../facts/source-marks.ts';
import { type Analysis, type Insight, renderInsights } from '../../insights/analyze-documents.ts';
import { nameSource } from '../../writing/name-source.ts';
import { BoundedModel } from '../asking/bounded-model.ts';
import type { Attempt } from '../asking/proved-or-rules.ts';
import { gatherStatements } from '../reading/gather-statements.ts';
import { type Statement, StatementCheck } from '../reading/statement.ts';
import { type Contradiction, groupByRules, type Weighed } from '../reading/weigh-by-rules.ts';
import { weighStatements } from '../reading/weigh-statements.ts';

/** What analysing by a model needs of its run. */
export interface AnalysisRun {
	readonly model: RunModel;
	readonly context: Pick<RunContext, 'signal' | 'progress'>;
}

/**
 * analyzeByModel tells what stands out in documents, each insight with words that stand in them, and where two documents
 * contradict each other, with the words of both.
 */
export async function analyzeByModel(
	documents: readonly Document[],
	need: string | undefined,
	{ model, context }: AnalysisRun,
): Promise<Attempt<Analysis>> {
	const corpus = readCorpus(documents);
	if (corpus.passages.length === 0) return { made: undefined, warnings: corpus.warnings };
	const shared = { model: new BoundedModel(model), corpus, focus: need, purpose: 'text.analyze', context };
	const { statements, warnings: read } = await gatherStatements({ ...shared, task: TASK, reserve: 6 });
	const simple = documents.length === 1 && statements.length <= MOST_INSIGHTS;
	const weighed: Weighed = simple
		? { groups: groupByRules(statements, corpus), contradictions: [], warnings: [] }
		: await weighStatements({ ...shared, statements, most: MOST_INSIGHTS, reserve: 0 });
	const warnings = [...corpus.warnings, ...read, ...weighed.warnings];
	const check = new StatementCheck(documents, corpus.passages);
	const insights = [
		...weighed.groups.flatMap((group) => insightOf(group, documents)),
		...weighed.contradictions.map((one) => contradictionIn(one, corpus, check)),
	];
	if (insights.length === 0) return { made: undefined, warnings };
	const { text, sources } = renderInsights(insights);
	const plain = insights.map(({ statement, kind, source }): Insight => ({ statement, kind, source }));
	return { made: { text, sources, insights: plain, warnings, method: 'model' }, warnings };
}

const MOST_INSIGHTS = 40;
const TASK =
	'Report what someone should know of these documents: what each is about, figures, deadlines, duties, risks, changes, and what is left open.';

type Marked = Insight & { readonly also: readonly Source[] };

/** What several documents say is one insight with a mark for each. */
function insightOf(group: readonly Statement[], documents: readonly Document[]): Marked[] {
	const [first] = group;
	const [source, ...also] = group.flatMap(({ document, quote }) => {
		const own = documents[document];
		return own === undefined ? [] : [sourceIn(own, quote)];
	});
	return first === undefined || source === undefined
		? []
		: [{ statement: first.text, kind: first.kind, source, also: also.slice(0, 2) }];
}

/** Both sides in their own words; what they are about only as far as these words bear it out. */
function contradictionIn({ about, sides }: Contradiction, { documents }: Corpus, check: StatementCheck): Marked {
	const subject = check.wordsOf(about, sides);
	const told = sides.map(
		({ document, quote }) => `${nameIn(documents, document)} says “${clip(plainText(quote), 240).replace(/\.$/, '')}”`,
	);
	const lead = subject !== '' && check.bearsOut(subject, sides) ? `${capitalised(subject)}: ` : '';
	const [source, other] = sides.map(({ document, quote }) => sourceIn(documents[document] ?? UNKNOWN, quote));
	return {
		statement: `${lead}${told.join('; ')}.`,
		kind: 'contradiction',
		source: source ?? { title: 'Document' },
		also: other === undefined ? [] : [other],
	};
}

const UNKNOWN: Document = { title: 'Document', kind: 'text', markdown: '', links: [], truncated: false, warnings: [] };

function nameIn(documents: readonly Document[], index: number): string {
	const document = documents[index];
	if (document === undefined) return 'A document';
	const name = nameSource(document);
	const isShared = documents.some((other, at) => at !== index && nameSource(other) === name);
	return isShared ? `“${document.title}”` : name;
}

function capitalised(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
