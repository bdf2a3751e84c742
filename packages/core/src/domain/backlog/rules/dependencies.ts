import { CoreError } from '../../errors.ts';
import { closingEdges, dependencyGraph, LEFT_OUT, pathBetween } from '../dependency-graph.ts';
import type { BacklogFact } from '../facts.ts';
import type { Item, ItemReference, Subitem } from '../item.ts';
import {
	type ItemPath,
	keyText,
	type PathKey,
	pathKey,
	pathOf,
	pathText,
	referenceTo,
	targetKey,
} from '../item-path.ts';
import { TagDraft } from '../tag-draft.ts';
import { knownAt, knownItem, neededText, type RuleCall, tagOf } from './call.ts';

/** addDependency lets one wait for another, unless that closes a circle. */
export function addDependency({ state, args }: RuleCall): BacklogFact[] {
	const tag = tagOf(state, args);
	const draft = new TagDraft(tag.items);
	const { path, target, owner, item } = linkOf(draft, args, tag.name);
	knownAt(draft, target, tag.name);
	const self = pathKey(path.item, path.sub);
	const key = pathKey(target.item, target.sub);
	if (self === key) {
		throw new CoreError('not-possible', `${pathText(path)} cannot wait for itself.`, { hint: 'Name another task.' });
	}
	const isSubitem = path.sub !== undefined;
	if (owner.dependencies.some((one) => targetKey(item, isSubitem, one) === key)) return [];
	const way = pathBetween(tag.items, key, self);
	if (way !== undefined) {
		throw new CoreError('not-possible', `That would close a circle: ${circleText([self, ...way])}.`, {
			hint: 'Remove one of these dependencies first (remove_dependency).',
		});
	}
	const reference = referenceTo(item, isSubitem, key);
	if (reference === undefined) {
		throw new CoreError(
			'not-possible',
			`Inside task ${path.item} the number ${target.item} means its subtask ${path.item}.${target.item}.`,
			{ hint: `Let task ${path.item} wait for ${target.item}, or ${pathText(path)} for one of its subtasks.` },
		);
	}
	put(draft, item, path, [...owner.dependencies, reference]);
	return draft.facts(tag.name);
}

/** removeDependency lets one wait for another no more; also for one that is not there any longer. */
export function removeDependency({ state, args }: RuleCall): BacklogFact[] {
	const tag = tagOf(state, args);
	const draft = new TagDraft(tag.items);
	const { path, target, owner, item } = linkOf(draft, args, tag.name);
	const key = pathKey(target.item, target.sub);
	const kept = owner.dependencies.filter((one) => targetKey(item, path.sub !== undefined, one) !== key);
	if (kept.length !== owner.dependencies.length) put(draft, item, path, kept);
	return draft.facts(tag.name);
}

/** fixDependencies takes out what is missing, doubled or on itself, and breaks each circle at the edge that closes it. */
export function fixDependencies({ state, args }: RuleCall): BacklogFact[] {
	const tag = tagOf(state, args);
	const draft = new TagDraft(tag.items);
	const graph = dependencyGraph(tag.items);
	const cuts = new Map<PathKey, Set<PathKey>>();
	const closing = closingEdges(graph);
	for (const { owner, target } of [...graph.missing, ...graph.self, ...closing]) {
		const targets = cuts.get(owner) ?? new Set();
		cuts.set(owner, targets.add(target));
	}
	for (const chunk of tag.items) {
		for (const item of chunk) {
			const after = mended(item, cuts);
			if (after !== item) draft.put(after);
		}
	}
	const cycles = closing.flatMap(({ cycle }) => (cycle === undefined ? [] : [circleText(cycle)]));
	return draft.facts(tag.name, cycles);
}

/** circleText names a circle: `5 → 7 → 5`; of a long one the beginning and the end. */
export function circleText(circle: readonly PathKey[]): string {
	const shown = circle.length <= MOST_NAMED ? circle : [...circle.slice(0, 10), LEFT_OUT, ...circle.slice(-10)];
	return shown.map((key) => (key === LEFT_OUT ? '…' : keyText(key))).join(' → ');
}

const MOST_NAMED = 24;

function linkOf(draft: TagDraft, args: RuleCall['args'], tag: string) {
	const path = pathOf(neededText(args, 'id'));
	const target = pathOf(neededText(args, 'dependsOn'));
	const owner = knownAt(draft, path, tag);
	return { path, target, owner, item: knownItem(draft, path.item, tag) };
}

function put(draft: TagDraft, item: Item, { sub: id }: ItemPath, dependencies: readonly ItemReference[]): void {
	const sub = id === undefined ? undefined : item.subtasks.find((one) => one.id === id);
	if (sub === undefined) draft.put({ ...item, dependencies });
	else draft.putSubitem(item, { ...sub, dependencies });
}

function mended(item: Item, cuts: ReadonlyMap<PathKey, ReadonlySet<PathKey>>): Item {
	const dependencies = cutFrom(item, item, false, cuts);
	let changed = dependencies !== item.dependencies;
	const subtasks = item.subtasks.map((sub) => {
		const kept = cutFrom(item, sub, true, cuts);
		if (kept === sub.dependencies) return sub;
		changed = true;
		return { ...sub, dependencies: kept };
	});
	return changed ? { ...item, dependencies, subtasks } : item;
}

function cutFrom(
	item: Item,
	owner: Item | Subitem,
	isSubitem: boolean,
	cuts: ReadonlyMap<PathKey, ReadonlySet<PathKey>>,
): readonly ItemReference[] {
	if (owner.dependencies.length === 0) return owner.dependencies;
	const cut = cuts.get(isSubitem ? pathKey(item.id, owner.id) : pathKey(item.id));
	if (cut === undefined && owner.dependencies.length === 1) return owner.dependencies;
	const kept = new Map<PathKey, ItemReference>();
	for (const one of owner.dependencies) {
		const key = targetKey(item, isSubitem, one);
		if (cut?.has(key) !== true && !kept.has(key)) kept.set(key, one);
	}
	return kept.size === owner.dependencies.length ? owner.dependencies : [...kept.values()];
}
