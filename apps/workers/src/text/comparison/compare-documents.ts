import { type Comparison, conclude } from './conclude.ts';
import { type ComparisonRequest, lineUp } from './line-up.ts';
import { recommend } from './recommend.ts';

/** compareDocuments lines up what documents state and recommends one for a need. Pure: the same documents give the same answer. */
export function compareDocuments(request: ComparisonRequest): Comparison {
	const { grid, need } = lineUp(request);
	return conclude(grid, recommend(grid, need));
}
