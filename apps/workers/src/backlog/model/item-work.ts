import { CoreError } from '@errand/core/domain/errors.ts';
import type { GivenItem, Neighbour } from '@errand/core/planning/backlog/draft.ts';
import type { RunModel } from '@errand/core/ports/capability.ts';
import { CleanWords } from './clean-words.ts';
import { itemText } from './item-text.ts';

/** ItemWork is what work on items goes by, besides the items. */
export interface ItemWork {
	readonly prompt?: string | undefined;
	readonly neighbours: readonly Neighbour[];
	readonly findings: readonly string[];
}

/** Made is what a model made, and what to mind about it. */
export interface Made<T> {
	readonly made: T;
	readonly warnings: readonly string[];
}

/** wordsFor cleans what a model writes of items: addresses stay that stand in what it was given. */
export function wordsFor(items: readonly GivenItem[], findings: readonly string[], prompt = ''): CleanWords {
	return new CleanWords([...items.map((item) => itemText(item).markdown), ...findings, prompt]);
}

/** gaveNo is a reply that is well formed and empty. */
export function gaveNo(model: RunModel, what: string): CoreError {
	return new CoreError('model-reply', `The language model ${model.name} gave no ${what}.`, {
		hint: 'Try again, or configure a more able model.',
	});
}

/** replyRoom bounds a reply by what the model can hold. */
export function replyRoom({ contextTokens }: RunModel, most: number): number {
	return Math.min(most, Math.max(500, Math.floor(contextTokens / 4)));
}
