import { expect, it } from 'vitest';
import { cardsOf, withChange } from './cards.ts';

const listed = { id: 2, title: 'Boats', status: 'pending', priority: 'high', dependencies: [1, '3.2'] };

it('reads items of a list and of a change, and keeps what a change leaves out', () => {
	const cards = cardsOf([{ ...listed, complexityScore: 7, subtaskCount: 4, subtasksDone: 1 }]);
	expect(cards.get(2)).toEqual({ ...listed, complexity: 7, subtasks: 4, subtasksDone: 1 });
	const items = [{ ...listed, status: 'done', subtasks: 4, subtasksDone: 4 }];
	expect(withChange(cards, { items, removed: [] }).get(2)).toMatchObject({
		status: 'done',
		complexity: 7,
		subtasksDone: 4,
	});
});

it('stays in the order of ids, and the same where nothing changed', () => {
	const cards = cardsOf([{ ...listed, id: 5 }, listed]);
	expect([...cards.keys()]).toEqual([2, 5]);
	expect([...withChange(cards, { items: [{ ...listed, id: 3 }], removed: [5] }).keys()]).toEqual([2, 3]);
	expect(withChange(cards, { items: [], removed: [9] })).toBe(cards);
});

it('reads what is odd as something that can be shown', () => {
	const card = cardsOf([{ id: 1, status: 'lost', priority: 'urgent', dependencies: ['x', null, 2] }]).get(1);
	expect(card).toMatchObject({ title: 'Task 1', status: 'pending', priority: 'medium', dependencies: [2] });
	expect(cardsOf([{ title: 'Without an id' }]).size).toBe(0);
});
