import type { Json, JsonObject } from '../json.ts';
import type { Item, ItemReference, ItemStatus, Subitem } from './item.ts';
import { sameJson } from './same-json.ts';
import { FIRST_TAG } from './state.ts';
import type { TasksFileTag } from './tasks-file.ts';

/** MergedTags is what both sides meant, and where they meant different things. */
export interface MergedTags {
	readonly tags: readonly TasksFileTag[];
	/** In sentences: what both had changed, and which was kept. */
	readonly conflicts: readonly string[];
}

/**
 * mergeTasksFile joins what changed here (`ours`) and in the file (`theirs`) since both were `base`, item by item and field by
 * field. Where only one side changed, that counts. Where both did: of texts the file's counts, of statuses the one further on;
 * what one side deleted and the other changed stays. Two new items under one id are both kept, the file's under a new one.
 */
export function mergeTasksFile(
	base: readonly TasksFileTag[],
	ours: readonly TasksFileTag[],
	theirs: readonly TasksFileTag[],
): MergedTags {
	const conflicts: string[] = [];
	const names = new Set([...ours, ...theirs].map(({ name }) => name));
	const tags = [...names].flatMap((name) => {
		const find = (tags: readonly TasksFileTag[]) => tags.find((tag) => tag.name === name);
		return mergedTag(name, { base: find(base), ours: find(ours), theirs: find(theirs) }, conflicts) ?? [];
	});
	return { tags, conflicts };
}

interface Sides<T> {
	readonly base: T | undefined;
	readonly ours: T | undefined;
	readonly theirs: T | undefined;
}

function mergedTag(name: string, sides: Sides<TasksFileTag>, conflicts: string[]): TasksFileTag | undefined {
	const { base, ours, theirs } = sides;
	if (ours === undefined) return base !== undefined && sameTag(base, theirs) ? undefined : theirs;
	if (theirs === undefined && base !== undefined && name !== FIRST_TAG) {
		if (sameTag(base, ours)) return undefined;
		conflicts.push(`The tag "${name}" was deleted in the file but changed here; it was kept.`);
		return ours;
	}
	if (theirs === undefined && base === undefined) return ours;
	const metadata = theirs === undefined || sameJson(theirs.metadata, base?.metadata) ? ours.metadata : theirs.metadata;
	const extra = mergedExtra(base?.extra, ours.extra, theirs?.extra);
	const items = mergedItems(name, { base: base?.items, ours: ours.items, theirs: theirs?.items }, conflicts);
	return { name, items, metadata, ...(extra === undefined ? {} : { extra }) };
}

/** When a tag was last changed says nothing about what changed in it. */
function sameTag(one: TasksFileTag, other: TasksFileTag | undefined): boolean {
	return other !== undefined && sameJson(one.items, other.items);
}

function mergedItems(
	tag: string,
	{ base = [], ours = [], theirs = [] }: Sides<readonly Item[]>,
	conflicts: string[],
): Item[] {
	const [was, here] = [byId(base), byId(ours)];
	const there = byId(withoutClashes(tag, { base, ours, theirs }, conflicts));
	const ids = new Set([...here.keys(), ...there.keys()]);
	const merged = [...ids].flatMap((id) => {
		const sides = { base: was.get(id), ours: here.get(id), theirs: there.get(id) };
		return mergedOne(sides, `Task ${id}`, conflicts, mergedItem) ?? [];
	});
	return ordered(merged, { base, ours, theirs });
}

