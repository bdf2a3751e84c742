import type { RecordedBacklogFact } from '../../domain/backlog/facts.ts';
import type { Item } from '../../domain/backlog/item.ts';
import { itemById } from '../../domain/backlog/item-list.ts';
import { compactView } from '../../domain/backlog/reads/item-view.ts';
import { type Backlog, tagNamed } from '../../domain/backlog/state.ts';
import type { BacklogChange } from '../desks/backlog.ts';

/** changesOfFact is what a fact means for whoever shows the backlog, in the content that items have now. */
export function changesOfFact(fact: RecordedBacklogFact, now: Backlog): BacklogChange[] {
	switch (fact.type) {
		case 'StatusChanged':
		case 'DependenciesChanged':
			return [change(fact, now, fact.data.tag, { ids: fact.data.changes.map(({ id }) => Number(id.split('.')[0])) })];
		case 'ItemsAdded':
		case 'ItemsChanged':
			return [change(fact, now, fact.data.tag, { ids: idsOf(fact.data.items) })];
		case 'ItemsRemoved':
			return [change(fact, now, fact.data.tag, { removed: fact.data.ids })];
		case 'ItemsMoved': {
			const { tag, toTag, removed, added, changed } = fact.data;
			return [
				change(fact, now, tag, { ids: idsOf(changed), removed }),
				change(fact, now, toTag, { ids: idsOf(added) }),
			];
		}
		case 'ItemsReordered':
		case 'TagAdded':
		case 'TagRemoved':
		case 'TagDescribed':
		case 'ReportSaved':
			return [change(fact, now, fact.data.tag, {})];
		case 'TagRenamed':
			return [change(fact, now, fact.data.from, {}), change(fact, now, fact.data.to, {})];
		case 'TagChosen':
			return [change(fact, now, fact.data.tag, {})];
		case 'OperationBegun':
			return [{ ...change(fact, now, fact.data.tag, {}), work: true }];
		case 'OperationEnded': {
			const ended = now.operations.find(({ id }) => id === fact.data.operationId);
			return [{ ...change(fact, now, ended?.tag ?? now.currentTag, {}), work: true }];
		}
		case 'RunBegun':
			return [{ ...change(fact, now, fact.data.tag, {}), work: true }];
		case 'RunEnded': {
			const ended = now.runs.find(({ taskId }) => taskId === fact.data.taskId);
			return [{ ...change(fact, now, ended?.tag ?? now.currentTag, {}), work: true }];
		}
		default:
			return [];
	}
}

function change(
	{ seq }: RecordedBacklogFact,
	now: Backlog,
	tag: string,
	{ ids = [], removed = [] }: { readonly ids?: readonly number[]; readonly removed?: readonly number[] },
): BacklogChange {
	const found = tagNamed(now, tag);
	const list = found?.items ?? [];
	const items = [...new Set(ids)].flatMap((id) => {
		const item = itemById(list, id);
		return item === undefined ? [] : [compactView(item, found?.report, false)];
	});
	return { seq, tag, items, removed };
}

function idsOf(items: readonly Item[]): number[] {
	return items.map(({ id }) => id);
}
