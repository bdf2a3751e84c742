import { GivenItem } from '@errand/core/planning/backlog/draft.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assessByRules } from './assess-by-rules.ts';
import { draftByRules } from './draft-by-rules.ts';
import { expandByRules } from './expand-by-rules.ts';
import { scopeDownByRules, scopeUpByRules } from './rewrite-by-rules.ts';

const item = (more: Partial<GivenItem> = {}): GivenItem => GivenItem.parse({ id: '5', title: 'Export', ...more });
const listed = item({
	details:
		'What it takes:\n\n- **Columns**: choose which\n- Write the file\n- Offer it for download after columns are chosen\n  - with a name\n',
	testStrategy: '- A file of 400 rows opens\n- Its columns are those chosen',
});

describe('expanding by rules', () => {
	test('takes the points that the item names, and checks them last', () => {
		const { subtasks, generic } = expandByRules(listed);
		expect(generic).toBe(false);
		expect(subtasks.map(({ title, dependencies }) => [title, dependencies])).toEqual([
			['Columns', []],
			['Write the file', []],
			['Offer it for download after columns are chosen', [1]],
			['Check export', [1, 2, 3]],
		]);
		expect(subtasks[2]?.details).toContain('with a name');
		expect(subtasks[3]?.details).toContain('A file of 400 rows opens');
	});

	test('joins neighbours where fewer are asked for, and says where there are no more', () => {
		const two = expandByRules(listed, 2);
		expect(two.subtasks).toHaveLength(2);
		expect(JSON.stringify(two.subtasks)).toContain('Write the file');
		expect(expandByRules(listed, 9).warnings.join()).toContain('not 9');
	});

	test('takes sentences that say what to do, and a general breakdown where nothing does', () => {
		const told = item({ details: 'Store the rows in a table. The page must show them. It rains.' });
		expect(expandByRules(told).subtasks.map(({ title }) => title)).toEqual(['Store the rows in a table', 'Show them']);
		const bare = expandByRules(item(), 3);
		expect(bare.generic).toBe(true);
		expect(bare.subtasks.map(({ title, dependencies }) => [title, dependencies])).toEqual([
			['Design export', []],
			['Build export', [1]],
			['Test export', [2]],
		]);
	});

	test('never depends on anything but earlier parts, whatever the item says', () => {
		fc.assert(
			fc.property(
				fc.string({ maxLength: 300 }),
				fc.array(fc.string({ maxLength: 60 }), { maxLength: 20 }),
				fc.integer({ min: 1, max: 50 }),
				(text, points, num) => {
					const { subtasks } = expandByRules(
						item({ description: text, details: points.map((one) => `- ${one}`).join('\n') }),
						num,
					);
					expect(subtasks.length).toBeGreaterThan(0);
					expect(subtasks.length).toBeLessThanOrEqual(num);
					for (const { id, dependencies } of subtasks) expect(dependencies.every((one) => one < id)).toBe(true);
				},
			),
			{ numRuns: 100 },
		);
	});
});

test('measures how hard items are, and says by which signs', () => {
	const easy = assessByRules(item({ details: 'Change a word.' }));
	const hard = assessByRules(
		item({
			dependencies: ['1', '2', '3'],
			details: `It must sync offline over WebSockets with PostgreSQL and Redis. Payments with Stripe must be idempotent. A migration of legacy rows must allow rollback. It must resolve conflicts in real-time with encryption. ${'- one more point that must hold\n'.repeat(12)}`,
		}),
	);
	expect(easy.complexityScore).toBeLessThanOrEqual(3);
	expect(hard.complexityScore).toBeGreaterThanOrEqual(7);
	expect(hard.recommendedSubtasks).toBeGreaterThan(easy.recommendedSubtasks);
	expect(hard.reasoning).toMatch(/waits for 3 tasks.*postgresql.*stripe/i);
	expect(easy.reasoning).toBe('Short, with nothing that stands out.');
});

test('makes an item smaller by what it calls optional itself, and refuses where there is no such thing', () => {
	const given = item({ details: '- It must save\n- It should undo\n- It may sparkle\n  - in three colours\n- Print' });
	expect(scopeDownByRules(given, 'regular').details).toBe('- It must save\n- It should undo\n- Print');
	expect(scopeDownByRules(given, 'heavy').details).toBe('- It must save\n- Print');
	expect(() => scopeDownByRules(item({ details: 'It must save.' }), 'heavy')).toThrow(
		'cannot be made smaller by rules',
	);
});

test('makes an item larger by what was said, and refuses to have ideas', () => {
	expect(scopeUpByRules(item({ details: 'Save.' }), 'Undo, too').details).toBe('Save.\n\nAlso wanted:\n- Undo, too');
	expect(() => scopeUpByRules(item(), undefined)).toThrow('cannot be made larger by rules');
});

test('writes an item in the words it was asked for with, after those it names', () => {
	const neighbours = [
		{ id: '3', title: 'Harbour plan', status: 'done' },
		{ id: '12', title: 'Search for a berth', status: 'pending' },
	];
	const draft = draftByRules(
		'We need to show free berths on the map. It depends on the harbour plan and task 12. Urgent!',
		neighbours,
	);
	expect(draft).toMatchObject({ title: 'Show free berths on the map', priority: 'high', dependencies: [3, 12] });
	expect(draft.details).toContain('free berths on the map');
	expect(draftByRules('…', []).title).not.toBe('');
});
