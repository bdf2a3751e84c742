import { hasOrders } from '../../comparison/document-warnings.ts';
import type { Grid, Reason, Verdict } from '../../comparison/grid.ts';
import type { Need } from '../../comparison/needs.ts';
import { recommend, violations } from '../../comparison/recommend.ts';
import type { CheckedAdvice } from './check-advice.ts';

/** SettledVerdict is the recommendation that is given, with what is to be said about the other one. */
export interface SettledVerdict {
	readonly verdict: Verdict;
	readonly warnings: readonly string[];
	/** Whether reasons or the choice itself are the model's. */
	readonly byModel: boolean;
}

/**
 * settleVerdict decides between the rules' choice and the model's. The model chooses where the rules have no choice, or did
 * not understand the need and scored by price and the like; where they measured the need itself, theirs stands, because
 * nothing that a document says can move it. For the same reason no choice is taken from a model that read documents which
 * give orders to it.
 */
export function settleVerdict(grid: Grid, need: Need, advice: CheckedAdvice): SettledVerdict {
	const rules = recommend(grid, need);
	const { offer, reasons, against } = advice;
	const stay = (...warnings: string[]): SettledVerdict => ({ verdict: rules, warnings, byModel: false });
	if (offer === undefined) return stay();
	const name = grid.offers[offer]?.name ?? '';
	if (reasons.length === 0)
		return stay(`The language model would choose ${name}, but the table bears out none of its reasons.`);
	if (rules.offer === offer) {
		const both = [...reasons, ...rules.reasons.filter((reason) => !isTold(reason, reasons))];
		const doubts = [...against, ...rules.against.filter((reason) => !isTold(reason, against))];
		return { verdict: { ...rules, reasons: both, against: doubts }, warnings: [], byModel: true };
	}
	const out = violations(grid, need).get(offer);
	if (out !== undefined) return stay(`The language model would choose ${name}, but ${out.text.replace(/\.$/, '')}.`);
	if (grid.offers.some(hasOrders))
		return stay(
			`The language model would choose ${name}; as a document gives orders to an assistant, its choice was not taken.`,
		);
	const because = reasons[0]?.text ?? '';
	if (rules.offer === undefined) {
		const excluded = rules.reasons;
		const verdict: Verdict = { offer, reasons: [...reasons, ...excluded], against, caveats: rules.caveats };
		return { verdict, warnings: [`By figures alone there is no choice: ${rules.why}`], byModel: true };
	}
	const first = grid.offers[rules.offer]?.name ?? '';
	const understood = need.wishes.length + need.topics.length + need.bounds.length > 0;
	if (understood || !need.said) return stay(`The language model would choose ${name} instead: ${because}`);
	const verdict: Verdict = { offer, reasons, against, caveats: rules.caveats };
	return {
		verdict,
		warnings: [`By price and other figures alone, ${first} comes first: ${rules.reasons[0]?.text ?? ''}.`],
		byModel: true,
	};
}

/** All cells of a reason are told by others. */
function isTold(reason: Reason, others: readonly Reason[]): boolean {
	const told = new Set(others.flatMap((other) => other.cells.map(String)));
	return reason.cells.every((cell) => told.has(String(cell)));
}
