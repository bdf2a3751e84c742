import { textArgument } from '../../../domain/backlog/arguments.ts';
import type { Item, ItemPriority } from '../../../domain/backlog/item.ts';
import { ITEM_PRIORITIES } from '../../../domain/backlog/item.ts';
import { isJsonObject } from '../../../domain/json.ts';
import { shortened } from '../../../domain/shortened.ts';
import { DraftItem } from '../draft.ts';
import { promptIn } from '../find-item.ts';
import { neighbour } from '../given.ts';
import type { OperationRules } from '../operation.ts';
import { howDone, nothingCame, resultOf } from '../outcome.ts';
import { planStep, researchFirst } from '../plan-steps.ts';

/** addTask makes one item of what somebody said. */
export const addTask: OperationRules = {
	plan(sight, call) {
		const prompt = promptIn(call.args);
		const look = researchFirst(call, prompt, '');
		const input = {
			prompt: shortened(prompt, 16_000),
			neighbours: nearby(sight.items),
			...look.findings,
		};
		const step = planStep({
			id: 'draft',
			title: `Write a task: ${prompt}`,
			capability: 'backlog.draft',
			input,
			essential: true,
		});
		return {
			goal: `Write a task: ${shortened(prompt, 150)}`,
			steps: [...look.steps, step],
			estimatedSeconds: 12 + 20 * look.steps.length,
		};
	},

	read({ args, outputs, failures, sight }) {
		const output = outputs['draft'];
		const parsed = DraftItem.safeParse(isJsonObject(output) ? output['item'] : undefined);
		if (!parsed.success) return nothingCame(outputs, failures, 'Writing the task');
		const asked = dependenciesIn(textArgument(args, 'dependencies'));
		const priority = ITEM_PRIORITIES.find((one): one is ItemPriority => one === args['priority']);
		const item = {
			...parsed.data,
			...(asked === undefined ? {} : { dependencies: asked }),
			...(priority === undefined ? {} : { priority }),
		};
		const done = howDone([output ?? null], failures);
		return {
			changes: [{ kind: 'added', tag: sight.tag, item }],
			result: resultOf(done, { message: `Added “${item.title}”.` }),
		};
	},
};

/** The latest, which new work most likely builds on, and what is open. */
function nearby(items: readonly Item[]) {
	return items.slice(-150).map(neighbour);
}

function dependenciesIn(text: string | undefined): number[] | undefined {
	if (text === undefined) return undefined;
	const ids = text.split(',').map((id) => Number(id.trim()));
	return [...new Set(ids.filter((id) => Number.isInteger(id) && id > 0))];
}
