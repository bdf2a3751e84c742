import {
	DRAFT_LIMITS,
	DraftSubitem,
	GivenItem,
	HOW_DONE,
	Neighbour,
	Wishes,
} from '@errand/core/planning/backlog/draft.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import { WORKS_ON_BACKLOGS } from '../backlog/promises.ts';

const input = z.object({
	item: GivenItem,
	num: z.int().min(1).max(DRAFT_LIMITS.subitems).optional(),
	prompt: z.string().max(20_000).optional(),
	neighbours: z.array(Neighbour).max(200).default([]),
	findings: z.array(z.string().max(100_000)).max(10).default([]),
	wishes: Wishes.optional(),
	/** The parts that there are go. */
	anew: z.boolean().default(false),
});

const output = z.object({ ...HOW_DONE, subtasks: z.array(DraftSubitem).min(1).max(DRAFT_LIMITS.subitems) });

/** backlogExpand is `backlog.expand`: the parts of one item, in an order in which they can be done. */
export const backlogExpand: ICapability<z.infer<typeof input>, z.infer<typeof output>> = {
	name: 'backlog.expand',
	version: 1,
	summary: 'Splits a task of a backlog into subtasks.',
	input,
	output,
	...WORKS_ON_BACKLOGS,
	async run({ item, num, prompt, neighbours, findings, anew, wishes }, context) {
		const { expandByRules } = await import('../backlog/rules/expand-by-rules.ts');
		const { BY_MODEL, BY_RULES } = await import('../backlog/rules/means.ts');
		const { byModelOrRules } = await import('../text/model/asking/by-model-or-rules.ts');
		const given = anew ? { ...item, subtasks: [] } : item;
		const byRules = () => {
			const { subtasks, generic, warnings } = expandByRules(given, num);
			const unused = prompt === undefined || num !== undefined ? [] : [NEEDS_MODEL];
			const means = generic ? BY_RULES.generic : BY_RULES.expand;
			return told({ subtasks: [...subtasks], warnings: [...warnings, ...unused], method: 'rules', means });
		};
		const { asWished } = await import('../backlog/model/as-wished.ts');
		const model = asWished(context.model, wishes);
		if (model === undefined) return byRules();
		const { expandByModel } = await import('../backlog/model/expand-by-model.ts');
		return byModelOrRules<z.infer<typeof output>>({
			model,
			byRules,
			byModel: async () => {
				const { made, warnings } = await expandByModel(model, given, { num, prompt, neighbours, findings });
				return told({ subtasks: made, warnings: [...warnings], method: 'model', means: BY_MODEL });
			},
		});
	},
};

const NEEDS_MODEL = 'What was said about how to split it takes a language model, so it was not used.';

function told(made: Omit<z.infer<typeof output>, 'text'>): z.infer<typeof output> {
	return { ...made, text: made.subtasks.map(({ id, title }) => `${id}. ${title}`).join('\n') };
}
