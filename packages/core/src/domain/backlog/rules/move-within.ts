import { CoreError } from '../../errors.ts';
import { pathBetween } from '../dependency-graph.ts';
import { type BacklogFact, backlogFact } from '../facts.ts';
import type { Item, ItemReference, Subitem } from '../item.ts';
import { type ItemPath, type PathKey, pathKey, pathText, referenceTo, subitemOf, targetKey } from '../item-path.ts';
import { rewriteReferences } from '../item-references.ts';
import type { Tag } from '../state.ts';
import { differOnlyInLinks, factsOfChanges, TagDraft } from '../tag-draft.ts';
import { knownAt, knownItem } from './call.ts';
import { newItem } from './new-items.ts';

/** Move is one thing on its way. */
export interface Move {
	readonly from: ItemPath;
	readonly to: ItemPath;
}

/** moveWithin moves items and subitems inside a tag, all or none; references follow. */
export function moveWithin(tag: Tag, moves: readonly Move[], options: { waitForParent?: boolean } = {}): BacklogFact[] {
	const draft = new TagDraft(tag.items);
	for (const { from } of moves) knownAt(draft, from, tag.name);
	const warnings: string[] = [];
	let waiting = moves.filter(({ from, to }) => pathText(from) !== pathText(to));
	const done = waiting;
	while (waiting.length > 0) {
		// One may go where another is about to leave.
		const next = waiting.find(({ from, to }) => isFree(draft, to) || isReordering(from, to)) ?? waiting[0];
		if (next === undefined) break;
		moveOne(draft, next, { tag: tag.name, warnings, waitForParent: options.waitForParent === true });
		waiting = waiting.filter((move) => move !== next);
	}
	return factsOfMoves(tag.name, draft, done, warnings);
}

interface Sight {
	readonly tag: string;
	readonly warnings: string[];
	readonly waitForParent: boolean;
}

function isFree(draft: TagDraft, path: ItemPath): boolean {
	return draft.at(path) === undefined;
}

function isReordering(from: ItemPath, to: ItemPath): boolean {
	return from.sub !== undefined && to.sub !== undefined && from.item === to.item;
}

function moveOne(draft: TagDraft, { from, to }: Move, sight: Sight): void {
	if (from.sub === undefined && to.sub === undefined) return renumber(draft, from.item, to.item);
	if (from.sub === undefined && to.sub !== undefined) {
		return intoParent(draft, knownItem(draft, from.item, sight.tag), { item: to.item, sub: to.sub }, sight);
	}
	const parent = knownItem(draft, from.item, sight.tag);
	const sub = subitemOf(parent, from.sub ?? 0);
	if (sub === undefined) return;
	if (to.sub === undefined) return outOfParent(draft, parent, sub, to.item, sight);
	if (from.item === to.item) return withinParent(draft, parent, sub, to.sub);
	return toOtherParent(draft, parent, sub, { item: to.item, sub: to.sub }, sight);
}

function renumber(draft: TagDraft, from: number, to: number): void {
	refuseTaken(draft, { item: to });
	const before = draft.item(from);
	if (before === undefined) return;
	const went = new Map<PathKey, PathKey>([[pathKey(from), pathKey(to)]]);
	for (const { id } of before.subtasks) went.set(pathKey(from, id), pathKey(to, id));
	rewriteReferences(draft, went);
	const item = draft.item(from) ?? before;
	draft.remove(from);
	draft.put(withSiblingsBare({ ...item, id: to }));
}

/** References between siblings are written as bare numbers. */
function withSiblingsBare(item: Item): Item {
	const own = `${item.id}.`;
	const subtasks = item.subtasks.map((sub) => {
		if (!sub.dependencies.some((one) => typeof one === 'string' && one.startsWith(own))) return sub;
		const dependencies = sub.dependencies.map((one) =>
			typeof one === 'string' && one.startsWith(own) ? Number(one.slice(own.length)) : one,
		);
		return { ...sub, dependencies };
	});
	return { ...item, subtasks };
}

