import { DraftItem, HOW_DONE, Neighbour, Wishes } from '@errand/core/planning/backlog/draft.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import { WORKS_ON_BACKLOGS } from '../backlog/promises.ts';

const input = z.object({
	prompt: z.string().trim().min(1).max(20_000),
	/** Items that the new one may depend on. */
	neighbours: z.array(Neighbour).max(300).default([]),
	findings: z.array(z.string().max(100_000)).max(10).default([]),
	wishes: Wishes.optional(),
});

/** The item's dependencies are ids of neighbours. */
const output = z.object({ ...HOW_DONE, item: DraftItem });

/** backlogDraft is `backlog.draft`: one new item from what somebody asked for. */
export const backlogDraft: ICapability<z.infer<typeof input>, z.infer<typeof output>> = {
	name: 'backlog.draft',
	version: 1,
	summary: 'Writes one task for a backlog from what somebody asked for.',
	input,
	output,
	...WORKS_ON_BACKLOGS,
	async run({ prompt, neighbours, findings, wishes }, { model: given }) {
		const { draftByRules } = await import('../backlog/rules/draft-by-rules.ts');
		const { BY_MODEL, BY_RULES } = await import('../backlog/rules/means.ts');
		const { byModelOrRules } = await import('../text/model/asking/by-model-or-rules.ts');
		const byRules = () =>
			told({ item: draftByRules(prompt, neighbours), warnings: [], method: 'rules', means: BY_RULES.draft });
		const { asWished } = await import('../backlog/model/as-wished.ts');
		const model = asWished(given, wishes);
		if (model === undefined) return byRules();
		const { draftByModel } = await import('../backlog/model/draft-by-model.ts');
		return byModelOrRules<z.infer<typeof output>>({
			model,
			byRules,
			byModel: async () => {
				const { made, warnings } = await draftByModel(model, prompt, { neighbours, findings });
				return told({ item: made, warnings: [...warnings], method: 'model', means: BY_MODEL });
			},
		});
	},
};

function told(made: Omit<z.infer<typeof output>, 'text'>): z.infer<typeof output> {
	return { ...made, text: `${made.item.title}\n\n${made.item.description}`.trim() };
}
