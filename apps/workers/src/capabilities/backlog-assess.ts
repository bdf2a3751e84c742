import { Assessment, GivenItem, HOW_DONE, Wishes } from '@errand/core/planning/backlog/draft.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import { WORKS_ON_BACKLOGS } from '../backlog/promises.ts';

const input = z.object({
	items: z.array(GivenItem).min(1).max(50),
	findings: z.array(z.string().max(100_000)).max(10).default([]),
	wishes: Wishes.optional(),
});

const output = z.object({ ...HOW_DONE, scores: z.array(Assessment) });

/** backlogAssess is `backlog.assess`: how hard items are, with the reasons. */
export const backlogAssess: ICapability<z.infer<typeof input>, z.infer<typeof output>> = {
	name: 'backlog.assess',
	version: 1,
	summary: 'Says how hard tasks of a backlog are, from 1 to 10, and into how many parts each is best split.',
	input,
	output,
	...WORKS_ON_BACKLOGS,
	async run({ items, findings, wishes }, { model: given }) {
		const { assessByRules } = await import('../backlog/rules/assess-by-rules.ts');
		const { BY_MODEL, BY_RULES } = await import('../backlog/rules/means.ts');
		const { byModelOrRules } = await import('../text/model/asking/by-model-or-rules.ts');
		const byRules = () =>
			told({ scores: items.map(assessByRules), warnings: [], method: 'rules', means: BY_RULES.assess });
		const { asWished } = await import('../backlog/model/as-wished.ts');
		const model = asWished(given, wishes);
		if (model === undefined) return byRules();
		const { assessByModel } = await import('../backlog/model/assess-by-model.ts');
		return byModelOrRules<z.infer<typeof output>>({
			model,
			byRules,
			byModel: async () => {
				const { made, warnings } = await assessByModel(model, items, { findings });
				return told({ scores: made, warnings: [...warnings], method: 'model', means: BY_MODEL });
			},
		});
	},
};

function told(made: Omit<z.infer<typeof output>, 'text'>): z.infer<typeof output> {
	const lines = made.scores.map(({ taskId, taskTitle, complexityScore, reasoning }) => {
		return `${taskId}. ${taskTitle}: ${complexityScore}/10. ${reasoning}`;
	});
	return { ...made, text: lines.join('\n') };
}
