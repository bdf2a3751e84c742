import { CoreError } from '../errors.ts';
import type { Item, ItemReference, Subitem } from './item.ts';

/** ItemPath is where an item (`5`) or a subitem (`5.2`) stands in its tag. */
export interface ItemPath {
	readonly item: number;
	/** Left out for the item itself. */
	readonly sub?: number | undefined;
}

/** MAX_ITEM_ID and MAX_SUBITEM_ID bound ids, so that a path fits one number. */
export const MAX_ITEM_ID = 2 ** 31 - 1;
export const MAX_SUBITEM_ID = 2 ** 20 - 1;
const SUB = MAX_SUBITEM_ID + 1;

/** PathKey is a path as one number, for sets and maps. */
export type PathKey = number;

/** pathKey packs a path. */
export const pathKey = (item: number, sub = 0): PathKey => item * SUB + sub;

/** pathOfKey unpacks it. */
export function pathOfKey(key: PathKey): ItemPath {
	const sub = key % SUB;
	const item = Math.floor(key / SUB);
	return sub === 0 ? { item } : { item, sub };
}

/** keyText names what a key stands for: `5` or `5.2`. */
export function keyText(key: PathKey): string {
	const { item, sub } = pathOfKey(key);
	return sub === undefined ? String(item) : `${item}.${sub}`;
}

/** pathText names a path: `5` or `5.2`. */
export const pathText = ({ item, sub }: ItemPath): string => (sub === undefined ? String(item) : `${item}.${sub}`);

/** readPath reads `5` or `5.2`; undefined for anything else. */
export function readPath(text: string): ItemPath | undefined {
	const match = /^#?(\d{1,10})(?:\.(\d{1,7}))?$/.exec(text.trim());
	if (match === null) return undefined;
	const item = Number(match[1]);
	if (item < 1 || item > MAX_ITEM_ID) return undefined;
	if (match[2] === undefined) return { item };
	const sub = Number(match[2]);
	return sub < 1 || sub > MAX_SUBITEM_ID ? undefined : { item, sub };
}

/** pathOf reads a path, or refuses. */
export function pathOf(text: string): ItemPath {
	const path = readPath(text);
	if (path !== undefined) return path;
	throw new CoreError('invalid-input', `"${text.slice(0, 100)}" is no task id.`, {
		hint: 'A task is named by its number (5), a subtask by its task’s and its own (5.2).',
	});
}

/** pathsOf reads a comma list of paths, each once, or refuses. */
export function pathsOf(list: string): ItemPath[] {
	const seen = new Map<PathKey, ItemPath>();
	for (const word of list.split(',')) {
		if (word.trim() === '') continue;
		const path = pathOf(word);
		seen.set(pathKey(path.item, path.sub), path);
	}
	if (seen.size > 0) return [...seen.values()];
	throw new CoreError('invalid-input', 'No task id was given.', { hint: 'Name at least one: 5, or 5.2, or 5,6.' });
}

/**
 * targetKey says what a reference means. Of an item a number is an item; of a subitem it is a sibling, and only where there is
 * no such sibling an item.
 */
export function targetKey(owner: Item, isSubitem: boolean, reference: ItemReference): PathKey {
	if (typeof reference === 'string') {
		const dot = reference.indexOf('.');
		return pathKey(Number(reference.slice(0, dot)), Number(reference.slice(dot + 1)));
	}
	if (isSubitem && subitemOf(owner, reference) !== undefined) return pathKey(owner.id, reference);
	return pathKey(reference);
}

/** referenceTo writes a reference down; undefined where it would be read as a sibling though an item is meant. */
export function referenceTo(owner: Item, isSubitem: boolean, key: PathKey): ItemReference | undefined {
	const { item, sub } = pathOfKey(key);
	if (sub !== undefined) return isSubitem && item === owner.id ? sub : `${item}.${sub}`;
	return isSubitem && subitemOf(owner, item) !== undefined ? undefined : item;
}

/** subitemOf finds a subitem by its id. */
export function subitemOf({ subtasks }: Item, id: number): Subitem | undefined {
	// As a rule they are numbered in their order.
	const guess = subtasks[id - 1];
	return guess?.id === id ? guess : subtasks.find((one) => one.id === id);
}
