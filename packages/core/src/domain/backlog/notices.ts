import { shortened } from '../shortened.ts';
import type { RecordedBacklogFact } from './facts.ts';
import type { Item, Subitem } from './item.ts';
import { itemById } from './item-list.ts';
import { pathText, readPath, subitemOf } from './item-path.ts';
import { type Backlog, type Notice, tagNamed, type Watch } from './state.ts';

/** noticesOf says what the watchers of a backlog are to be told of a fact. */
export function noticesOf(before: Backlog, after: Backlog, fact: RecordedBacklogFact): Notice[] {
	const events = eventsOf(before, after, fact);
	if (events.length === 0) return [];
	return before.watches.flatMap((watch) =>
		events.filter((event) => concerns(watch, event)).map((event) => noticeOf(watch, event, fact)),
	);
}

interface ItemEvent {
	readonly tag: string;
	readonly item: string;
	readonly text: string;
}

function eventsOf(before: Backlog, after: Backlog, fact: RecordedBacklogFact): ItemEvent[] {
	switch (fact.type) {
		case 'StatusChanged': {
			const { tag, changes } = fact.data;
			return changes.map(({ id, from, to }) => event(after, tag, id, `is now ${to} (was ${from})`));
		}
		case 'ItemsChanged': {
			const { tag, items } = fact.data;
			return items.flatMap((item) => {
				const old = itemById(tagNamed(before, tag)?.items ?? [], item.id);
				return old === undefined ? [] : changesOf(tag, old, item);
			});
		}
		case 'ItemsAdded': {
			const { tag, items } = fact.data;
			return items.map(({ id }) => event(after, tag, String(id), 'was added'));
		}
		case 'ItemsRemoved': {
			const { tag, ids } = fact.data;
			return ids.map((id) => event(before, tag, String(id), 'was removed'));
		}
		case 'ItemsMoved': {
			const { tag, toTag, moves } = fact.data;
			const where = tag === toTag ? '' : ` of tag "${toTag}"`;
			return moves.map(({ from, to }) => event(before, tag, from, `is now ${to}${where}`));
		}
		default:
			return [];
	}
}

/** What changed of an item as a whole, or of each of its subitems. */
function changesOf(tag: string, before: Item, after: Item): ItemEvent[] {
	const events: ItemEvent[] = [];
	const say = (item: string, title: string, what: string) =>
		events.push({ tag, item, text: sentence(item, title, what) });
	for (const sub of after.subtasks) {
		const old = subitemOf(before, sub.id);
		const id = pathText({ item: after.id, sub: sub.id });
		if (old === undefined) say(id, sub.title, 'was added');
		else if (old.status !== sub.status) say(id, sub.title, `is now ${sub.status} (was ${old.status})`);
		else if (isChanged(old, sub)) say(id, sub.title, 'was changed');
	}
	for (const sub of before.subtasks) {
		if (subitemOf(after, sub.id) === undefined)
			say(pathText({ item: before.id, sub: sub.id }), sub.title, 'was removed');
	}
	const id = String(after.id);
	if (before.status !== after.status) say(id, after.title, `is now ${after.status} (was ${before.status})`);
	else if (isChanged(before, after)) say(id, after.title, 'was changed');
	return events;
}

function isChanged(before: Item | Subitem, after: Item | Subitem): boolean {
	const fields = ['title', 'description', 'details', 'testStrategy', 'priority'] as const;
	return fields.some((field) => before[field] !== after[field]);
}

function event(state: Backlog, tag: string, id: string, what: string): ItemEvent {
	const path = readPath(id);
	const item = path === undefined ? undefined : itemById(tagNamed(state, tag)?.items ?? [], path.item);
	const owner = item === undefined || path?.sub === undefined ? item : subitemOf(item, path.sub);
	return { tag, item: id, text: sentence(id, owner?.title ?? '', what) };
}

const sentence = (id: string, title: string, what: string) =>
	`${id.includes('.') ? 'Subtask' : 'Task'} ${id}${title === '' ? '' : ` “${shortened(title, 80)}”`} ${what}.`;

/** Who watches an item hears of its subitems too. */
function concerns({ tag, item }: Watch, event: ItemEvent): boolean {
	return tag === event.tag && (item === undefined || item === event.item || event.item.startsWith(`${item}.`));
}

function noticeOf(watch: Watch, { tag, item, text }: ItemEvent, { seq, at }: RecordedBacklogFact): Notice {
	const { id: watchId, person, conversation } = watch;
	const where = conversation === undefined ? {} : { conversation };
	return { id: `${watchId}/${seq}/${item}`, watchId, person, ...where, tag, item, text, at };
}
