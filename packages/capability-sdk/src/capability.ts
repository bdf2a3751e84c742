import { declarationProblem } from '@errand/core/planning/declaration-problem.ts';
import type { CapabilityDeclaration, ICapability, RunContext } from '@errand/core/ports/capability.ts';
import { z } from 'zod';

/** CapabilityDraft is a capability as one writes it; what is left out has a sensible default. */
export interface CapabilityDraft<Input extends z.ZodType, Output extends z.ZodType>
	extends Partial<Omit<CapabilityDeclaration, 'input' | 'output' | 'placement'>> {
	/** At least two parts, such as `mail.send`; not the name of a capability that ships with Errand. */
	readonly name: string;
	/** One sentence for planners and people. */
	readonly summary: string;
	readonly input: Input;
	/** Any JSON where left out. */
	readonly output?: Output;
	/** The most that any input leaves behind in the world: nothing, something a repeat does not double, or something it would. */
	readonly effects: CapabilityDeclaration['effects'];
	run(input: z.output<Input>, context: RunContext): z.input<Output> | Promise<z.input<Output>>;
}

/** capability makes a capability; a module that exports it brings it. Throws for one that could not be offered. */
export function capability<Input extends z.ZodType, Output extends z.ZodType = z.ZodType>(
	draft: CapabilityDraft<Input, Output>,
): ICapability<z.output<Input>, z.output<Output>> {
	const { run, output, ...declared } = draft;
	const made: ICapability = {
		...{ version: 1, pure: false, concurrency: 4, ...declared },
		placement: 'process',
		output: output ?? z.json(),
		run: async (input, context) => await run.call(draft, input as z.output<Input>, context),
	};
	const problem = declarationProblem(made);
	if (problem !== undefined) throw new TypeError(problem);
	return made as ICapability<z.output<Input>, z.output<Output>>;
}
