import type { Item, ItemReference, Subitem } from './item.ts';
import { type PathKey, pathKey, referenceTo, targetKey } from './item-path.ts';
import type { TagDraft } from './tag-draft.ts';

/** keysOf are an item and its subitems. */
export function keysOf(item: Item): PathKey[] {
	return [pathKey(item.id), ...item.subtasks.map(({ id }) => pathKey(item.id, id))];
}

/** Where each went; `undefined` where it is gone. */
export type Rewriting = ReadonlyMap<PathKey, PathKey | undefined>;

/** rewriteReferences lets all references of a draft follow what was moved, and takes out those to what is gone. */
export function rewriteReferences(draft: TagDraft, went: Rewriting): void {
	if (went.size === 0) return;
	for (const item of draft.referring(went)) {
		const after = rewritten(item, went);
		if (after !== item) draft.put(after);
	}
}

function rewritten(item: Item, went: Rewriting): Item {
	const dependencies = follow(item, item, false, went);
	let changed = dependencies !== item.dependencies;
	const subtasks = item.subtasks.map((sub) => {
		const followed = follow(item, sub, true, went);
		if (followed === sub.dependencies) return sub;
		changed = true;
		return { ...sub, dependencies: followed };
	});
	return changed ? { ...item, dependencies, subtasks } : item;
}

function follow(item: Item, owner: Item | Subitem, isSubitem: boolean, went: Rewriting): readonly ItemReference[] {
	const isTouched = (reference: ItemReference) => went.has(targetKey(item, isSubitem, reference));
	if (!owner.dependencies.some(isTouched)) return owner.dependencies;
	const self = isSubitem ? pathKey(item.id, owner.id) : pathKey(item.id);
	const kept = new Map<PathKey, ItemReference>();
	for (const reference of owner.dependencies) {
		const key = targetKey(item, isSubitem, reference);
		const now = went.has(key) ? went.get(key) : key;
		if (now === undefined || now === self || kept.has(now)) continue;
		const written = now === key ? reference : referenceTo(item, isSubitem, now);
		if (written !== undefined) kept.set(now, written);
	}
	return [...kept.values()];
}
