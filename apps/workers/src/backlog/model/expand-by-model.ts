import type { DraftSubitem, GivenItem } from '@errand/core/planning/backlog/draft.ts';
import type { RunModel } from '@errand/core/ports/capability.ts';
import { askValue } from './ask-value.ts';
import { findingText, itemText, neighbourText } from './item-text.ts';
import { gaveNo, type ItemWork, type Made, replyRoom, wordsFor } from './item-work.ts';
import { SubtasksReply } from './reply-shapes.ts';
import { settleSubitems } from './settle-items.ts';

/** expandByModel has a model split an item into parts. */
export async function expandByModel(
	model: RunModel,
	item: GivenItem,
	{ num, prompt, neighbours, findings }: ItemWork & { readonly num?: number | undefined },
): Promise<Made<DraftSubitem[]>> {
	const words = wordsFor([item], findings, prompt);
	const count = num === undefined ? 'Make as many parts as it needs, 3 to 8 as a rule.' : `Make ${num} parts.`;
	const { subtasks } = await askValue(model, {
		purpose: 'backlog.expand',
		prompt: 'expand',
		told: [`Document 1 is the task. ${count}`],
		said: prompt,
		given: [itemText(item), ...neighbourText(neighbours), ...findingText(findings)],
		name: 'backlog_subtasks',
		schema: SubtasksReply,
		maxTokens: replyRoom(model, 6_000),
	});
	const made = settleSubitems(subtasks, words);
	if (made.length === 0) throw gaveNo(model, `parts of task ${item.id}`);
	const isOff = num !== undefined && made.length !== num;
	return {
		made,
		warnings: [
			...words.warnings,
			...(isOff ? [`The model made ${made.length} subtasks of task ${item.id}, not ${num}.`] : []),
		],
	};
}
