import { parseDuration } from '../duration.ts';
import { hasExpression } from '../expression/template.ts';
import type { WorkflowPath } from '../found-problem.ts';
import { compileTemplate } from './compile-template.ts';
import type { StepTools } from './made-step.ts';
import { isKnown } from './scope.ts';

const KNOWN = 'This time has to be known before the run begins; only `input` and `kept` can be used for it.';

/** knownDuration reads a duration that has to be known before the run, in ms; undefined where it cannot, once it has said why. */
export function knownDuration(
	written: number | string,
	{ compilation, scope }: Pick<StepTools, 'compilation' | 'scope'>,
	place: WorkflowPath,
): number | undefined {
	const before = compilation.problems.count;
	const value =
		typeof written === 'string' && hasExpression(written)
			? compileTemplate({ compilation, scope, computing: undefined, known: KNOWN }, written, place)
			: written;
	if (compilation.problems.count > before) return undefined;
	// While a workflow is only checked, parameters have no values.
	if (value !== undefined && !isKnown(value)) return undefined;
	const ms = parseDuration(value);
	if (ms === undefined)
		compilation.problems.say(place, `\`${String(value)}\` is no duration; write ms, or 30s, 10m, 2h, 1d, 1h30m.`);
	return ms;
}
