import { CoreError } from '@errand/core/domain/errors.ts';
import { shortened } from '@errand/core/domain/shortened.ts';
import { DRAFT_LIMITS, type GivenItem, type Rewrite } from '@errand/core/planning/backlog/draft.ts';
import { type Demand, demandIn } from '../reading/demand.ts';

/** noteByRules adds what was said to an item; the time is put to it where it is applied. */
export function noteByRules({ id }: GivenItem, prompt: string): Rewrite {
	return { id, note: shortened(prompt.trim(), DRAFT_LIMITS.details) };
}

/** scopeUpByRules adds what was said to what an item asks for. Throws `not-possible` where nothing was said: rules have no ideas. */
export function scopeUpByRules(item: GivenItem, prompt: string | undefined): Rewrite {
	if (prompt === undefined) {
		throw new CoreError('not-possible', `Task ${item.id} cannot be made larger by rules: nobody said by what.`, {
			hint: 'Say in "prompt" what comes in addition, or use a language model: `npm run setup-model` sets one up.',
		});
	}
	const details = `${item.details}\n\nAlso wanted:\n- ${prompt.trim().replaceAll('\n', '\n  ')}`.trim();
	return { id: item.id, details: fitting(details, item.id) };
}

/**
 * scopeDownByRules leaves out of an item's details what they themselves call optional; `heavy` leaves out what only should be.
 * Throws `not-possible` where there is no such thing.
 */
export function scopeDownByRules(item: GivenItem, strength: 'light' | 'regular' | 'heavy'): Rewrite {
	const goes: readonly (Demand | undefined)[] = strength === 'heavy' ? ['may', 'should'] : ['may'];
	const left: string[] = [];
	let gone = 0;
	// What stands under a line that goes, goes with it.
	let under: number | undefined;
	for (const line of item.details.split('\n')) {
		const indent = /^\s*/.exec(line)?.[0].length ?? 0;
		if (under !== undefined && line.trim() !== '' && indent > under) continue;
		under = undefined;
		if (line.trim() !== '' && goes.includes(demandIn(line.slice(0, 2_000)))) {
			gone += 1;
			under = indent;
		} else left.push(line);
	}
	const details = left
		.join('\n')
		.replace(/\n{3,}/g, '\n\n')
		.trim();
	if (gone === 0 || (details === '' && item.description === '')) {
		const what = strength === 'heavy' ? 'optional or only desirable' : 'optional';
		throw new CoreError(
			'not-possible',
			`Task ${item.id} cannot be made smaller by rules: it calls nothing in it ${what}.`,
			{
				hint: 'Edit it with update_task, or use a language model: `npm run setup-model` sets one up.',
			},
		);
	}
	return { id: item.id, details: fitting(details, item.id) };
}

/** Words of the item's own must not be cut. */
function fitting(details: string, id: string): string {
	if (details.length <= DRAFT_LIMITS.details) return details;
	throw new CoreError('too-large', `The details of task ${id} are longer than ${DRAFT_LIMITS.details} characters.`, {
		hint: 'Split the task with expand_task first.',
	});
}
