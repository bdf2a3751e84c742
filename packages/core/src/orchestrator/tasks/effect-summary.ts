import type { Json } from '../../domain/json.ts';
import { givenAt } from '../../domain/task/given-at.ts';
import type { PlannedStep } from '../../domain/task/plan.ts';

/** More is no longer read by anybody; how much is missing is said. */
const MAX_SHOWN = 2_000;

/** effectSummary says what a step would do, for the person who is to allow it: every address that it requests is shown whole. */
export function effectSummary({ capability, addresses = [] }: PlannedStep, input: Json): string {
	const requested = addresses.flatMap((path) => givenAt(input, path)).filter((found) => typeof found === 'string');
	const written = JSON.stringify(input);
	const more = written.length - MAX_SHOWN;
	const shown = more <= 0 ? written : `${written.slice(0, MAX_SHOWN).toWellFormed()}… and ${more} characters more`;
	const at = requested.length === 0 ? '' : ` at ${[...new Set(requested)].join(' and ')}`;
	return `${capability}${at} with ${shown}`;
}
