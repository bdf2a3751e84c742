import { NeedsIndex, phrasesIn } from '../reading/find-needs.ts';
import { sentencesOf } from '../reading/wording.ts';
import type { Point } from './points.ts';

/** namedInPoints lists, for each point, the earlier ones that its words say it waits for. */
export function namedInPoints(points: readonly Point[]): number[][] {
	const index = new NeedsIndex(points.map(({ title }) => ({ title, refs: [], within: [] })));
	return points.map(({ details }, own) => {
		const phrases = sentencesOf([details]).slice(0, 50).flatMap(phrasesIn);
		const named = phrases.flatMap((phrase) => index.named(phrase, false));
		return [...new Set(named)].filter((at) => at < own).sort((one, other) => one - other);
	});
}
