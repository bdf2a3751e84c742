import { DRAFT_LIMITS, type DraftItem, type DraftSubitem } from '@errand/core/planning/backlog/draft.ts';
import type { z } from 'zod';
import type { CleanWords } from './clean-words.ts';
import type { SubtasksReply, TasksReply } from './reply-shapes.ts';

type ReplyTask = z.infer<typeof TasksReply>['tasks'][number];
type ReplySubtask = z.infer<typeof SubtasksReply>['subtasks'][number];

/**
 * settleItems numbers a reply's tasks on after those that are known, without repeats; what depends on nothing known or on
 * something later loses that. `numbers` tells the known ones by the ids that the reply may call them.
 */
export function settleItems(tasks: readonly ReplyTask[], known: readonly DraftItem[], words: CleanWords): DraftItem[] {
	const numbers = new Map(known.map(({ id }) => [id, id]));
	const titles = new Map(known.map(({ title, id }) => [title.toLowerCase(), id]));
	const items: DraftItem[] = [];
	for (const task of tasks) {
		const title = words.line(task.title, DRAFT_LIMITS.title);
		const twin = titles.get(title.toLowerCase());
		if (twin !== undefined) numbers.set(task.id, twin);
		const id = known.length + items.length + 1;
		if (title === '' || twin !== undefined || id > DRAFT_LIMITS.items) continue;
		const dependencies = earlier(task.dependencies, numbers);
		numbers.set(task.id, id);
		titles.set(title.toLowerCase(), id);
		items.push({ ...textsOf(task, words), id, title, priority: task.priority, dependencies });
	}
	return items;
}

/** settleSubitems does the same with an item's parts. */
export function settleSubitems(subtasks: readonly ReplySubtask[], words: CleanWords): DraftSubitem[] {
	const numbers = new Map<number, number>();
	const items: DraftSubitem[] = [];
	for (const one of subtasks.slice(0, DRAFT_LIMITS.subitems)) {
		const title = words.line(one.title, DRAFT_LIMITS.title);
		if (title === '') continue;
		const id = items.length + 1;
		const dependencies = earlier(one.dependencies, numbers);
		numbers.set(one.id, id);
		items.push({ ...textsOf(one, words), id, title, dependencies });
	}
	return items;
}

function textsOf(one: Pick<ReplySubtask, 'description' | 'details' | 'testStrategy'>, words: CleanWords) {
	return {
		description: words.markdown(one.description, DRAFT_LIMITS.description),
		details: words.markdown(one.details, DRAFT_LIMITS.details),
		testStrategy: words.markdown(one.testStrategy, DRAFT_LIMITS.test),
	};
}

function earlier(ids: readonly number[], numbers: ReadonlyMap<number, number>): number[] {
	return [...new Set(ids.flatMap((id) => numbers.get(id) ?? []))].sort((one, other) => one - other);
}
