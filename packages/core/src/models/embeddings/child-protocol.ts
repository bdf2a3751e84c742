/** ToEmbeddingChild is what the embedding child is asked. */
export interface ToEmbeddingChild {
	readonly id: number;
	readonly texts: readonly string[];
}

/** FromEmbeddingChild is its answer: a vector for each text, in order, or what went wrong. */
export type FromEmbeddingChild =
	| { readonly id: number; readonly vectors: readonly Float32Array[] }
	| { readonly id: number; readonly trouble: string };
