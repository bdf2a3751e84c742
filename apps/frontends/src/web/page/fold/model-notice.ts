import type { ModelHealth } from '@errand/core/ports/model-view.ts';

/** modelNotice says what a change of a model's health means to somebody whose work is under way; undefined where it means nothing. */
export function modelNotice(before: ModelHealth | undefined, now: ModelHealth, name: string): string | undefined {
	if (now === 'down' && before !== 'down')
		return `The model ${name} does not answer. Your work goes on with others, or waits.`;
	if (now === 'up' && before === 'down') return `The model ${name} answers again.`;
	return undefined;
}
