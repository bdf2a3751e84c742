import { chunkTargets } from './chunk-edges.ts';
import { type BacklogFact, backlogFact, type DependencyChange, type StatusChange } from './facts.ts';
import type { Item, ItemReference, Subitem } from './item.ts';
import { type ItemChunk, type ItemList, itemById, largestId, withAdded, without, withReplaced } from './item-list.ts';
import { type ItemPath, type PathKey, pathText, subitemOf } from './item-path.ts';

/** Facts of many items are written in pieces, so that none is huge. */
const ITEMS_PER_FACT = 200;

/** TagDraft is a tag's items while a command is decided: changes are laid over them, and become facts at the end. */
export class TagDraft {
	readonly base: ItemList;
	/** `undefined`: removed. */
	readonly #laid = new Map<number, Item | undefined>();

	constructor(base: ItemList) {
		this.base = base;
	}

	item(id: number): Item | undefined {
		return this.#laid.has(id) ? this.#laid.get(id) : itemById(this.base, id);
	}

	at({ item: id, sub }: ItemPath): Item | Subitem | undefined {
		const item = this.item(id);
		return item === undefined || sub === undefined ? item : subitemOf(item, sub);
	}

	/** Adds the item, or puts it in place of the one with its id. */
	put(item: Item): void {
		this.#laid.set(item.id, item);
	}

	putSubitem(parent: Item, sub: Subitem): void {
		const subtasks = parent.subtasks.map((one) => (one.id === sub.id ? sub : one));
		this.put({ ...parent, subtasks });
	}

	remove(id: number): void {
		this.#laid.set(id, undefined);
	}

	nextId(): number {
		let largest = largestId(this.base);
		for (const [id, item] of this.#laid) if (item !== undefined) largest = Math.max(largest, id);
		return largest + 1;
	}

	/** Items as they stand now, of the chunks that `concerns` picks, and all that were laid over. */
	*items(concerns: (chunk: ItemChunk) => boolean = () => true): Generator<Item> {
		for (const chunk of this.base) {
			if (!concerns(chunk)) continue;
			for (const item of chunk) if (!this.#laid.has(item.id)) yield item;
		}
		yield* [...this.#laid.values()].filter((item) => item !== undefined);
	}

	/** Items that may refer to one of `keys`. */
	referring(keys: { has(key: PathKey): boolean; readonly size: number; keys(): Iterable<PathKey> }): Item[] {
		const wanted = keys.size <= 16 ? [...keys.keys()] : undefined;
		return [
			...this.items((chunk) => {
				const targets = chunkTargets(chunk);
				return wanted === undefined ? targets.size > 0 : wanted.some((key) => targets.has(key));
			}),
		];
	}

	/** What came of it: the items laid over, against those there were. */
	changes(): { added: Item[]; changed: { before: Item; after: Item }[]; removed: number[] } {
		const added: Item[] = [];
		const changed: { before: Item; after: Item }[] = [];
		const removed: number[] = [];
		for (const [id, after] of this.#laid) {
			const before = itemById(this.base, id);
			if (before === undefined && after !== undefined) added.push(after);
			else if (before !== undefined && after === undefined) removed.push(id);
			else if (before !== undefined && after !== undefined && before !== after) changed.push({ before, after });
		}
		return { added, changed, removed };
	}

	/** The items as they stand now, as a list. */
	list(): ItemList {
		const { added, changed, removed } = this.changes();
		const replaced = withReplaced(
			this.base,
			changed.map(({ after }) => after),
		);
		return withAdded(removed.length === 0 ? replaced : without(replaced, removed), added);
	}

	/** The facts that lead from the items there were to those there are now. */
	facts(tag: string, cycles: readonly string[] = []): BacklogFact[] {
		const { added, changed, removed } = this.changes();
		const facts: BacklogFact[] = [];
		if (removed.length > 0) facts.push(backlogFact('ItemsRemoved', { tag, ids: removed }));
		for (const items of pieces(added)) facts.push(backlogFact('ItemsAdded', { tag, items }));
		return [...facts, ...factsOfChanges(tag, changed, cycles)];
	}
}

/** factsOfChanges says of each change as little as tells all. */
export function factsOfChanges(
	tag: string,
	changed: readonly { before: Item; after: Item }[],
	cycles: readonly string[] = [],
): BacklogFact[] {
	const statuses: StatusChange[] = [];
	const dependencies: DependencyChange[] = [];
	const whole: Item[] = [];
	for (const { before, after } of changed) {
		if (!differOnlyInLinks(before, after)) {
			whole.push(after);
			continue;
		}
		noteLinks(String(after.id), before, after, statuses, dependencies);
		for (const [at, sub] of after.subtasks.entries()) {
			const old = before.subtasks[at];
			const id = pathText({ item: after.id, sub: sub.id });
			if (old !== undefined && old !== sub) noteLinks(id, old, sub, statuses, dependencies);
		}
	}
	const facts: BacklogFact[] = [];
	for (const items of pieces(whole)) facts.push(backlogFact('ItemsChanged', { tag, items }));
	if (dependencies.length > 0 || cycles.length > 0) {
		const named = cycles.length === 0 ? {} : { cycles };
		facts.push(backlogFact('DependenciesChanged', { tag, changes: dependencies, ...named }));
	}
	if (statuses.length > 0) facts.push(backlogFact('StatusChanged', { tag, changes: statuses }));
	return facts;
}

/** pieces cuts a long list up. */
export function pieces<T>(list: readonly T[]): T[][] {
	const cut: T[][] = [];
	for (let from = 0; from < list.length; from += ITEMS_PER_FACT) cut.push(list.slice(from, from + ITEMS_PER_FACT));
	return cut;
}

type Linked = Pick<Item, 'status' | 'dependencies'>;

function noteLinks(id: string, before: Linked, after: Linked, statuses: StatusChange[], links: DependencyChange[]) {
	if (before.status !== after.status) statuses.push({ id, from: before.status, to: after.status });
	if (!sameReferences(before.dependencies, after.dependencies)) {
		links.push({ id, from: before.dependencies, to: after.dependencies });
	}
}

function sameReferences(one: readonly ItemReference[], other: readonly ItemReference[]): boolean {
	return one === other || (one.length === other.length && one.every((reference, at) => reference === other[at]));
}

const SUB_FIELDS = ['id', 'title', 'description', 'details', 'testStrategy', 'priority', 'extra'] as const;

/** differOnlyInLinks: nothing but statuses and dependencies changed. */
export function differOnlyInLinks(before: Item, after: Item): boolean {
	if (SUB_FIELDS.some((field) => before[field] !== after[field])) return false;
	return (
		before.subtasks === after.subtasks ||
		(before.subtasks.length === after.subtasks.length &&
			after.subtasks.every((sub, at) => {
				const old = before.subtasks[at];
				return old !== undefined && (old === sub || SUB_FIELDS.every((field) => old[field] === sub[field]));
			}))
	);
}