/** Two that came to be under one id are two, unless they are called the same. */
function withoutClashes(
	tag: string,
	{ base, ours, theirs }: { base: readonly Item[]; ours: readonly Item[]; theirs: readonly Item[] },
	conflicts: string[],
): readonly Item[] {
	const was = new Set(base.map(({ id }) => id));
	const here = byId(ours);
	const fresh = theirs.filter(({ id }) => !was.has(id));
	const clashing = fresh.filter(({ id, title }) => here.has(id) && here.get(id)?.title !== title);
	if (clashing.length === 0) return theirs;
	let next = Math.max(0, ...[...base, ...ours, ...theirs].map(({ id }) => id));
	const newIds = new Map<number, number>();
	for (const { id } of clashing) {
		next += 1;
		newIds.set(id, next);
		conflicts.push(`Tag "${tag}": a task ${id} was added both here and in the file; the file’s is ${next} now.`);
	}
	const isFresh = new Set(fresh);
	return theirs.map((item) => (isFresh.has(item) ? renumbered(item, newIds) : item));
}

/** Those that were added in the file mean each other. */
function renumbered(item: Item, newIds: ReadonlyMap<number, number>): Item {
	const follow = (one: ItemReference, isSubitem: boolean): ItemReference => {
		if (typeof one === 'number') return isSubitem ? one : (newIds.get(one) ?? one);
		const dot = one.indexOf('.');
		const id = Number(one.slice(0, dot));
		return `${newIds.get(id) ?? id}.${Number(one.slice(dot + 1))}`;
	};
	return {
		...item,
		id: newIds.get(item.id) ?? item.id,
		dependencies: item.dependencies.map((one) => follow(one, false)),
		subtasks: item.subtasks.map((sub) => ({ ...sub, dependencies: sub.dependencies.map((one) => follow(one, true)) })),
	};
}

type MergeBoth<T> = (sides: { base: T | undefined; ours: T; theirs: T }, name: string, conflicts: string[]) => T;

function mergedOne<T>(
	{ base, ours, theirs }: Sides<T>,
	name: string,
	conflicts: string[],
	both: MergeBoth<T>,
): T | undefined {
	if (ours !== undefined && theirs !== undefined) {
		return sameJson(ours, theirs) ? ours : both({ base, ours, theirs }, name, conflicts);
	}
	const left = ours ?? theirs;
	if (base === undefined || left === undefined) return left;
	if (sameJson(base, left)) return undefined;
	const [changed, gone] = ours === undefined ? ['in the file', 'here'] : ['here', 'in the file'];
	conflicts.push(`${name} was deleted ${gone} but changed ${changed}; it was kept.`);
	return left;
}

const mergedItem: MergeBoth<Item> = ({ base, ours, theirs }, name, conflicts) => {
	const fields = mergedFields({ base, ours, theirs }, name, conflicts);
	const [was, here, there] = [byId(base?.subtasks ?? []), byId(ours.subtasks), byId(theirs.subtasks)];
	const ids = new Set([...here.keys(), ...there.keys()]);
	const subtasks = [...ids].flatMap((id) => {
		const sides = { base: was.get(id), ours: here.get(id), theirs: there.get(id) };
		const merge: MergeBoth<Subitem> = (both, sub, told) => mergedFields(both, sub, told);
		return mergedOne(sides, `Subtask ${ours.id}.${id}`, conflicts, merge) ?? [];
	});
	const lists = { base: base?.subtasks ?? [], ours: ours.subtasks, theirs: theirs.subtasks };
	return { ...fields, subtasks: ordered(subtasks, lists) };
};

const TEXTS = ['title', 'description', 'details', 'testStrategy', 'priority'] as const;

function mergedFields<T extends Item | Subitem>(
	{ base, ours, theirs }: { base: T | undefined; ours: T; theirs: T },
	name: string,
	conflicts: string[],
): T {
	const merged: Record<string, unknown> = { ...ours };
	for (const field of TEXTS) {
		const [was, here, there] = [base?.[field], ours[field], theirs[field]];
		if (here === there || there === was) continue;
		merged[field] = there;
		if (here !== was) conflicts.push(`${name}: its ${field} was changed here and in the file; the file’s was kept.`);
	}
	const status = mergedStatus(base?.status, ours.status, theirs.status);
	if (status !== ours.status || status !== theirs.status) {
		if (ours.status !== base?.status && theirs.status !== base?.status) {
			conflicts.push(`${name} was set to ${ours.status} here and to ${theirs.status} in the file; ${status} was kept.`);
		}
	}
	const extra = mergedExtra(base?.extra, ours.extra, theirs.extra);
	const dependencies = mergedReferences(base?.dependencies ?? [], ours.dependencies, theirs.dependencies);
	const whole = { ...merged, status, dependencies, ...(extra === undefined ? {} : { extra }) } as T;
	if (extra !== undefined) return whole;
	const { extra: _, ...without } = whole;
	return without as T;
}

