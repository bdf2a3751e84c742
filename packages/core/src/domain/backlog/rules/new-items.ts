import type { Item, ItemReference, Subitem } from '../item.ts';
import { type PathKey, pathKey, readPath, referenceTo, subitemOf } from '../item-path.ts';
import type { ProposedItem, ProposedSubitem } from '../operation-change.ts';
import type { TagDraft } from '../tag-draft.ts';

/** newItem is an item with everything that was left out filled in. */
export function newItem(id: number, proposed: ProposedItem, dependencies: readonly ItemReference[]): Item {
	const { title, description = '', details = '', testStrategy = '', priority = 'medium' } = proposed;
	return {
		id,
		title,
		description,
		details,
		testStrategy,
		status: 'pending',
		dependencies,
		priority,
		subtasks: [],
	};
}

/** newSubitem is a subitem with everything that was left out filled in. */
export function newSubitem(id: number, proposed: ProposedSubitem, dependencies: readonly ItemReference[]): Subitem {
	const { title, description = '', details = '', testStrategy, status = 'pending', priority } = proposed;
	return {
		id,
		title,
		description,
		details,
		...(testStrategy === undefined ? {} : { testStrategy }),
		status,
		...(priority === undefined ? {} : { priority }),
		dependencies,
	};
}

/** nextSubitemId is the largest id + 1; one that a sibling uses for an item of the tag would change that reference's meaning. */
export function nextSubitemId({ subtasks }: Item): number {
	let id = subtasks.reduce((largest, sub) => Math.max(largest, sub.id), 0) + 1;
	const used = new Set(subtasks.flatMap(({ dependencies }) => dependencies));
	while (used.has(id)) id += 1;
	return id;
}

/** KeptReferences are dependencies as they were asked for: those that hold, and the words of those that don't. */
export interface KeptReferences {
	readonly kept: readonly ItemReference[];
	readonly dropped: readonly string[];
}

/**
 * keptReferences reads dependencies, each once: those on unknown items and on `self` are dropped. Inside `parent` a bare number
 * is a sibling, and where there is none an item.
 */
export function keptReferences(
	draft: Pick<TagDraft, 'item'>,
	words: readonly (string | number)[],
	place: { readonly self?: PathKey | undefined; readonly parent?: Item | undefined },
): KeptReferences {
	const { self, parent } = place;
	const kept = new Map<PathKey, ItemReference>();
	const dropped: string[] = [];
	for (const word of words) {
		const key = keyOfWord(draft, String(word), parent);
		const reference = key === undefined || key === self ? undefined : written(key, parent);
		if (key === undefined || reference === undefined) dropped.push(String(word).trim());
		else if (!kept.has(key)) kept.set(key, reference);
	}
	return { kept: [...kept.values()], dropped };
}

/** wordsOf splits a comma list. */
export function wordsOf(list: string | undefined): string[] {
	return (list ?? '')
		.split(',')
		.map((word) => word.trim())
		.filter((word) => word !== '');
}

const ITEM_ITSELF: Pick<Item, 'id' | 'subtasks'> = { id: 0, subtasks: [] };

function written(key: PathKey, parent: Item | undefined): ItemReference | undefined {
	return referenceTo((parent ?? ITEM_ITSELF) as Item, parent !== undefined, key);
}

function keyOfWord(draft: Pick<TagDraft, 'item'>, word: string, parent: Item | undefined): PathKey | undefined {
	const path = readPath(word);
	if (path === undefined) return undefined;
	if (path.sub === undefined && parent !== undefined && subitemOf(parent, path.item) !== undefined) {
		return pathKey(parent.id, path.item);
	}
	const item = parent !== undefined && path.item === parent.id ? parent : draft.item(path.item);
	if (item === undefined) return undefined;
	return path.sub === undefined || subitemOf(item, path.sub) !== undefined ? pathKey(path.item, path.sub) : undefined;
}
