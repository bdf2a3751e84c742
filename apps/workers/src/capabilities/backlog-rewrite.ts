import { GivenItem, HOW_DONE, Neighbour, Rewrite, Wishes } from '@errand/core/planning/backlog/draft.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import { WORKS_ON_BACKLOGS } from '../backlog/promises.ts';

const input = z
	.object({
		mode: z.enum(['update', 'append', 'scope-up', 'scope-down']),
		items: z.array(GivenItem).min(1).max(20),
		prompt: z.string().trim().min(1).max(20_000).optional(),
		strength: z.enum(['light', 'regular', 'heavy']).default('regular'),
		/** How hard the item is, where that is known. */
		score: z.number().min(1).max(10).optional(),
		neighbours: z.array(Neighbour).max(200).default([]),
		findings: z.array(z.string().max(100_000)).max(10).default([]),
		wishes: Wishes.optional(),
	})
	.refine(({ mode, prompt }) => prompt !== undefined || mode.startsWith('scope'), 'say in prompt what should change');
type Input = z.infer<typeof input>;

const output = z.object({ ...HOW_DONE, rewrites: z.array(Rewrite) });

/** backlogRewrite is `backlog.rewrite`: what becomes of items' words after somebody said something about them. */
export const backlogRewrite: ICapability<Input, z.infer<typeof output>> = {
	name: 'backlog.rewrite',
	version: 1,
	summary:
		'Changes the words of tasks of a backlog: brings them up to date, adds a note, or makes them larger or smaller.',
	input,
	output,
	...WORKS_ON_BACKLOGS,
	async run(request, context) {
		const { byModelOrRules } = await import('../text/model/asking/by-model-or-rules.ts');
		const { asWished } = await import('../backlog/model/as-wished.ts');
		const model = asWished(context.model, request.wishes);
		if (model === undefined) return rewriteByRules(request);
		const { BY_MODEL } = await import('../backlog/rules/means.ts');
		const { noteByModel, rewriteByModel } = await import('../backlog/model/rewrite-by-model.ts');
		const { mode, items } = request;
		return byModelOrRules<z.infer<typeof output>>({
			model,
			byRules: () => rewriteByRules(request),
			byModel: async () => {
				const { made, warnings } =
					mode === 'append'
						? await noteByModel(model, items, request)
						: await rewriteByModel(model, items, { ...request, mode });
				return told({ rewrites: made, warnings: [...warnings], method: 'model', means: BY_MODEL });
			},
		});
	},
};

async function rewriteByRules({ mode, items, prompt, strength }: Input): Promise<z.infer<typeof output>> {
	const { noteByRules, scopeDownByRules, scopeUpByRules } = await import('../backlog/rules/rewrite-by-rules.ts');
	const { BY_RULES } = await import('../backlog/rules/means.ts');
	const rewrites = items.map((item): Rewrite => {
		if (mode === 'scope-up') return scopeUpByRules(item, prompt);
		return mode === 'scope-down' ? scopeDownByRules(item, strength) : noteByRules(item, prompt ?? '');
	});
	const means = mode.startsWith('scope') ? BY_RULES.scope : BY_RULES.note;
	return told({ rewrites, warnings: [], method: 'rules', means });
}

function told(made: Omit<z.infer<typeof output>, 'text'>): z.infer<typeof output> {
	const ids = made.rewrites.map(({ id }) => id).join(', ');
	return { ...made, text: ids === '' ? 'Nothing had to change.' : `Changed ${ids}.` };
}
