import { describe, expect, it } from 'vitest';
import type { Item, Subitem } from '../../domain/backlog/item.ts';
import { EDITOR_RULES, type EditorName, rulesWith, rulesWithout } from './editor-rules.ts';
import { goalOfItem } from './goal-of-item.ts';
import { itemFile, itemFileName } from './item-file.ts';

const subitem = (id: number, change: Partial<Subitem> = {}): Subitem => ({
	id,
	title: `Part ${id}`,
	status: 'pending',
	dependencies: [],
	...change,
});
const item = (id: number, change: Partial<Item> = {}): Item => ({
	id,
	title: `Item ${id}`,
	description: `About ${id}.`,
	details: '',
	testStrategy: '',
	status: 'pending',
	priority: 'medium',
	dependencies: [],
	subtasks: [],
	...change,
});

describe('an item as a goal', () => {
	it('says what is to be done, how it is checked, and what it builds on', () => {
		const shelf = item(1, { title: 'Build the shelf', status: 'done' });
		const open = item(2, { title: 'Not there yet' });
		const paint = item(3, { details: 'Two coats.', testStrategy: 'It is blue.', dependencies: [1, 2] });
		const goal = goalOfItem(paint, undefined, [shelf, open, paint]);
		for (const words of ['Item 3', 'About 3.', 'Two coats.', 'It is blue.', 'Build the shelf'])
			expect(goal).toContain(words);
		expect(goal).not.toContain('Not there yet');
	});

	it('names open parts of an item, and of a part its item and its done siblings', () => {
		const parts = [subitem(1, { status: 'done' }), subitem(2, { dependencies: [1] })];
		const whole = item(7, { subtasks: parts });
		expect(goalOfItem(whole, undefined, [whole])).toContain('Part 2');
		expect(goalOfItem(whole, undefined, [whole])).not.toContain('Part 1');
		const goal = goalOfItem(whole, parts[1], [whole]);
		expect(goal).toMatch(/^Part 2\n/);
		expect(goal).toContain('Item 7');
		expect(goal).toContain('- Part 1');
	});

	it('builds on other items too where a part depends on one', () => {
		const shelf = item(5, { title: 'Build the shelf', status: 'done', subtasks: [subitem(2, { status: 'done' })] });
		const whole = item(7, { subtasks: [subitem(1, { dependencies: [5, '5.2'] })] });
		const goal = goalOfItem(whole, whole.subtasks[0], [shelf, whole]);
		expect(goal).toContain('- Build the shelf');
		expect(goal).toContain('- Part 2');
	});

	it('has a length that a task takes', () => {
		const long = item(1, { details: 'x'.repeat(200_000) });
		expect(goalOfItem(long, undefined, [long]).length).toBeLessThanOrEqual(20_000);
	});
});

describe('an item as a file', () => {
	it('holds all of it, with whole names of siblings', () => {
		const text = itemFile(
			item(4, { dependencies: [1, '2.3'], subtasks: [subitem(1), subitem(2, { dependencies: [1], details: 'How.' })] }),
		);
		expect(text).toContain('# Task 4: Item 4');
		expect(text).toContain('- Depends on: 1, 2.3');
		expect(text).toContain('### 4.2 Part 2\n\nStatus: pending. Depends on: 4.1.\n\nHow.');
		expect(text).not.toContain('Test strategy');
	});

	it('is named by its number, and by its tag where that is not the first', () => {
		expect(itemFileName(7, 'master')).toBe('task_007.md');
		expect(itemFileName(1234, 'a/b')).toBe('task_1234_a-b.md');
	});
});

describe('rules for editors', () => {
	const names = Object.keys(EDITOR_RULES) as EditorName[];

	it('are put beside what others wrote into the same file, once, and taken out again', () => {
		for (const name of names.filter((one) => 'shared' in EDITOR_RULES[one])) {
			const own = '# Mine\n\nKeep this.\n';
			const once = rulesWith(name, own);
			expect(once).toContain('Keep this.');
			expect(once).toContain('next_task');
			expect(rulesWith(name, once)).toBe(once);
			expect(rulesWithout(name, once)).toBe(own);
			expect(rulesWithout(name, rulesWith(name, undefined))).toBeUndefined();
			expect(rulesWithout(name, own)).toBe(own);
		}
	});

	it('are a file of their own elsewhere', () => {
		for (const name of names.filter((one) => !('shared' in EDITOR_RULES[one]))) {
			expect(rulesWith(name, 'old')).toContain('next_task');
			expect(rulesWithout(name, 'old')).toBeUndefined();
		}
	});
});
