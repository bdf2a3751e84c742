/** ChosenModel is one model of a server, and what the server said of it. */
export interface ChosenModel {
	readonly id: string;
	readonly contextTokens?: number | undefined;
	/** Another model of the same server, for vectors. */
	readonly embeddingModel?: string | undefined;
}
