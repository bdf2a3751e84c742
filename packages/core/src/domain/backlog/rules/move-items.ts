import { CoreError } from '../../errors.ts';
import { textArgument } from '../arguments.ts';
import { type BacklogFact, backlogFact } from '../facts.ts';
import type { Item, ItemReference } from '../item.ts';
import { itemById, NO_ITEMS } from '../item-list.ts';
import { keyText, type PathKey, pathOf, pathOfKey, targetKey } from '../item-path.ts';
import { keysOf, rewriteReferences } from '../item-references.ts';
import { type Tag, tagNamed } from '../state.ts';
import { factsOfChanges, TagDraft } from '../tag-draft.ts';
import { knownItem, knownTag, neededText, type RuleCall, tagOf } from './call.ts';
import { moveWithin } from './move-within.ts';
import { wordsOf } from './new-items.ts';
import { newTagFact } from './tags.ts';

/** moveItems moves items and subitems within a tag, or items to another one; all or none. */
export function moveItems(call: RuleCall): BacklogFact[] {
	const { state, args } = call;
	const toName = textArgument(args, 'toTag');
	const from =
		textArgument(args, 'fromTag') === undefined
			? tagOf(state, args)
			: knownTag(state, textArgument(args, 'fromTag') ?? '');
	if (toName !== undefined && toName !== from.name) return moveAcross(call, from, toName);
	const froms = wordsOf(neededText(args, 'from'));
	const tos = wordsOf(textArgument(args, 'to'));
	if (tos.length !== froms.length) {
		throw new CoreError('invalid-input', `${froms.length} are to be moved, but to ${tos.length} places.`, {
			hint: 'Name one place for each, in the same order, with commas.',
		});
	}
	refuseTwice(froms);
	refuseTwice(tos);
	return moveWithin(
		from,
		froms.map((word, at) => ({ from: pathOf(word), to: pathOf(tos[at] ?? '') })),
	);
}

function refuseTwice(words: readonly string[]): void {
	const twice = words.find((word, at) => words.indexOf(word) !== at);
	if (twice === undefined) return;
	throw new CoreError('invalid-input', `${twice} is named twice.`, { hint: 'Name each only once.' });
}

function moveAcross({ state, args, at }: RuleCall, from: Tag, toName: string): BacklogFact[] {
	const draft = new TagDraft(from.items);
	const target = tagNamed(state, toName);
	const targetItems = target?.items ?? NO_ITEMS;
	const { ids, tos } = namedIds(args);
	for (const id of ids) knownItem(draft, id, from.name);
	const going = args['withDependencies'] === true ? withNeeded(draft, ids) : ids;
	const newIds = new Map(going.map((id, index) => [id, index < tos.length ? (tos[index] ?? id) : id]));
	const taken = [...newIds.values()].filter((id) => itemById(targetItems, id) !== undefined);
	if (taken.length > 0) {
		throw new CoreError('not-possible', `Tag "${toName}" has ${several(taken)} already; nothing was moved.`, {
			hint: 'Give `to` with free numbers, or move what is in the way first.',
		});
	}
	const items = going.map((id) => knownItem(draft, id, from.name));
	const moved = new Set(items.flatMap(keysOf));
	const left = items
		.flatMap((item) => staysBehind(item, moved))
		// What is not there at all is no reason to keep a task.
		.filter(({ target: key }) => draft.at(pathOfKey(key)) !== undefined);
	if (left.length > 0 && args['ignoreDependencies'] !== true) {
		const shown = left.slice(0, 10).map(({ owner, target: key }) => `${owner} waits for ${keyText(key)}`);
		throw new CoreError(
			'not-possible',
			`What would stay behind in "${from.name}" is waited for: ${shown.join(', ')}.`,
			{
				hint: 'withDependencies: true brings it along; ignoreDependencies: true cuts these dependencies.',
			},
		);
	}
	const added = items.map((item) => renumbered(item, moved, newIds));
	rewriteReferences(draft, new Map([...moved].map((key): [PathKey, undefined] => [key, undefined])));
	for (const { id } of items) draft.remove(id);
	const { changed } = draft.changes();
	const warnings = [
		...left.map(
			({ owner, target: key }) =>
				`${owner} does not wait for ${keyText(key)} any more, which stayed in "${from.name}".`,
		),
		...changed.map(({ after }) => `Task ${after.id} of "${from.name}" does not wait for what was moved any more.`),
	].slice(0, 100);
	return [
		...(target === undefined ? [newTagFact(state, toName, { at })] : []),
		backlogFact('ItemsMoved', {
			tag: from.name,
			toTag: toName,
			moves: [...newIds].map(([id, to]) => ({ from: String(id), to: String(to) })),
			removed: going,
			added,
			changed: [],
			...(warnings.length === 0 ? {} : { warnings }),
		}),
		...factsOfChanges(from.name, changed),
	];
}

