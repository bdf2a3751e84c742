import { CoreError } from '../../errors.ts';
import type { JsonObject } from '../../json.ts';
import { textArgument } from '../arguments.ts';
import {
	ITEM_PRIORITIES,
	ITEM_STATUSES,
	type Item,
	type ItemPriority,
	type ItemStatus,
	type Subitem,
} from '../item.ts';
import { type ItemPath, pathText, subitemOf } from '../item-path.ts';
import { type Backlog, type Tag, tagNamed } from '../state.ts';
import type { TagDraft } from '../tag-draft.ts';

/** RuleCall is a call of a tool on a backlog, as the rules see it. */
export interface RuleCall {
	readonly state: Backlog;
	readonly args: JsonObject;
	/** ms since 1970 */
	readonly at: number;
}

/** neededText is an argument that must be there. */
export function neededText(args: JsonObject, name: string): string {
	const value = textArgument(args, name);
	if (value !== undefined) return value;
	throw new CoreError('invalid-input', `"${name}" was left out.`, { hint: `Say it: ${name}.` });
}

/** tagOf is the tag that a call works on: the one it names, else the current one. */
export function tagOf(state: Backlog, args: JsonObject, name = 'tag'): Tag {
	return knownTag(state, textArgument(args, name) ?? state.currentTag);
}

/** knownTag finds a tag, or refuses. */
export function knownTag(state: Backlog, name: string): Tag {
	const tag = tagNamed(state, name);
	if (tag !== undefined) return tag;
	const names = state.tags.map((one) => one.name);
	throw new CoreError('not-found', `There is no tag "${name}".`, {
		hint: `Tags are ${names.slice(0, 20).join(', ')}; add_tag makes one.`,
	});
}

/** knownAt finds an item or a subitem, or refuses. */
export function knownAt(draft: Pick<TagDraft, 'item'>, path: ItemPath, tag: string): Item | Subitem {
	const item = knownItem(draft, path.item, tag);
	return path.sub === undefined ? item : knownSubitem(item, path.sub);
}

/** knownSubitem finds a subitem of an item, or refuses. */
export function knownSubitem(item: Item, sub: number): Subitem {
	const found = subitemOf(item, sub);
	if (found !== undefined) return found;
	const ids = item.subtasks.map(({ id }) => `${item.id}.${id}`);
	throw new CoreError('not-found', `Task ${item.id} has no subtask ${pathText({ item: item.id, sub })}.`, {
		hint: ids.length === 0 ? 'It has no subtasks.' : `It has ${ids.slice(0, 20).join(', ')}.`,
	});
}

/** knownItem finds an item, or refuses. */
export function knownItem(draft: Pick<TagDraft, 'item'>, id: number, tag: string): Item {
	const item = draft.item(id);
	if (item !== undefined) return item;
	throw new CoreError('not-found', `There is no task ${id} in tag "${tag}".`, {
		hint: 'get_tasks lists the tasks there are; list_tags the tags.',
	});
}

/** readStatus reads a status as people and other programs write it; undefined for none that is known. */
export function readStatus(text: string): ItemStatus | undefined {
	const word = text
		.trim()
		.toLowerCase()
		.replace(/[\s_]+/g, '-');
	return (ITEM_STATUSES as readonly string[]).includes(word) ? (word as ItemStatus) : OTHER_WORDS[word];
}

const OTHER_WORDS: Readonly<Record<string, ItemStatus>> = {
	completed: 'done',
	complete: 'done',
	finished: 'done',
	todo: 'pending',
	open: 'pending',
	inprogress: 'in-progress',
	doing: 'in-progress',
	started: 'in-progress',
	canceled: 'cancelled',
};

/** statusOf reads a status, or refuses. */
export function statusOf(text: string): ItemStatus {
	const status = readStatus(text);
	if (status !== undefined) return status;
	throw new CoreError('invalid-input', `"${text.slice(0, 50)}" is no status.`, {
		hint: `A status is one of ${ITEM_STATUSES.join(', ')}.`,
	});
}

/** readPriority reads a priority; undefined for none that is known. */
export function readPriority(text: string): ItemPriority | undefined {
	const word = text.trim().toLowerCase();
	if ((ITEM_PRIORITIES as readonly string[]).includes(word)) return word as ItemPriority;
	return word === 'critical' || word === 'urgent' ? 'high' : undefined;
}
