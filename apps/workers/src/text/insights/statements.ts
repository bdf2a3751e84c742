import { findDates } from '../entities/dates.ts';
import { findAmounts } from '../facts/amounts.ts';
import type { Piece } from '../facts/pieces.ts';
import { standingOf } from '../facts/standing.ts';
import { wordPattern } from '../facts/words.ts';

/** StatementKind is why a sentence is worth a reader's time. */
export type StatementKind = 'figure' | 'deadline' | 'obligation' | 'risk' | 'change' | 'question';

/** judgeStatement says what kind of statement a piece of text is, and how strongly; undefined for the rest of the text. */
export function judgeStatement(piece: Piece): { kind: StatementKind; strength: number } | undefined {
	const { plain } = piece;
	if (
		plain.length < 15 ||
		plain.length > 500 ||
		piece.from === 'row' ||
		BOILERPLATE.test(plain) ||
		standingOf(plain, 0) === 'example'
	)
		return undefined;
	const dates = findDates(plain).length;
	const amounts = findAmounts(plain);
	const strong = amounts.filter((amount) => amount.kind === 'money' || amount.kind === 'percent').length;
	const spans = amounts.some((amount) => amount.kind === 'duration');
	if ((OPEN.test(plain) && !/^if\b/i.test(plain)) || /\?["”)]?$/.test(plain))
		return { kind: 'question', strength: plain.endsWith('?') ? 1 : 3 };
	if ((dates > 0 || spans) && DEADLINE.test(plain))
		return { kind: 'deadline', strength: 2 + dates + (OBLIGATION.test(plain) ? 1 : 0) };
	if (RISK.test(plain)) return { kind: 'risk', strength: 1 + count(plain, RISKS) + strong };
	if (CHANGE.test(plain) && (strong > 0 || dates > 0)) return { kind: 'change', strength: 2 + strong };
	if (OBLIGATION.test(plain))
		return { kind: 'obligation', strength: 1 + count(plain, OBLIGATIONS) + (FORBIDDEN.test(plain) ? 1 : 0) };
	if (CHANGE.test(plain)) return { kind: 'change', strength: 1 };
	return strong > 0
		? { kind: 'figure', strength: strong + (amounts.some((amount) => amount.kind === 'percent') ? 1 : 0) }
		: undefined;
}

function count(text: string, pattern: RegExp): number {
	return text.match(pattern)?.length ?? 0;
}

const OBLIGATION_WORDS = [
	'must',
	'shall',
	'is required to',
	'are required to',
	'has to',
	'have to',
	'is obliged to',
	'are obliged to',
	'undertakes to',
	'agrees to',
	'is responsible for',
	'are responsible for',
	'mandatory',
	'may not',
	'is prohibited',
	'are prohibited',
	'not permitted',
];
const RISK_WORDS = [
	'risk',
	'risks',
	'penalty',
	'penalties',
	'fine',
	'fines',
	'breach',
	'terminate',
	'termination',
	'loses',
	'lose',
	'forfeit',
	'liable',
	'danger',
	'hazard',
	'warning',
	'delay',
	'delays',
	'delayed',
	'shortage',
	'failure',
	'default',
	'lawsuit',
	'dispute',
	'recall',
	'uncertain',
	'uncertainty',
	'threat',
	'vulnerable',
	'at your own expense',
	'not covered',
	'void',
	'deficit',
];
const CHANGE_WORDS = [
	'increase',
	'increased',
	'increases',
	'rose',
	'grew',
	'growth',
	'fell',
	'decline',
	'declined',
	'decrease',
	'decreased',
	'dropped',
	'doubled',
	'halved',
	'no longer',
	'replaced',
	'replaces',
	'amended',
	'changed',
	'changes',
	'new since',
	'instead of',
	'up from',
	'down from',
	'compared with',
	'compared to',
	'raised',
	'reduced',
];
const OBLIGATION = wordPattern(OBLIGATION_WORDS);
const OBLIGATIONS = wordPattern(OBLIGATION_WORDS, 'giu');
const FORBIDDEN = wordPattern(['must not', 'shall not', 'may not', 'prohibited', 'not permitted']);
const RISK = wordPattern(RISK_WORDS);
const RISKS = wordPattern(RISK_WORDS, 'giu');
const CHANGE = wordPattern(CHANGE_WORDS);
const DEADLINE = wordPattern([
	'by',
	'until',
	'before',
	'deadline',
	'due',
	'no later than',
	'not later than',
	'within',
	'expires',
	'expire',
	'expiry',
	'ends on',
	'starts on',
	'begins on',
	'from',
	'effective',
	'at the latest',
	'notice',
	'scheduled for',
	'takes effect',
	'valid',
]);
const OPEN = wordPattern([
	'tbd',
	'tbc',
	'to be confirmed',
	'to be decided',
	'to be determined',
	'to be agreed',
	'not yet decided',
	'not yet known',
	'remains open',
	'remain open',
	'open question',
	'still open',
	'unclear',
	'unresolved',
	'under review',
	'pending',
]);
const BOILERPLATE =
	/\bcookies?\b|all rights reserved|©|\bsubscribe\b|\bsign up\b|\blog ?in\b|\bprivacy policy\b|\bclick here\b|\bnewsletter\b/i;
