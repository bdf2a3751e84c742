import { readCorpus } from '../corpus.ts';
import { escapeMarkdown, SourceMarks } from '../facts/source-marks.ts';
import { joinFindings, METHOD_NOTE, type Piece, type PieceRequest } from './piece.ts';
import { findPoints } from './points.ts';
import { renderGaps, renderGroups } from './render-points.ts';
import { titled } from './title.ts';
import { wishesIn } from './wishes.ts';

const MOST_POINTS = 9;

/** writeTalkingPoints gives five to nine points on a topic, or as many as asked for, each a sentence of a source, and says where sources differ. */
export function writeTalkingPoints(request: PieceRequest): Piece {
	const { documents, topic, need, findings } = request;
	const wishes = wishesIn(need, topic);
	const before = joinFindings(findings);
	const marks = new SourceMarks(before.sources);
	const parts = [before.text];
	const warnings = [...before.warnings];
	if (documents.length > 0) {
		const corpus = readCorpus(documents);
		const points = findPoints(corpus, topic, wishes.points ?? MOST_POINTS, wishes.about);
		warnings.push(...corpus.warnings);
		if (points.best.length === 0) warnings.push(nothingOn(topic));
		parts.push(renderGroups(corpus, points.groups, marks) || escapeMarkdown(nothingOn(topic)));
		parts.push(renderGaps(corpus, points, topic), METHOD_NOTE);
	}
	return {
		title: titled(request, 'Talking points'),
		body: parts.filter((part) => part !== '').join('\n\n'),
		sources: marks.sources,
		warnings: [...new Set(warnings)],
	};
}

/** nothingOn says that documents are silent on a topic. */
export function nothingOn(topic: string | undefined): string {
	return topic === undefined
		? 'The documents hold no sentence that can be told.'
		: `The documents say nothing on “${topic}”.`;
}