function namedIds(args: RuleCall['args']): { ids: number[]; tos: number[] } {
	const read = (name: string) =>
		wordsOf(textArgument(args, name)).map((word) => {
			const { item, sub } = pathOf(word);
			if (sub === undefined) return item;
			throw new CoreError('not-possible', `${word} is a subtask, and only whole tasks go to another tag.`, {
				hint: 'Make it a task of its own first (remove_subtask with convert), or move its task.',
			});
		});
	neededText(args, 'from');
	const ids = [...new Set(read('from'))];
	const tos = read('to');
	if (tos.length === 0 || tos.length === ids.length) return { ids, tos };
	throw new CoreError('invalid-input', `${ids.length} are to be moved, but to ${tos.length} places.`, {
		hint: 'Name one place for each, or none to keep the numbers.',
	});
}

function several(ids: readonly number[]): string {
	const shown = ids.slice(0, 10).join(', ');
	return `${ids.length === 1 ? 'task' : 'tasks'} ${shown}${ids.length > 10 ? ', …' : ''}`;
}

/** Items and all that they wait for, directly or not. */
function withNeeded(draft: TagDraft, ids: readonly number[]): number[] {
	const found = new Set(ids);
	// The set grows while it is gone through.
	for (const id of found) {
		const item = draft.item(id);
		if (item === undefined) continue;
		for (const key of targetsOf(item))
			if (draft.item(pathOfKey(key.target).item) !== undefined) found.add(pathOfKey(key.target).item);
	}
	return [...found];
}

function targetsOf(item: Item): { owner: string; target: PathKey }[] {
	const own = item.dependencies.map((one) => ({ owner: String(item.id), target: targetKey(item, false, one) }));
	const parts = item.subtasks.flatMap((sub) =>
		sub.dependencies.map((one) => ({ owner: `${item.id}.${sub.id}`, target: targetKey(item, true, one) })),
	);
	return [...own, ...parts];
}

function staysBehind(item: Item, moved: ReadonlySet<PathKey>) {
	return targetsOf(item).filter(({ target }) => !moved.has(target));
}

/** An item as it stands in the other tag: under its new number, with references among those that moved. */
function renumbered(item: Item, moved: ReadonlySet<PathKey>, newIds: ReadonlyMap<number, number>): Item {
	const follow = (references: readonly ItemReference[], isSubitem: boolean) =>
		references.flatMap((one): ItemReference[] => {
			const key = targetKey(item, isSubitem, one);
			if (!moved.has(key)) return [];
			const { item: id, sub } = pathOfKey(key);
			const now = newIds.get(id) ?? id;
			if (sub === undefined) return [now];
			return typeof one === 'number' ? [one] : [`${now}.${sub}`];
		});
	return {
		...item,
		id: newIds.get(item.id) ?? item.id,
		dependencies: follow(item.dependencies, false),
		subtasks: item.subtasks.map((sub) => ({ ...sub, dependencies: follow(sub.dependencies, true) })),
	};
}
