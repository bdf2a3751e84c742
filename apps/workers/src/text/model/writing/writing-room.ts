import { joinFindings, type PieceRequest } from '../../writing/piece.ts';
import { roomFor, sizeOf } from '../asking/text-size.ts';
import type { Weighed } from '../reading/weigh-by-rules.ts';
import { MOST_OF_GROUP } from './grounds.ts';
import type { PieceFormat } from './writing-messages.ts';

/** WritingRoom is how much a model may be told of what was found (as `sizeOf` measures it), and how many tokens it may write. */
export interface WritingRoom {
	readonly text: number;
	readonly reply: number;
}

/** writingRoom divides a model's context between what it is told and what it writes. */
export function writingRoom(format: PieceFormat, contextTokens: number): WritingRoom {
	const reply = Math.max(400, Math.min(REPLY_TOKENS[format], Math.floor(contextTokens / 3)));
	return { text: roomFor(contextTokens, reply), reply };
}

/** fittingGroups is the most telling groups that a model with little room can be told; what earlier steps found takes up to half of it. */
export function fittingGroups(groups: Weighed['groups'], { findings }: PieceRequest, room: number): Weighed['groups'] {
	let left = room - Math.min(room / 2, sizeOf(joinFindings(findings).text)) - FRAME_SIZE;
	return groups.filter((group) => {
		const own = group.slice(0, MOST_OF_GROUP).map(({ text, quote }) => sizeOf(text) + sizeOf(quote) + LINE_SIZE);
		left -= own.reduce((sum, size) => sum + size, 0);
		return left > 0;
	});
}

const FRAME_SIZE = 1_200;
/** A mark, and the name and day of a source. */
const LINE_SIZE = 60;

const REPLY_TOKENS: Readonly<Record<PieceFormat, number>> = { report: 3_000, 'talking-points': 2_000, email: 1_000 };
