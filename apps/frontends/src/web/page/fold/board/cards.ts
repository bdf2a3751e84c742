import {
	ITEM_PRIORITIES,
	ITEM_STATUSES,
	type ItemPriority,
	type ItemReference,
	type ItemStatus,
} from '@errand/core/domain/backlog/item.ts';
import type { Json, JsonObject } from '@errand/core/domain/json.ts';

/** Card is an item of a backlog as the board shows it. */
export interface Card {
	readonly id: number;
	readonly title: string;
	readonly status: ItemStatus;
	readonly priority: ItemPriority;
	readonly dependencies: readonly ItemReference[];
	readonly subtasks: number;
	readonly subtasksDone: number;
	/** 1–10, where it was judged. */
	readonly complexity?: number | undefined;
}

/** Cards are the items of a tag by id, in the order of ids. */
export type Cards = ReadonlyMap<number, Card>;

/** CardChange is what the server says of items that changed; what they are now stands in `items`. */
export interface CardChange {
	readonly items: readonly JsonObject[];
	readonly removed: readonly number[];
}

/** readCard reads an item in short, as lists and as changes have it; what a change leaves out is as it was. */
export function readCard(raw: JsonObject, known?: Card): Card | undefined {
	const { id, title, status, priority, dependencies } = raw;
	if (typeof id !== 'number') return undefined;
	const count = (...names: string[]) => names.map((name) => raw[name]).find((value) => typeof value === 'number') ?? 0;
	const score = raw['complexityScore'] ?? known?.complexity;
	return {
		id,
		title: typeof title === 'string' ? title : `Task ${id}`,
		status: ITEM_STATUSES.find((one) => one === status) ?? 'pending',
		priority: ITEM_PRIORITIES.find((one) => one === priority) ?? 'medium',
		dependencies: referencesIn(dependencies),
		subtasks: count('subtaskCount', 'subtasks'),
		subtasksDone: count('subtasksDone'),
		...(typeof score === 'number' ? { complexity: score } : {}),
	};
}

/** withChange is the cards after a change; the same cards where nothing came of it. */
export function withChange(cards: Cards, { items, removed }: CardChange): Cards {
	if (items.length === 0 && !removed.some((id) => cards.has(id))) return cards;
	const next = new Map(cards);
	for (const id of removed) next.delete(id);
	let added = false;
	for (const raw of items) {
		const card = readCard(raw, typeof raw['id'] === 'number' ? cards.get(raw['id']) : undefined);
		if (card === undefined) continue;
		added ||= !next.has(card.id);
		next.set(card.id, card);
	}
	return added ? new Map([...next].toSorted(([one], [other]) => one - other)) : next;
}

/** cardsOf reads a list. */
export function cardsOf(items: readonly JsonObject[]): Cards {
	return withChange(new Map(), { items, removed: [] });
}

function referencesIn(value: Json | undefined): ItemReference[] {
	if (!Array.isArray(value)) return [];
	return (value as readonly Json[]).filter(
		(one): one is ItemReference => typeof one === 'number' || (typeof one === 'string' && /^\d+\.\d+$/.test(one)),
	);
}
