/** RouterConfig is what the operator says about the choice of models and what they may cost. */
export interface RouterConfig {
	/** A tier (`small`, `middle`, `large`) or a model for a purpose, or for all that begin with it. */
	readonly purposes?: Readonly<Record<string, string>> | undefined;
	readonly budgets?:
		| { readonly perDayUsd?: number | undefined; readonly perPersonDayUsd?: number | undefined }
		| undefined;
	/** Requests and replies are kept whole for so many days. */
	readonly audit?: { readonly keepDays: number } | undefined;
	/** The model that makes vectors: its name, or `local` where none here does. */
	readonly embeddings?: string | undefined;
	/** A second model is asked where the first has said nothing for so long. */
	readonly hedge?: { readonly afterMs: number } | undefined;
}
