import type { ItemPriority, ItemReference, ItemStatus } from '@errand/core/domain/backlog/item.ts';
import type { Card, Cards } from './cards.ts';

/** STATUS_WORDS are the columns of a board, in order; the last ones are folded away at first. */
export const STATUS_WORDS: Readonly<Record<ItemStatus, string>> = {
	pending: 'To do',
	'in-progress': 'In progress',
	review: 'Review',
	blocked: 'Blocked',
	done: 'Done',
	deferred: 'Deferred',
	cancelled: 'Cancelled',
};

/** COLUMNS are the statuses in the order of the board. */
export const COLUMNS = Object.keys(STATUS_WORDS) as readonly ItemStatus[];

/** FOLDED are the columns that one opens only to look into them. */
export const FOLDED: readonly ItemStatus[] = ['deferred', 'cancelled'];

/** CardFilter is what somebody looks for. */
export interface CardFilter {
	readonly words: string;
	readonly priority: ItemPriority | 'all';
	/** `ready`: whatever it depends on is done; `waiting`: something is not. */
	readonly state: 'all' | 'ready' | 'waiting';
}

export const NO_FILTER: CardFilter = { words: '', priority: 'all', state: 'all' };

/** IsDone tells whether what is depended on is done. */
export type IsDone = (reference: ItemReference) => boolean;

/** doneIn tells it of cards; `parts` are statuses of subtasks, `5.2` by `5.2`, as far as they are known. */
export function doneIn(cards: Cards, parts: ReadonlyMap<string, ItemStatus>): IsDone {
	return (reference) =>
		typeof reference === 'number'
			? cards.get(reference)?.status === 'done'
			: (parts.get(reference) ?? cards.get(Number(reference.split('.')[0]))?.status) === 'done';
}

/** waitsFor is what a card waits for. */
export function waitsFor({ dependencies }: Pick<Card, 'dependencies'>, isDone: IsDone): ItemReference[] {
	return dependencies.filter((reference) => !isDone(reference));
}

/** columnsOf puts cards that fit into their columns; `moves` are where cards are on their way to. */
export function columnsOf(
	cards: Cards,
	{ moves, filter, isDone }: { moves: ReadonlyMap<number, ItemStatus>; filter: CardFilter; isDone: IsDone },
): Readonly<Record<ItemStatus, readonly Card[]>> {
	const columns: Record<ItemStatus, Card[]> = {
		pending: [],
		'in-progress': [],
		review: [],
		blocked: [],
		done: [],
		deferred: [],
		cancelled: [],
	};
	const words = wordsOf(filter.words);
	for (const card of cards.values()) {
		if (fits(card, filter, words, isDone)) columns[moves.get(card.id) ?? card.status].push(card);
	}
	return columns;
}

/** fitting are the cards that are looked for. */
export function fitting(cards: Cards, filter: CardFilter, isDone: IsDone): readonly Card[] {
	const words = wordsOf(filter.words);
	return [...cards.values()].filter((card) => fits(card, filter, words, isDone));
}

/** beside is the status of the column so many to the right; undefined beyond the edge. */
export function beside(status: ItemStatus, steps: number): ItemStatus | undefined {
	return COLUMNS[COLUMNS.indexOf(status) + steps];
}

function fits(card: Card, { priority, state }: CardFilter, words: readonly string[], isDone: IsDone): boolean {
	if (priority !== 'all' && card.priority !== priority) return false;
	if (state !== 'all' && waitsFor(card, isDone).length > 0 !== (state === 'waiting')) return false;
	if (words.length === 0) return true;
	const text = `#${card.id} ${card.title}`.toLowerCase();
	return words.every((word) => (/^#\d+$/.test(word) ? word === `#${card.id}` : text.includes(word)));
}

const wordsOf = (text: string) =>
	text
		.toLowerCase()
		.split(/\s+/)
		.filter((word) => word !== '');
