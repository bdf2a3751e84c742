/** ModelHealth is how a model stands: `unknown` until it was asked or looked at. */
export type ModelHealth = 'up' | 'slow' | 'down' | 'unknown';

/** ModelView is a model as people see it. */
export interface ModelView {
	/** `<provider>/<model>` */
	readonly name: string;
	readonly provider: string;
	readonly tiers: readonly ('small' | 'middle' | 'large' | 'embedding')[];
	/** US dollars for a million tokens; undefined where not known. */
	readonly price?:
		| { readonly input: number; readonly output: number; readonly cachedInput?: number | undefined }
		| undefined;
	readonly contextTokens: number;
	readonly health: ModelHealth;
	/** Since when, ms since 1970. */
	readonly since: number;
	/** Why it is down or slow. */
	readonly trouble?: string | undefined;
	/** Median ms to the first word of late. */
	readonly firstMs?: number | undefined;
	readonly running: number;
	readonly waiting: number;
}
