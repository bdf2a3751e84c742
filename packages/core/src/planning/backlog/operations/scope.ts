import { textArgument } from '../../../domain/backlog/arguments.ts';
import { CoreError } from '../../../domain/errors.ts';
import { shortened } from '../../../domain/shortened.ts';
import type { WorkCall, WorkPlan } from '../../../ports/backlog-work.ts';
import { findItem, idsIn } from '../find-item.ts';
import { givenItem, givenSubitem, neighboursOf, recommendationFor } from '../given.ts';
import type { OperationRules, OperationSight } from '../operation.ts';
import { MOST_STEPS, planStep, researchFirst } from '../plan-steps.ts';
import { readRewrites } from './update.ts';

/** scopeUp makes items larger: more of what they could do. */
export const scopeUp: OperationRules = { plan: (sight, call) => plan(sight, call, 'scope-up'), read: readRewrites };

/** scopeDown makes items smaller: only what they cannot do without. */
export const scopeDown: OperationRules = { plan: (sight, call) => plan(sight, call, 'scope-down'), read: readRewrites };

function plan(sight: OperationSight, call: WorkCall, mode: 'scope-up' | 'scope-down'): WorkPlan {
	const ids = idsIn(call.args, 'id');
	if (ids.length > MOST_STEPS) {
		throw new CoreError('too-large', `${ids.length} tasks are named; one call changes at most ${MOST_STEPS}.`, {
			hint: 'Name the others in further calls.',
		});
	}
	const strength = textArgument(call.args, 'strength') ?? 'regular';
	const prompt = textArgument(call.args, 'prompt');
	const way = mode === 'scope-up' ? 'larger' : 'smaller';
	const look = researchFirst(call, `${prompt ?? ''} Tasks made ${way}: ${ids.join(', ')}`.trim(), '');
	const steps = ids.map((id) => {
		const { item, subitem } = findItem(sight, id);
		if ((subitem ?? item).status === 'done') {
			throw new CoreError('not-possible', `Task ${id} is done, so it cannot become ${way}.`, {
				hint: 'Leave it out, or set its status to pending first.',
			});
		}
		// Many are given shorter, so that the plan stays of a size.
		const bytes = ids.length > 50 ? 10_000 : 32_000;
		const given = subitem === undefined ? givenItem(item, bytes) : givenSubitem(item, subitem, bytes);
		const score = recommendationFor(sight.report, item.id)?.complexityScore;
		const input = {
			mode,
			items: [given],
			neighbours: neighboursOf(sight.items, item.id, 30),
			strength: ['light', 'regular', 'heavy'].includes(strength) ? strength : 'regular',
			...(prompt === undefined ? {} : { prompt: shortened(prompt, 6_000) }),
			...(score === undefined ? {} : { score }),
			...look.findings,
		};
		const title = `Make task ${id} ${way}: ${given.title}`;
		return planStep({ id: `item-${id.replaceAll('.', '-')}`, title, capability: 'backlog.rewrite', input });
	});
	// One alone is the whole of the operation.
	const all = steps.length === 1 ? steps.map((step) => ({ ...step, essential: true })) : steps;
	return {
		goal: `Make task${ids.length === 1 ? '' : 's'} ${shortened(ids.join(', '), 100)} ${way}`,
		steps: [...look.steps, ...all],
		estimatedSeconds: 15 * steps.length + 20 * look.steps.length,
	};
}
