import { describe, expect, it } from 'vitest';
import { cardsOf } from './cards.ts';
import { beside, type CardFilter, columnsOf, doneIn, fitting, NO_FILTER, waitsFor } from './columns.ts';

const cards = cardsOf([
	{ id: 1, title: 'Sign in', status: 'done', priority: 'high', dependencies: [] },
	{ id: 2, title: 'Boats and berths', status: 'pending', priority: 'high', dependencies: [1] },
	{ id: 12, title: 'Pay', status: 'pending', priority: 'low', dependencies: [2, '1.1', '2.3'] },
]);
const isDone = doneIn(cards, new Map([['2.3', 'done']]));
const found = (filter: Partial<CardFilter>) => fitting(cards, { ...NO_FILTER, ...filter }, isDone).map(({ id }) => id);

describe('columnsOf', () => {
	it('shows a card where it is on its way to', () => {
		const columns = columnsOf(cards, { moves: new Map([[2, 'review']]), filter: NO_FILTER, isDone });
		expect(columns.pending.map(({ id }) => id)).toEqual([12]);
		expect(columns.review.map(({ id }) => id)).toEqual([2]);
	});
});

describe('a search', () => {
	it('finds by all words, in any case, and a number as a whole', () => {
		expect(found({ words: 'BERTH boat' })).toEqual([2]);
		expect(found({ words: '#1' })).toEqual([1]);
		expect(found({ words: '  ' })).toHaveLength(3);
		expect(found({ priority: 'low' })).toEqual([12]);
	});

	it('tells what can be begun from what waits', () => {
		expect(found({ state: 'ready' })).toEqual([1, 2]);
		expect(found({ state: 'waiting' })).toEqual([12]);
	});
});

it('knows what a card waits for: a subtask by its own status, else by its task’s', () => {
	expect(waitsFor({ dependencies: [1, 2, '1.1', '2.3', '2.4'] }, isDone)).toEqual([2, '2.4']);
});

it('knows the column beside one, and where there is none', () => {
	expect(beside('pending', 1)).toBe('in-progress');
	expect(beside('pending', -1)).toBeUndefined();
	expect(beside('cancelled', 1)).toBeUndefined();
});
