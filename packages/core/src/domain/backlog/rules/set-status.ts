import type { BacklogFact } from '../facts.ts';
import type { Item, ItemStatus } from '../item.ts';
import { pathsOf, pathText } from '../item-path.ts';
import { TagDraft } from '../tag-draft.ts';
import { knownAt, neededText, type RuleCall, statusOf, tagOf } from './call.ts';

/** setStatus sets the status of some items and subitems, all or none; parents follow their subitems. */
export function setStatus({ state, args }: RuleCall): BacklogFact[] {
	const tag = tagOf(state, args);
	const draft = new TagDraft(tag.items);
	const status = statusOf(neededText(args, 'status'));
	for (const path of pathsOf(neededText(args, 'id'))) {
		knownAt(draft, path, tag.name);
		setStatusAt(draft, pathText(path), status);
	}
	return draft.facts(tag.name);
}

/** setStatusAt sets one status in a draft; the parent of a subitem follows. Unknown ids are left alone. */
export function setStatusAt(draft: TagDraft, id: string, status: ItemStatus): void {
	const [path] = pathsOf(id);
	const item = path === undefined ? undefined : draft.item(path.item);
	if (path === undefined || item === undefined) return;
	if (path.sub === undefined) {
		if (item.status !== status) draft.put({ ...item, status });
		return;
	}
	const subtasks = item.subtasks.map((sub) =>
		sub.id === path.sub && sub.status !== status ? { ...sub, status } : sub,
	);
	if (subtasks.every((sub, at) => sub === item.subtasks[at])) return;
	const after = { ...item, subtasks };
	draft.put({ ...after, status: followed(after) });
}

/** What an item's status is once one of its subitems' has changed. */
function followed({ subtasks, status }: Item): ItemStatus {
	if (subtasks.every((sub) => sub.status === 'done')) return 'done';
	if (subtasks.some((sub) => sub.status === 'in-progress' || sub.status === 'done')) return 'in-progress';
	return subtasks.every((sub) => sub.status === 'pending') ? 'pending' : status;
}
