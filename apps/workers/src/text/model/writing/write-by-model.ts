import type { Source } from '@errand/core/domain/capability.ts';
import type { RunContext, RunModel } from '@errand/core/ports/capability.ts';
import { readCorpus } from '../../corpus.ts';
import { escapeMarkdown } from '../../facts/source-marks.ts';
import { type Finding, joinFindings, type Piece, type PieceRequest } from '../../writing/piece.ts';
import { titled } from '../../writing/title.ts';
import { BoundedModel } from '../asking/bounded-model.ts';
import type { Attempt } from '../asking/proved-or-rules.ts';
import type { Removal } from './check-line.ts';
import { keptWhole, tellSilent, tellUntold } from './closing-parts.ts';
import { shapeEmail } from './email-shape.ts';
import { findPoints, MOST_CONTRADICTIONS, withSides } from './find-points.ts';
import { type Grounds, layGrounds } from './grounds.ts';
import type { LiveDraft } from './live-draft.ts';
import { markContradictions } from './marked-contradictions.ts';
import { removalWarnings } from './removal-warnings.ts';
import { streamDraft } from './stream-draft.ts';
import type { PieceFormat } from './writing-messages.ts';
import { fittingGroups, writingRoom } from './writing-room.ts';

/** WritingRun is what writing by a model needs of its run. */
export interface WritingRun {
	readonly model: RunModel;
	readonly context: Pick<RunContext, 'signal' | 'progress'>;
}

/**
 * writeByModel writes in two steps: points with words that stand in the documents are gathered and weighed first, then a text
 * is written from those alone, streamed as partials, and each line of it is held against what it cites. Nothing is made
 * where too little of that stands.
 */
export async function writeByModel(
	format: PieceFormat,
	request: PieceRequest,
	{ model, context }: WritingRun,
): Promise<Attempt<Piece>> {
	const corpus = readCorpus(request.documents);
	const bounded = new BoundedModel(model);
	const { weighed, warnings } = await findPoints(format, request, { corpus, model: bounded, context });
	if (weighed.groups.length === 0 && !request.findings.some(saysSomething)) return { made: undefined, warnings };
	const room = writingRoom(format, bounded.contextTokens);
	const points = { ...weighed, groups: fittingGroups(weighed.groups, request, room.text) };
	const grounds = layGrounds(request, corpus, withSides(points));
	const contradictions = markContradictions(weighed.contradictions, grounds).slice(0, MOST_CONTRADICTIONS);
	const written = await streamDraft(format, request, {
		corpus,
		model: bounded,
		context,
		grounds,
		contradictions,
		room,
	});
	const { draft } = written;
	const enough = hasEnough(format, draft, grounds);
	if (format !== 'email') {
		draft.add(tellUntold(contradictions, draft.cited, corpus));
		draft.finish(false);
	}
	const silent = format === 'email' ? '' : tellSilent(request.topic, corpus, weighed.groups.flat());
	const { title, body, sources, removed } = pieceOf(format, request, { draft, grounds, silent });
	const before = joinFindings(request.findings);
	const notes = [...before.warnings, ...warnings, ...removalWarnings([...draft.removed, ...removed])];
	if (!enough) {
		context.progress({ partial: '' });
		return { made: undefined, warnings: notes };
	}
	if (written.wasCut) notes.push('The text reached the most that the model may write, and ends there.');
	context.progress({ percent: 95, partial: body });
	return { made: { title, body, sources, warnings: notes }, warnings: notes };
}

/** Some findings hand over warnings alone. */
function saysSomething({ text, answers = [] }: Finding): boolean {
	return text.trim() !== '' || answers.length > 0;
}

/** A text of which most had to go is not what the model meant to say, and nobody else meant it either. */
function hasEnough(format: PieceFormat, draft: LiveDraft, grounds: Grounds): boolean {
	const lost = draft.removed.filter(({ why }) => why !== 'mark' && why !== 'address').length;
	const lines = draft.text.split('\n').filter((line) => /\p{L}/u.test(line) && !/^\s*#/.test(line)).length;
	if (format === 'email') return lines >= 3 && lost <= lines;
	const [kept, least] = grounds.cited.length === 0 ? [lines, 1] : [draft.kept, Math.min(2, grounds.cited.length)];
	return kept >= least && lost <= kept * 2;
}

function pieceOf(
	format: PieceFormat,
	request: PieceRequest,
	{ draft, grounds, silent }: { draft: LiveDraft; grounds: Grounds; silent: string },
): Omit<Piece, 'warnings'> & { removed: readonly Removal[] } {
	const sources = draft.cited.flatMap((number) => grounds.cited[number - 1]?.source ?? []);
	if (format === 'email') {
		const { title, body, removed } = shapeEmail(draft.text, request, grounds);
		const named = [body, sourceLines(sources)].filter((part) => part !== '').join('\n\n');
		return { title, body: named, sources, removed: removed.map((words) => ({ why: 'name', words })) };
	}
	const whole = format === 'report' ? keptWhole(request.findings) : '';
	const body = [draft.text, whole, silent].filter((part) => part !== '').join('\n\n');
	return { title: titled(request, format === 'report' ? '' : 'Talking points'), body, sources, removed: [] };
}

/** An e-mail leaves the page, so it names its sources itself. */
function sourceLines(sources: readonly Source[]): string {
	const lines = sources.map(({ title, url }, at) => {
		return `- [${at + 1}] ${escapeMarkdown(title)}${url === undefined ? '' : `, ${url}`}`;
	});
	return lines.length === 0 ? '' : `Sources:\n\n${lines.join('\n')}`;
}
