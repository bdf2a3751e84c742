import type { RunContext } from '@errand/core/ports/capability.ts';
import type { Corpus } from '../../corpus.ts';
import type { PieceRequest } from '../../writing/piece.ts';
import type { BoundedModel } from '../asking/bounded-model.ts';
import { gatherStatements } from '../reading/gather-statements.ts';
import type { Statement } from '../reading/statement.ts';
import type { Weighed } from '../reading/weigh-by-rules.ts';
import { weighStatements } from '../reading/weigh-statements.ts';
import { type PieceFormat, WRITING } from './writing-messages.ts';

/** WritingParts is what each step of writing works with. */
export interface WritingParts {
	readonly corpus: Corpus;
	readonly model: BoundedModel;
	readonly context: Pick<RunContext, 'signal' | 'progress'>;
}

/** findPoints gathers what the documents say on a request, weighed, the most telling first. */
export async function findPoints(
	format: PieceFormat,
	{ documents, topic, need }: PieceRequest,
	{ corpus, model, context }: WritingParts,
): Promise<{ weighed: Weighed; warnings: string[] }> {
	const nothing: Weighed = { groups: [], contradictions: [], warnings: [] };
	if (corpus.passages.length === 0) return { weighed: nothing, warnings: corpus.warnings };
	const focus = [topic, need].filter((text) => text !== undefined).join('\n') || undefined;
	const shared = { model, corpus, focus, purpose: WRITING, context };
	const reading = await gatherStatements({ ...shared, task: TASK[format], reserve: 8 });
	const warnings = [...corpus.warnings, ...reading.warnings];
	const { statements } = reading;
	if (documents.length < 2 && statements.length <= MOST_POINTS[format]) {
		return { weighed: { ...nothing, groups: statements.map((statement) => [statement]) }, warnings };
	}
	context.progress({ percent: 75, text: 'Weighing what the sources say' });
	const weighed = await weighStatements({ ...shared, statements, topic, most: MOST_POINTS[format], reserve: 2 });
	return { weighed, warnings: [...warnings, ...weighed.warnings] };
}

const MOST_POINTS: Readonly<Record<PieceFormat, number>> = { report: 30, 'talking-points': 22, email: 12 };
const TASK: Readonly<Record<PieceFormat, string>> = {
	report:
		'A report will be written from the statements: report what answers the request, both sides of a dispute, figures and dates.',
	'talking-points':
		'Talking points will be written from the statements: report what can be argued with, both sides of a dispute, figures, dates and who says what.',
	email: 'A short e-mail will be written from the statements: report only what it needs.',
};

/** MOST_CONTRADICTIONS is how many contradictions a text tells. */
export const MOST_CONTRADICTIONS = 5;

/** withSides lets both sides of a contradiction be cited, even if one alone would not have been told. */
export function withSides({ groups, contradictions }: Weighed): Statement[][] {
	const all = groups.map((group) => [...group]);
	for (const side of contradictions.slice(0, MOST_CONTRADICTIONS).flatMap(({ sides }) => sides)) {
		const own = all.find((group) => group.includes(side));
		if (own === undefined) all.push([side]);
		// Only the first few of a group are numbered.
		else own.sort((one, other) => Number(other === side) - Number(one === side));
	}
	return all;
}
