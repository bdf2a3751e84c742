import type { Source } from '@errand/core/domain/capability.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import type { RunContext, RunModel } from '@errand/core/ports/capability.ts';
import { type Corpus, readCorpus } from '../../corpus.ts';
import { escapeMarkdown } from '../../facts/source-marks.ts';
import { joinFindings, type Piece, type PieceRequest } from '../../writing/piece.ts';
import { titled } from '../../writing/title.ts';
import { BoundedModel } from '../reading/bounded-model.ts';
import { gatherStatements } from '../reading/gather-statements.ts';
import type { Attempt } from '../reading/proved-or-rules.ts';
import type { Statement } from '../reading/statement.ts';
import type { Weighed } from '../reading/weigh-by-rules.ts';
import { weighStatements } from '../reading/weigh-statements.ts';
import { roomFor } from '../untrusted.ts';
import type { Removal } from './check-line.ts';
import { keptWhole, tellSilent, tellUntold } from './closing-parts.ts';
import { shapeEmail } from './email-shape.ts';
import { type Grounds, layGrounds } from './grounds.ts';
import { LiveDraft } from './live-draft.ts';
import { type MarkedContradiction, markContradictions } from './marked-contradictions.ts';
import { removalWarnings } from './removal-warnings.ts';
import { type PieceFormat, writingMessages } from './writing-messages.ts';

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
	if (weighed.groups.length === 0 && request.findings.length === 0) return { made: undefined, warnings };
	const grounds = layGrounds(request, corpus, withSides(weighed));
	const contradictions = markContradictions(weighed.contradictions, grounds).slice(0, MOST_CONTRADICTIONS);
	const written = await stream(format, request, { corpus, model: bounded, context, grounds, contradictions });
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
	if (!enough) return { made: undefined, warnings: notes };
	if (written.wasCut) notes.push('The text reached the most that the model may write, and ends there.');
	context.progress({ percent: 95, partial: body });
	return { made: { title, body, sources, warnings: notes }, warnings: notes };
}

const PURPOSE = 'text.write';
const MOST_CONTRADICTIONS = 5;
const MOST_POINTS: Readonly<Record<PieceFormat, number>> = { report: 30, 'talking-points': 22, email: 12 };
const REPLY_TOKENS: Readonly<Record<PieceFormat, number>> = { report: 3_000, 'talking-points': 2_000, email: 1_000 };
const TASK: Readonly<Record<PieceFormat, string>> = {
	report:
		'A report will be written from the statements: report what answers the request, both sides of a dispute, figures and dates.',
	'talking-points':
		'Talking points will be written from the statements: report what can be argued with, both sides of a dispute, figures, dates and who says what.',
	email: 'A short e-mail will be written from the statements: report only what it needs.',
};

interface Parts {
	readonly corpus: Corpus;
	readonly model: BoundedModel;
	readonly context: WritingRun['context'];
}

async function findPoints(
	format: PieceFormat,
	{ documents, topic, need }: PieceRequest,
	{ corpus, model, context }: Parts,
): Promise<{ weighed: Weighed; warnings: string[] }> {
	const nothing: Weighed = { groups: [], contradictions: [], warnings: [] };
	if (corpus.passages.length === 0) return { weighed: nothing, warnings: corpus.warnings };
	const focus = [topic, need].filter((text) => text !== undefined).join('\n') || undefined;
	const shared = { model, corpus, focus, purpose: PURPOSE, context };
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

/** Both sides of a contradiction can be cited, even if one alone would not have been told. */
function withSides({ groups, contradictions }: Weighed): Statement[][] {
	const all = groups.map((group) => [...group]);
	for (const side of contradictions.slice(0, MOST_CONTRADICTIONS).flatMap(({ sides }) => sides)) {
		const own = all.find((group) => group.includes(side));
		if (own === undefined) all.push([side]);
		// Only the first few of a group are numbered.
		else own.sort((one, other) => Number(other === side) - Number(one === side));
	}
	return all;
}

async function stream(
	format: PieceFormat,
	request: PieceRequest,
	parts: Parts & { grounds: Grounds; contradictions: readonly MarkedContradiction[] },
): Promise<{ draft: LiveDraft; wasCut: boolean }> {
	const { corpus, model, context, grounds, contradictions } = parts;
	const rules = { grounds, everyLineCites: format !== 'email' && grounds.cited.length > 0 };
	const maxTokens = Math.max(400, Math.min(REPLY_TOKENS[format], Math.floor(model.contextTokens / 3)));
	const room = roomFor(model.contextTokens, maxTokens);
	let draft = new LiveDraft(rules);
	let shown = '';
	const show = (text: string) => {
		shown = text;
		context.progress({ partial: text });
	};
	const reply = await model.reply(
		{
			purpose: PURPOSE,
			messages: writingMessages(format, request, { grounds, contradictions, documents: corpus.documents, room }),
			maxTokens,
		},
		{
			onText(piece) {
				draft.add(piece);
				const { text } = draft;
				// A few letters more are not worth sending the whole text again.
				if (shown === '' || text.length < shown.length || text.length >= shown.length + LEAST_SHOWN) show(text);
			},
			onRestart() {
				draft = new LiveDraft(rules);
				show('');
			},
		},
	);
	context.signal.throwIfAborted();
	if (reply.finish === 'refusal') {
		throw new CoreError(
			'model-refused',
			`The language model would not write this: “${reply.text.trim().slice(0, 300)}”.`,
			{
				hint: 'Word the goal differently, or configure another model with OPENAI_MODEL.',
			},
		);
	}
	if (reply.text.trim() === '') {
		throw new CoreError('model-reply', 'The language model was asked for a text and wrote nothing.', {
			hint: 'Try again, or configure a more able model with OPENAI_MODEL.',
		});
	}
	// The reply counts; what was streamed may lack a piece.
	if (draft.written !== reply.text) {
		draft = new LiveDraft(rules);
		draft.add(reply.text);
	}
	draft.finish(reply.finish === 'length');
	if (draft.text !== shown) show(draft.text);
	return { draft, wasCut: reply.finish === 'length' };
}

const LEAST_SHOWN = 12;

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
