import { byModelOrRules, type TwoWays } from './by-model-or-rules.ts';

/** Attempt is what a model made, as far as the documents bear it out: nothing where too little of it stands. */
export interface Attempt<Output> {
	readonly made: Output | undefined;
	/** What to say of it, made or not. */
	readonly warnings: readonly string[];
}

/** provedOrRules keeps what the model made if it stands; where it fails or hardly anything stands, rules do it and say why. */
export async function provedOrRules<Output extends { readonly warnings: readonly string[] }>({
	model,
	byModel,
	byRules,
}: Pick<TwoWays<Output>, 'model' | 'byRules'> & { byModel: () => Promise<Attempt<Output>> }): Promise<Output> {
	return byModelOrRules<Output>({
		model,
		byRules,
		byModel: async () => {
			const { made, warnings } = await byModel();
			if (made !== undefined) return { ...made, warnings: [...new Set(warnings)] };
			const output = await byRules();
			return { ...output, warnings: [...new Set([...output.warnings, ...warnings, NOT_ENOUGH])] };
		},
	});
}

const NOT_ENOUGH = 'Too little of what the language model wrote is borne out by the sources: this was done by rules.';
