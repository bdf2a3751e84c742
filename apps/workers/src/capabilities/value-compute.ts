import { CoreError } from '@errand/core/domain/errors.ts';
import type { Json } from '@errand/core/domain/json.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { z } from 'zod';

const json: z.ZodType<Json> = z.json();
const input = z
	.strictObject({
		/** An expression in CEL. */
		expression: z.string().min(1).max(4_000).optional(),
		/** Any value with `${…}` in its texts, in place of one expression. */
		template: json.optional(),
		/** What the names in it stand for. */
		values: z.record(z.string(), json).default({}),
		/** It is a condition: true or false, and false where it looks at what is not there. */
		condition: z.boolean().optional(),
	})
	.refine(({ expression, template }) => (expression === undefined) !== (template === undefined), {
		message: 'either an expression or a template is needed',
	});

/** `value.compute` works out expressions of workflows: in a process of its own, because an expression can be slow on purpose. */
export const valueCompute: ICapability<z.infer<typeof input>, Json> = {
	name: 'value.compute',
	version: 1,
	summary: 'Works out an expression (CEL) from values.',
	input,
	output: json,
	effects: 'none',
	pure: true,
	placement: 'process',
	concurrency: 8,
	timeoutMs: 10_000,
	retry: { maxAttempts: 2, waitsMs: [1_000] },
	unplanned: true,
	async run({ expression, template = null, values, condition = false }) {
		if (expression === undefined) {
			const { fillTemplate } = await import('@errand/core/planning/workflow/expression/template.ts');
			const filled = fillTemplate(template, values);
			if (filled.ok) return filled.value;
			throw wrong(filled.expression, filled.message);
		}
		const { evaluateText } = await import('@errand/core/planning/workflow/expression/evaluate-expression.ts');
		const found = evaluateText(expression, values);
		if (!found.ok && condition && found.missing) return false;
		if (!found.ok) throw wrong(expression, found.message);
		if (condition && typeof found.value !== 'boolean') throw wrong(expression, 'a condition is true or false');
		return found.value;
	},
};

function wrong(expression: string, why: string): CoreError {
	return new CoreError('invalid-input', `The expression \`${expression.slice(0, 200)}\` gives nothing: ${why}.`, {
		hint: 'Look at what the steps before it gave, and mend the workflow.',
	});
}
