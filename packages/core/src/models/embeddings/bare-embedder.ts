import type { IEmbedder } from '../../ports/memory.ts';

/** BareEmbedder makes vectors and keeps none. It is given no empty text. */
export interface BareEmbedder extends Pick<IEmbedder, 'name' | 'stop'> {
	/** What stands behind this many characters of a text is not looked at. */
	readonly maxCharacters: number;
	embed(texts: readonly string[], options: { readonly signal: AbortSignal }): Promise<readonly Float32Array[]>;
}
