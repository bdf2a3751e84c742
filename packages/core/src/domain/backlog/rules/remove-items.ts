import { CoreError } from '../../errors.ts';
import { textArgument } from '../arguments.ts';
import type { BacklogFact } from '../facts.ts';
import type { Item } from '../item.ts';
import { type ItemPath, type PathKey, pathKey, pathsOf, pathText } from '../item-path.ts';
import { keysOf, rewriteReferences } from '../item-references.ts';
import { TagDraft } from '../tag-draft.ts';
import { knownAt, knownItem, neededText, type RuleCall, tagOf } from './call.ts';
import { moveWithin } from './move-within.ts';

/** removeItems removes items and subitems, all or none, and every reference to them in their tag. */
export function removeItems({ state, args }: RuleCall): BacklogFact[] {
	const tag = tagOf(state, args);
	const draft = new TagDraft(tag.items);
	const paths = pathsOf(neededText(args, 'id'));
	for (const path of paths) knownAt(draft, path, tag.name);
	removeAt(draft, paths);
	return draft.facts(tag.name);
}

/** removeSubitems removes subitems, or makes items of them, which wait for their former parent. */
export function removeSubitems({ state, args }: RuleCall): BacklogFact[] {
	const tag = tagOf(state, args);
	const draft = new TagDraft(tag.items);
	const paths = pathsOf(neededText(args, 'id'));
	for (const path of paths) {
		if (path.sub === undefined) {
			throw new CoreError('invalid-input', `${path.item} is a task, not a subtask.`, {
				hint: 'A subtask is named 5.2; remove_task removes tasks.',
			});
		}
		knownAt(draft, path, tag.name);
	}
	if (args['convert'] === true) {
		const first = draft.nextId();
		const moves = paths.map((from, at) => ({ from, to: { item: first + at } }));
		return moveWithin(tag, moves, { waitForParent: true });
	}
	removeAt(draft, paths);
	return draft.facts(tag.name);
}

/** clearSubitems removes all subitems of some items, or of all. */
export function clearSubitems({ state, args }: RuleCall): BacklogFact[] {
	const tag = tagOf(state, args);
	const draft = new TagDraft(tag.items);
	const ids = textArgument(args, 'id');
	if (ids === undefined && args['all'] !== true) {
		throw new CoreError('invalid-input', 'No task was named.', { hint: 'Give the id of a task, or all: true.' });
	}
	const items =
		args['all'] === true ? [...draft.items()] : pathsOf(ids ?? '').map(({ item }) => knownItem(draft, item, tag.name));
	const paths = items.flatMap((item) => item.subtasks.map((sub) => ({ item: item.id, sub: sub.id })));
	if (paths.length > 0) removeAt(draft, paths);
	return draft.facts(tag.name);
}

/** removeAt takes items and subitems out of a draft; those that are not there are passed over. */
export function removeAt(draft: TagDraft, paths: readonly ItemPath[]): void {
	const gone = new Map<PathKey, undefined>();
	const subs = new Map<number, Set<number>>();
	const whole = new Set(paths.filter(({ sub }) => sub === undefined).map(({ item }) => item));
	for (const { item: id, sub } of paths) {
		const item = draft.item(id);
		if (item === undefined) continue;
		if (sub === undefined) for (const key of keysOf(item)) gone.set(key, undefined);
		else {
			gone.set(pathKey(id, sub), undefined);
			subs.set(id, (subs.get(id) ?? new Set()).add(sub));
		}
	}
	// References are read as long as what they name is there.
	rewriteReferences(draft, gone);
	for (const [id, ids] of subs) {
		const item: Item | undefined = draft.item(id);
		if (item !== undefined) draft.put({ ...item, subtasks: item.subtasks.filter((sub) => !ids.has(sub.id)) });
	}
	for (const id of whole) if (draft.item(id) !== undefined) draft.remove(id);
}

/** removedIds names what a call asked to remove. */
export const removedIds = (list: string): string[] => pathsOf(list).map(pathText);
