import { LRUCache } from 'lru-cache';
import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';
import { subWorkflowsOf } from '../../domain/workflow/sub-workflows.ts';
import type { IWorkflowLanguage } from '../../ports/workflow-language.ts';

type Compile = IWorkflowLanguage['compile'];
type Compiled = Extract<ReturnType<Compile>, { readonly ok: true }>;

/** Steps of plans that are kept in all, and characters of an input that are compared at most. */
const KEPT_STEPS = 20_000;
const LONGEST_INPUT = 4_000;

/**
 * rememberedCompile gives the same plan again for the same definition with the same input, as schedules ask for it again and
 * again. A definition that has parts is compiled each time, for these may have changed. After `forget` nothing is kept of what was given.
 */
export function rememberedCompile(compile: Compile): Pick<IWorkflowLanguage, 'compile' | 'forget'> {
	const numbers = new WeakMap<WorkflowDefinition, number | undefined>();
	const plans = new LRUCache<string, Compiled>({
		maxSize: KEPT_STEPS,
		sizeCalculation: ({ steps }) => steps.length + 1,
	});
	let count = 0;
	/** None for one that has parts. */
	const numberOf = (definition: WorkflowDefinition): number | undefined => {
		if (numbers.has(definition)) return numbers.get(definition);
		const number = subWorkflowsOf(definition).length === 0 ? ++count : undefined;
		numbers.set(definition, number);
		return number;
	};
	const remembering: Compile = (definition, options) => {
		const number = numberOf(definition);
		const given = number === undefined ? undefined : JSON.stringify([options.input, options.kept, options.keptOrigins]);
		if (given === undefined || given.length > LONGEST_INPUT) return compile(definition, options);
		const key = `${number} ${given}`;
		const known = plans.get(key);
		if (known !== undefined) return known;
		const compiled = compile(definition, options);
		if (compiled.ok) plans.set(key, compiled);
		return compiled;
	};
	return { compile: remembering, forget: () => plans.clear() };
}
