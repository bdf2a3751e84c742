import { DocumentSchema } from '@errand/core/domain/document.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import { DRAFT_LIMITS, DraftItem, HOW_DONE, Neighbour, Wishes } from '@errand/core/planning/backlog/draft.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import { WORKS_ON_BACKLOGS } from '../backlog/promises.ts';

const input = z.object({
	documents: z.array(DocumentSchema).min(1).max(20),
	numTasks: z.int().min(1).max(DRAFT_LIMITS.items).optional(),
	/** What the backlog holds already. */
	existing: z.array(Neighbour).max(200).default([]),
	/** What was looked up before. */
	findings: z.array(z.string().max(100_000)).max(10).default([]),
	wishes: Wishes.optional(),
});

const output = z.object({ ...HOW_DONE, items: z.array(DraftItem).max(DRAFT_LIMITS.items) });

/** backlogParse is `backlog.parse`: the tasks that a product document asks for, in an order in which they can be done. */
export const backlogParse: ICapability<z.infer<typeof input>, z.infer<typeof output>> = {
	name: 'backlog.parse',
	version: 1,
	summary: 'Makes tasks with priorities and dependencies of a product document, for a backlog.',
	input,
	output,
	...WORKS_ON_BACKLOGS,
	async run(request, context) {
		const { parseByRules } = await import('../backlog/reading/parse-by-rules.ts');
		const { BY_MODEL, BY_RULES } = await import('../backlog/rules/means.ts');
		const { byModelOrRules } = await import('../text/model/asking/by-model-or-rules.ts');
		const findings = request.findings.filter((text) => text.trim() !== '');
		const byRules = () => {
			const { items, warnings } = parseByRules(request.documents, request);
			return told({ items: [...items], warnings: [...warnings], method: 'rules' as const, means: BY_RULES.parse });
		};
		const { asWished } = await import('../backlog/model/as-wished.ts');
		const model = asWished(context.model, request.wishes);
		if (model === undefined) return byRules();
		const { parseByModel } = await import('../backlog/model/parse-by-model.ts');
		return byModelOrRules<z.infer<typeof output>>({
			model,
			byRules,
			byModel: async () => {
				const { items, warnings } = await parseByModel({ ...request, findings }, { model, progress: context.progress });
				return told({ items: [...items], warnings: [...warnings], method: 'model', means: BY_MODEL });
			},
		});
	},
};

function told(made: Omit<z.infer<typeof output>, 'text'>): z.infer<typeof output> {
	if (made.items.length === 0) {
		throw new CoreError('unreadable-document', 'No tasks were found in the document.', {
			hint: 'Give a document that says what is to be built: with headings, lists, or sentences with “must” and “should”.',
		});
	}
	const lines = made.items.map(({ id, title, priority, dependencies }) => {
		const after = dependencies.length === 0 ? '' : `, after ${dependencies.join(', ')}`;
		return `${id}. ${title} (${priority}${after})`;
	});
	return { ...made, text: lines.join('\n') };
}
