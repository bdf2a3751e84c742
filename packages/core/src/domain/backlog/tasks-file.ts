import type { JsonObject } from '../json.ts';
import type { Item } from './item.ts';
import type { TagMetadata } from './state.ts';

/** TasksFileTag is one tag as a tasks.json holds it. */
export interface TasksFileTag {
	readonly name: string;
	readonly items: readonly Item[];
	readonly metadata: TagMetadata;
	readonly extra?: JsonObject | undefined;
}

/** TasksFile is what was read from a tasks.json. */
export interface TasksFile {
	/** `legacy` has one list without a tag; it is read as the first tag. */
	readonly format: 'tagged' | 'legacy';
	readonly tags: readonly TasksFileTag[];
	/** What stood beside the tags. */
	readonly extra?: JsonObject | undefined;
	/** What was mended in reading, in sentences. */
	readonly mended: readonly string[];
}
