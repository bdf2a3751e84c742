import { DRAFT_LIMITS, type DraftItem } from '@errand/core/planning/backlog/draft.ts';
import type { RunModel } from '@errand/core/ports/capability.ts';
import { askValue } from './ask-value.ts';
import { findingText, neighbourText } from './item-text.ts';
import { gaveNo, type ItemWork, type Made, replyRoom, wordsFor } from './item-work.ts';
import { TaskReply } from './reply-shapes.ts';

/** draftByModel has a model write one new item; it depends on nothing but items that there are. */
export async function draftByModel(
	model: RunModel,
	prompt: string,
	{ neighbours, findings }: Omit<ItemWork, 'prompt'>,
): Promise<Made<DraftItem>> {
	const words = wordsFor([], findings, prompt);
	const { task } = await askValue(model, {
		purpose: 'backlog.add',
		prompt: 'draft',
		told: [],
		said: prompt,
		given: [...neighbourText(neighbours), ...findingText(findings)],
		name: 'backlog_task',
		schema: TaskReply,
		maxTokens: replyRoom(model, 3_000),
	});
	const title = words.line(task.title, DRAFT_LIMITS.title);
	if (title === '') throw gaveNo(model, 'a task');
	const known = new Set(neighbours.map(({ id }) => Number(id)));
	const made: DraftItem = {
		id: 1,
		title,
		description: words.markdown(task.description, DRAFT_LIMITS.description),
		details: words.markdown(task.details, DRAFT_LIMITS.details),
		testStrategy: words.markdown(task.testStrategy, DRAFT_LIMITS.test),
		priority: task.priority,
		dependencies: [...new Set(task.dependencies.filter((id) => known.has(id)))].sort((one, other) => one - other),
	};
	return { made, warnings: words.warnings };
}
