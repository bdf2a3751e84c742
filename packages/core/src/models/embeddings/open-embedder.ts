import { join } from 'node:path';
import type { IClock } from '../../ports/clock.ts';
import type { ILanguageModel } from '../../ports/language-model.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { IEmbedder } from '../../ports/memory.ts';
import { CachedEmbedder } from './cached-embedder.ts';
import { LocalEmbedder } from './local-embedder.ts';
import { ModelEmbedder } from './model-embedder.ts';
import { VectorFile } from './vector-file.ts';

/** EmbedderOptions say which embedder is wanted: the built-in one (also by default), or the model of a provider by its name. */
export interface EmbedderOptions {
	readonly choice: 'local' | (string & {}) | undefined;
	/** Who asks providers; needed for their models. */
	readonly model?: ILanguageModel | undefined;
	/** Where vectors are kept between starts. Only one process may; undefined keeps them in this process. */
	readonly dataDir: string | undefined;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** openEmbedder makes an embedder. Nothing is loaded or started before its first text. */
export function openEmbedder({ choice = 'local', model, dataDir, clock, log }: EmbedderOptions): IEmbedder {
	const isLocal = choice === 'local' || model === undefined;
	if (choice !== 'local' && model === undefined)
		log.warn('no model to embed with, so the built-in one does it', { choice });
	const embedder = isLocal ? new LocalEmbedder({ clock, log }) : new ModelEmbedder(model, choice);
	const file = dataDir === undefined ? undefined : new VectorFile({ path: join(dataDir, 'vectors.cache'), log });
	return new CachedEmbedder(embedder, file);
}