/** How far a status is on the way. */
const PROGRESS: Readonly<Record<ItemStatus, number>> = {
	pending: 0,
	deferred: 1,
	blocked: 2,
	'in-progress': 3,
	review: 4,
	cancelled: 5,
	done: 6,
};

function mergedStatus(base: ItemStatus | undefined, ours: ItemStatus, theirs: ItemStatus): ItemStatus {
	if (ours === base) return theirs;
	if (theirs === base) return ours;
	return PROGRESS[ours] > PROGRESS[theirs] ? ours : theirs;
}

/** What either side added is there, and what either side took away is not. */
function mergedReferences(
	base: readonly ItemReference[],
	ours: readonly ItemReference[],
	theirs: readonly ItemReference[],
): readonly ItemReference[] {
	if (sameJson(ours, base)) return theirs;
	if (sameJson(theirs, base) || sameJson(ours, theirs)) return ours;
	const taken = new Set(base.filter((one) => !theirs.includes(one)));
	return [...new Set([...ours.filter((one) => !taken.has(one)), ...theirs.filter((one) => !base.includes(one))])];
}

function mergedExtra(
	base: JsonObject | undefined,
	ours: JsonObject | undefined,
	theirs: JsonObject | undefined,
): JsonObject | undefined {
	if (sameJson(ours, theirs)) return ours;
	const names = new Set([...Object.keys(ours ?? {}), ...Object.keys(theirs ?? {})]);
	const entries = [...names].flatMap((name): [string, Json][] => {
		const value = pick(base?.[name], ours?.[name], theirs?.[name]);
		return value === undefined ? [] : [[name, value]];
	});
	return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** Theirs, unless only ours changed. */
function pick<T>(base: T, ours: T, theirs: T): T {
	return sameJson(theirs, base) ? ours : theirs;
}

/** In the file's order where the file was put into another order, or where nothing came or went here. */
function ordered<T extends { readonly id: number }>(
	merged: readonly T[],
	{ base, ours, theirs }: { base: readonly T[]; ours: readonly T[]; theirs: readonly T[] },
): T[] {
	const ids = (list: readonly T[]) => list.map(({ id }) => id);
	const there = new Set(ids(theirs));
	const known = new Set(ids(base));
	const untouched = sameJson(ids(base), ids(ours));
	const reordered = !sameJson(
		ids(base).filter((id) => there.has(id)),
		ids(theirs).filter((id) => known.has(id)),
	);
	if (!untouched && !reordered) return [...merged].toSorted(byPlace(ids(ours)));
	return [...merged].toSorted(byPlace(ids(theirs)));
}

/** Those that are not named come by their ids, after the last named one with a smaller id. */
function byPlace(order: readonly number[]) {
	const places = new Map(order.map((id, at) => [id, at]));
	const isSorted = order.every((id, at) => at === 0 || (order[at - 1] ?? 0) < id);
	return (one: { readonly id: number }, other: { readonly id: number }) => {
		if (isSorted) return one.id - other.id;
		const [first = Number.MAX_SAFE_INTEGER, second = Number.MAX_SAFE_INTEGER] = [
			places.get(one.id),
			places.get(other.id),
		];
		return first - second || one.id - other.id;
	};
}

function byId<T extends { readonly id: number }>(list: readonly T[]): Map<number, T> {
	return new Map(list.map((one) => [one.id, one]));
}