function intoParent(draft: TagDraft, item: Item, to: { item: number; sub: number }, sight: Sight): void {
	if (item.id === to.item) {
		throw new CoreError('not-possible', `Task ${item.id} cannot become a part of itself.`, {
			hint: 'Name another task to put it under.',
		});
	}
	if (item.subtasks.length > 0) {
		throw new CoreError(
			'not-possible',
			`Task ${item.id} has ${item.subtasks.length} subtasks of its own, and subtasks have none.`,
			{ hint: `Move its subtasks first, such as ${item.id}.${item.subtasks[0]?.id} to ${to.item}.${to.sub}.` },
		);
	}
	refuseTaken(draft, to);
	refuseAmbiguous(knownItem(draft, to.item, sight.tag), to.sub);
	const targets = item.dependencies.map((one) => targetKey(item, false, one));
	rewriteReferences(draft, new Map([[pathKey(item.id), pathKey(to.item, to.sub)]]));
	const { subtasks: _, dependencies: __, ...content } = item;
	draft.remove(item.id);
	placeSubitem(draft, { ...content, id: to.sub, dependencies: [] }, to.item, targets, sight);
}

function outOfParent(draft: TagDraft, parent: Item, sub: Subitem, to: number, sight: Sight): void {
	refuseTaken(draft, { item: to });
	const targets = sub.dependencies.map((one) => targetKey(parent, true, one));
	leave(draft, parent.id, sub.id, pathKey(to));
	const { priority = parent.priority, status, extra } = sub;
	const fresh = newItem(to, { ...sub, priority, dependencies: [] }, []);
	const item: Item = { ...fresh, status, ...(extra === undefined ? {} : { extra }) };
	const dependencies = targets.flatMap((key) => referenceTo(item, false, key) ?? []);
	draft.put({ ...item, dependencies });
	if (!sight.waitForParent || dependencies.includes(parent.id)) return;
	if (pathBetween(draft.list(), pathKey(parent.id), pathKey(to)) !== undefined) {
		sight.warnings.push(`Task ${to} does not wait for ${parent.id}, because ${parent.id} waits for it.`);
	} else draft.put({ ...item, dependencies: [...dependencies, parent.id] });
}

function withinParent(draft: TagDraft, parent: Item, sub: Subitem, to: number): void {
	const place = parent.subtasks.findIndex(({ id }) => id === to);
	if (place !== -1) {
		const others = parent.subtasks.filter((one) => one !== sub);
		draft.put({ ...parent, subtasks: others.toSpliced(place, 0, sub) });
		return;
	}
	refuseAmbiguous(parent, to);
	rewriteReferences(draft, new Map([[pathKey(parent.id, sub.id), pathKey(parent.id, to)]]));
	const now = draft.item(parent.id) ?? parent;
	const renamed = now.subtasks.map((one) => (one.id === sub.id ? { ...one, id: to } : one));
	draft.put({ ...now, subtasks: renamed.toSorted((one, other) => one.id - other.id) });
}

function toOtherParent(
	draft: TagDraft,
	parent: Item,
	sub: Subitem,
	to: { item: number; sub: number },
	sight: Sight,
): void {
	refuseTaken(draft, to);
	refuseAmbiguous(knownItem(draft, to.item, sight.tag), to.sub);
	const targets = sub.dependencies.map((one) => targetKey(parent, true, one));
	leave(draft, parent.id, sub.id, pathKey(to.item, to.sub));
	placeSubitem(draft, { ...sub, id: to.sub, dependencies: [] }, to.item, targets, sight);
}

/** References follow the subitem, and it leaves its parent. */
function leave(draft: TagDraft, parentId: number, id: number, to: PathKey): void {
	rewriteReferences(draft, new Map([[pathKey(parentId, id), to]]));
	const parent = draft.item(parentId);
	if (parent !== undefined) draft.put({ ...parent, subtasks: parent.subtasks.filter((one) => one.id !== id) });
}

