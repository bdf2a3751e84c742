import { type BacklogFact, backlogFact } from '../facts.ts';
import type { ComplexityReport, Item, ItemReference } from '../item.ts';
import { itemsOf, NO_ITEMS } from '../item-list.ts';
import { readPath } from '../item-path.ts';
import type { OperationChange, ProposedItem, ProposedSubitem } from '../operation-change.ts';
import { type Backlog, tagNamed } from '../state.ts';
import { TagDraft } from '../tag-draft.ts';
import { keptReferences, newItem, newSubitem, nextSubitemId } from './new-items.ts';
import { removeAt } from './remove-items.ts';
import { newTagFact } from './tags.ts';
import { appendNote, applyFields } from './update-items.ts';

/** AppliedChange is what one change of an operation comes to on the backlog as it is by now. */
export interface AppliedChange {
	readonly facts: readonly BacklogFact[];
	readonly warnings: readonly string[];
	/** Ids of items that came to be. */
	readonly made: readonly number[];
}

type ChangeOf<K extends OperationChange['kind']> = Extract<OperationChange, { kind: K }>;

/** applyChange applies a change by the rules of its tool. What does not fit any more is left out with a warning, never refused. */
export function applyChange(state: Backlog, change: OperationChange, at: number): AppliedChange {
	const tag = tagNamed(state, change.tag);
	if (tag === undefined && change.kind !== 'parsed')
		return left(`The tag "${change.tag}" is gone, so nothing was changed in it.`);
	const draft = new TagDraft(tag?.items ?? NO_ITEMS);
	switch (change.kind) {
		case 'parsed':
			return parsed(state, change, at);
		case 'added':
			return added(draft, change);
		case 'expanded':
			return expanded(draft, change);
		case 'updated':
			return updated(draft, change);
		case 'noted': {
			const path = readPath(change.id);
			if (path === undefined || draft.at(path) === undefined)
				return left(`${change.id} is gone, so nothing was noted.`);
			appendNote(draft, path, change.text, at);
			return { facts: draft.facts(change.tag), warnings: [], made: [] };
		}
		case 'analysed': {
			const report = joinedReport(tag?.report, change.report, itemsOf(tag?.items ?? NO_ITEMS));
			return { facts: [backlogFact('ReportSaved', { tag: change.tag, report })], warnings: [], made: [] };
		}
	}
}

const left = (warning: string): AppliedChange => ({ facts: [], warnings: [warning], made: [] });

/** Ids are given in the order of the proposal; what waits for a later or an unknown one waits for it no more. */
function parsed(state: Backlog, { tag: name, items, force, append }: ChangeOf<'parsed'>, at: number): AppliedChange {
	const tag = tagNamed(state, name);
	const before = tag?.items ?? NO_ITEMS;
	if (before.length > 0 && append !== true && force !== true) {
		return left(`The tag "${name}" is not empty any more, so nothing was added.`);
	}
	const replaces = append !== true && force === true;
	const draft = new TagDraft(before);
	const first = append === true ? draft.nextId() : 1;
	const idOf = new Map<number, number>();
	const made: Item[] = [];
	const warnings: string[] = [];
	for (const [index, proposed] of items.entries()) {
		const id = first + index;
		const kept = new Set<ItemReference>();
		for (const one of proposed.dependencies ?? []) {
			const known = typeof one === 'number' ? idOf.get(one) : undefined;
			// A model that was shown what is there may build on it.
			const older = append === true && typeof one === 'number' && one < first && draft.item(one) !== undefined;
			if (known !== undefined) kept.add(known);
			else if (older) kept.add(one);
			else warnings.push(`Task ${id} does not wait for ${one}, which is none before it.`);
		}
		idOf.set(proposed.id ?? index + 1, id);
		made.push(newItem(id, proposed, [...kept]));
	}
	if (replaces) for (const { id } of [...draft.items()]) draft.remove(id);
	const facts: BacklogFact[] = tag === undefined ? [newTagFact(state, name, { at })] : [];
	return { facts: [...facts, ...replacing(name, draft, made)], warnings, made: made.map(({ id }) => id) };
}

/** What went and what came are told apart, also where ids are the same. */
function replacing(tag: string, draft: TagDraft, made: readonly Item[]): BacklogFact[] {
	const gone = draft.facts(tag);
	const fresh = new TagDraft(NO_ITEMS);
	for (const item of made) fresh.put(item);
	return [...gone, ...fresh.facts(tag)];
}

function added(draft: TagDraft, { tag, item }: ChangeOf<'added'>): AppliedChange {
	const id = draft.nextId();
	const { kept, dropped } = keptReferences(draft, item.dependencies ?? [], {});
	draft.put(newItem(id, item, kept));
	return {
		facts: draft.facts(tag),
		warnings: dropped.map((word) => `Task ${id} does not wait for ${word}.`),
		made: [id],
	};
}

function expanded(draft: TagDraft, { tag, id, subitems, force }: ChangeOf<'expanded'>): AppliedChange {
	const before = draft.item(id);
	if (before === undefined) return left(`Task ${id} is gone, so it was not split.`);
	if (before.status === 'done') return left(`Task ${id} is done by now, so it was not split.`);
	if (force === true)
		removeAt(
			draft,
			before.subtasks.map((sub) => ({ item: id, sub: sub.id })),
		);
	let item = draft.item(id) ?? before;
	const idOf = new Map<number, number>();
	const warnings: string[] = [];
	for (const [index, proposed] of subitems.entries()) {
		const subId = nextSubitemId(item);
		const kept = new Set(siblingsBefore(proposed, idOf));
		const all = proposed.dependencies?.length ?? 0;
		if (kept.size < all) warnings.push(`${id}.${subId} waits only for what stands before it.`);
		idOf.set(proposed.id ?? index + 1, subId);
		item = { ...item, subtasks: [...item.subtasks, newSubitem(subId, proposed, [...kept])] };
	}
	draft.put(item);
	return { facts: draft.facts(tag), warnings, made: [] };
}

function siblingsBefore(
	{ dependencies = [] }: ProposedSubitem | ProposedItem,
	idOf: ReadonlyMap<number, number>,
): number[] {
	return dependencies.flatMap((one) => {
		const number = typeof one === 'number' ? one : Number(one.slice(one.indexOf('.') + 1));
		return idOf.get(number) ?? [];
	});
}

function updated(draft: TagDraft, { tag, id, fields }: ChangeOf<'updated'>): AppliedChange {
	const path = readPath(id);
	const owner = path === undefined ? undefined : draft.at(path);
	if (path === undefined || owner === undefined) return left(`${id} is gone, so it was not changed.`);
	if (owner.status === 'done') return left(`${id} is done by now, so it was not changed.`);
	const warnings = applyFields(draft, path, fields);
	return { facts: draft.facts(tag), warnings, made: [] };
}

/** Scores of items that were not analysed again stay, as long as the items are there. */
function joinedReport(
	before: ComplexityReport | undefined,
	now: ComplexityReport,
	items: readonly Item[],
): ComplexityReport {
	const analysed = new Set(now.complexityAnalysis.map(({ taskId }) => taskId));
	const there = new Set(items.map(({ id }) => id));
	const kept = (before?.complexityAnalysis ?? []).filter(({ taskId }) => !analysed.has(taskId) && there.has(taskId));
	const all = [...kept, ...now.complexityAnalysis.filter(({ taskId }) => there.has(taskId))];
	return { meta: now.meta, complexityAnalysis: all.toSorted((one, other) => one.taskId - other.taskId) };
}
