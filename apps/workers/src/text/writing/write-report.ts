import { formatCount } from '@errand/core/domain/amounts.ts';
import { readCorpus } from '../corpus.ts';
import { escapeMarkdown, SourceMarks } from '../facts/source-marks.ts';
import { nameSource } from './name-source.ts';
import { joinFindings, METHOD_NOTE, type Piece, type PieceRequest } from './piece.ts';
import { findPoints, type Point } from './points.ts';
import { renderGaps, renderGroups, renderPoint } from './render-points.ts';
import { titled } from './title.ts';
import { wishesIn } from './wishes.ts';
import { nothingOn } from './write-talking-points.ts';

const MOST_POINTS = 15;
const SHORT_POINTS = 3;

/** writeReport puts what was found before first, then what the documents say: in short, by theme, and what they leave open. */
export function writeReport(request: PieceRequest): Piece {
	const before = joinFindings(request.findings);
	const marks = new SourceMarks(before.sources);
	const parts = [before.text];
	const warnings = [...before.warnings];
	if (request.documents.length > 0) {
		const told = reportOn(request, marks);
		parts.push(...told.parts);
		warnings.push(...told.warnings);
	}
	return {
		title: titled(request, ''),
		body: parts.filter((part) => part !== '').join('\n\n'),
		sources: marks.sources,
		warnings: [...new Set(warnings)],
	};
}

function reportOn(
	{ documents, topic, need }: PieceRequest,
	marks: SourceMarks,
): { parts: string[]; warnings: string[] } {
	const corpus = readCorpus(documents);
	const wishes = wishesIn(need, topic);
	const points = findPoints(corpus, topic, wishes.points ?? MOST_POINTS, wishes.about);
	const warnings = [...corpus.warnings];
	if (points.best.length === 0) {
		return {
			parts: [escapeMarkdown(nothingOn(topic)), renderGaps(corpus, points, topic)],
			warnings: [...warnings, nothingOn(topic)],
		};
	}
	const short = points.best.length > SHORT_POINTS + 2 ? points.best.slice(0, SHORT_POINTS) : [];
	const isShort = (point: Point) => short.includes(point);
	const groups = points.groups
		.map(({ theme, points: own }) => ({ theme, points: own.filter((point) => !isShort(point)) }))
		.filter(({ points: own }) => own.length > 0);
	const read = corpus.documents.filter((_, index) => !points.silent.includes(index));
	return {
		parts: [
			short.length === 0 ? '' : `## In short\n\n${short.map((point) => renderPoint(corpus, point, marks)).join('\n')}`,
			renderGroups(corpus, groups, marks),
			renderGaps(corpus, points, topic),
			`## Based on\n\n${formatCount(read.length, 'document')}: ${read.map((one) => escapeMarkdown(basis(one))).join('; ')}.`,
			METHOD_NOTE,
		],
		warnings,
	};
}

function basis(document: Parameters<typeof nameSource>[0]): string {
	const name = nameSource(document);
	return name.startsWith(document.title) ? name : `“${document.title}” (${name})`;
}