/**
 * Puts a subitem under a parent. Neither waits for the other. What it waits for and cannot name, because a sibling has that
 * number, its parent waits for instead.
 */
function placeSubitem(
	draft: TagDraft,
	sub: Subitem,
	parentId: number,
	targets: readonly PathKey[],
	{ tag, warnings }: Sight,
): void {
	const parent = knownItem(draft, parentId, tag);
	const self = pathKey(parent.id, sub.id);
	const at = parent.subtasks.findIndex(({ id }) => id > sub.id);
	const grown = parent.subtasks.toSpliced(at === -1 ? parent.subtasks.length : at, 0, sub);
	const without = parent.dependencies.filter((one) => targetKey(parent, false, one) !== self);
	const holder: Item = { ...parent, subtasks: grown, dependencies: without };
	const kept = new Set<ItemReference>();
	const lifted: PathKey[] = [];
	for (const key of targets) {
		if (key === self || key === pathKey(parent.id)) continue;
		const reference = referenceTo(holder, true, key);
		if (reference === undefined) lifted.push(key);
		else kept.add(reference);
	}
	draft.put(holder);
	draft.putSubitem(holder, { ...sub, dependencies: [...kept] });
	for (const key of lifted) lift(draft, parent.id, self, key, warnings);
}

function lift(draft: TagDraft, parentId: number, self: PathKey, key: PathKey, warnings: string[]): void {
	const parent = draft.item(parentId);
	const reference = parent === undefined ? undefined : referenceTo(parent, false, key);
	if (parent === undefined || reference === undefined || parent.dependencies.includes(reference)) return;
	const sub = `${parentId}.${self - pathKey(parentId)}`;
	if (pathBetween(draft.list(), key, pathKey(parentId)) !== undefined) {
		warnings.push(`${sub} does not wait for ${reference} any more.`);
		return;
	}
	draft.put({ ...parent, dependencies: [...parent.dependencies, reference] });
	warnings.push(`Task ${parentId} waits for ${reference} in place of its subtask ${sub}.`);
}

function refuseTaken(draft: TagDraft, path: ItemPath): void {
	if (draft.at(path) === undefined) return;
	const free = path.sub === undefined ? draft.nextId() : undefined;
	throw new CoreError(
		'not-possible',
		`There is a ${path.sub === undefined ? 'task' : 'subtask'} ${pathText(path)} already.`,
		{
			hint: free === undefined ? 'Name a free number.' : `Name a free number, such as ${free}.`,
		},
	);
}

function refuseAmbiguous(parent: Item, sub: number): void {
	if (subitemOf(parent, sub) !== undefined) return;
	if (!parent.subtasks.some(({ dependencies }) => dependencies.includes(sub))) return;
	throw new CoreError(
		'not-possible',
		`Subtasks of ${parent.id} wait for task ${sub}, and would wait for a ${parent.id}.${sub} instead.`,
		{
			hint: 'Choose another number for the subtask.',
		},
	);
}

function factsOfMoves(
	tag: string,
	draft: TagDraft,
	moves: readonly Move[],
	warnings: readonly string[],
): BacklogFact[] {
	if (moves.length === 0) return [];
	const { added, changed, removed } = draft.changes();
	const whole = changed.filter(({ before, after }) => !differOnlyInLinks(before, after));
	const links = changed.filter(({ before, after }) => differOnlyInLinks(before, after));
	const told = warnings.length === 0 ? {} : { warnings };
	const fact = backlogFact('ItemsMoved', {
		tag,
		toTag: tag,
		moves: moves.map(({ from, to }) => ({ from: pathText(from), to: pathText(to) })),
		removed,
		added,
		changed: whole.map(({ after }) => after),
		...told,
	});
	return [fact, ...factsOfChanges(tag, links)];
}
