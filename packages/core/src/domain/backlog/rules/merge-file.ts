import type { BacklogCommandOf } from '../commands.ts';
import { evolveBacklog } from '../evolve-backlog.ts';
import { type BacklogFact, backlogFact } from '../facts.ts';
import {
	countItems,
	itemById,
	itemsOf,
	type listOf,
	NO_ITEMS,
	withAdded,
	without,
	withReplaced,
} from '../item-list.ts';
import { mergeTasksFile } from '../merge-tasks-file.ts';
import { sameJson } from '../same-json.ts';
import { type Backlog, type Tag, tagNamed } from '../state.ts';
import { TagDraft } from '../tag-draft.ts';
import type { TasksFileTag } from '../tasks-file.ts';

/** mergeFile takes over what others changed in the file since it was last read or written. */
export function mergeFile(state: Backlog, { file, mark, at }: BacklogCommandOf<'MergeFile'>): BacklogFact[] {
	if (state.file.mark?.hash === mark.hash) return [];
	const { tags, conflicts } = mergeTasksFile(lastInFile(state), state.tags.map(inFile), file.tags);
	const facts: BacklogFact[] = [];
	let now = state;
	const add = (...more: readonly BacklogFact[]) => {
		for (const fact of more) {
			facts.push(fact);
			now = evolveBacklog(now, { ...fact, seq: state.seq + facts.length, at }) ?? now;
		}
	};
	for (const { name, items } of state.tags) {
		if (!tags.some((tag) => tag.name === name)) add(backlogFact('TagRemoved', { tag: name, items: countItems(items) }));
	}
	for (const tag of tags) {
		const beside = tag.extra === undefined ? {} : { extra: tag.extra };
		if (tagNamed(now, tag.name) === undefined) {
			add(backlogFact('TagAdded', { tag: tag.name, metadata: tag.metadata, ...beside }));
		}
		add(...factsOfItems(tag, tagNamed(now, tag.name)?.items ?? NO_ITEMS));
		const ids = tag.items.map(({ id }) => id);
		const after = tagNamed(now, tag.name);
		const order = itemsOf(after?.items ?? NO_ITEMS).map(({ id }) => id);
		if (!sameJson(ids, order)) add(backlogFact('ItemsReordered', { tag: tag.name, ids }));
		const was = tagNamed(state, tag.name);
		if (was !== undefined && !(sameJson(was.metadata, tag.metadata) && sameJson(was.extra, tag.extra))) {
			add(backlogFact('TagDescribed', { tag: tag.name, metadata: tag.metadata, ...beside }));
		}
	}
	const same = file.format === 'tagged' && file.mended.length === 0 && sameTags(tags, file.tags);
	const extra = file.extra === undefined ? {} : { extra: file.extra };
	add(
		backlogFact('FileMerged', {
			mark,
			same,
			mended: file.mended.slice(0, MOST_SENTENCES),
			conflicts: conflicts.slice(0, MOST_SENTENCES),
			...extra,
		}),
	);
	return facts;
}

const MOST_SENTENCES = 100;

function factsOfItems(tag: TasksFileTag, list: Tag['items']): BacklogFact[] {
	const draft = new TagDraft(list);
	const kept = new Set(tag.items.map(({ id }) => id));
	for (const chunk of list) for (const { id } of chunk) if (!kept.has(id)) draft.remove(id);
	for (const item of tag.items) {
		const before = itemById(list, item.id);
		if (before !== item && !(before !== undefined && sameJson(before, item))) draft.put(item);
	}
	return draft.facts(tag.name);
}

function sameTags(one: readonly TasksFileTag[], other: readonly TasksFileTag[]): boolean {
	return (
		one.length === other.length &&
		one.every((tag) => {
			const same = other.find(({ name }) => name === tag.name);
			return same !== undefined && (same === tag || sameJson(same, tag));
		})
	);
}

function inFile({ name, items, metadata, extra }: Tag): TasksFileTag {
	return { name, items: itemsOf(items), metadata, ...(extra === undefined ? {} : { extra }) };
}

/** lastInFile is what the file held when it was last read or written: the tags without the changes since. */
export function lastInFile({ tags, file }: Backlog): TasksFileTag[] {
	let past = [...tags];
	for (const change of file.unsaved.toReversed()) {
		if (change.id === undefined) {
			const others = past.filter(({ name }) => name !== change.tag);
			past = change.before === undefined ? others : [...others, change.before];
		} else
			past = past.map((tag) =>
				tag.name === change.tag ? { ...tag, items: undone(tag, change.id, change.before) } : tag,
			);
	}
	return past.map(inFile);
}

function undone({ items }: Tag, id: number, before: Parameters<typeof listOf>[0][number] | undefined): Tag['items'] {
	if (before === undefined) return without(items, [id]);
	return itemById(items, id) === undefined ? withAdded(items, [before]) : withReplaced(items, [before]);
}
