import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AT, anItem, type GivenItem, givenBacklog } from './fixture/given-backlog.ts';
import { mergeTasksFile } from './merge-tasks-file.ts';
import { parseTasksFile } from './parse-tasks-file.ts';
import { renderTasksFile } from './render-tasks-file.ts';
import { lastInFile } from './rules/merge-file.ts';

const file = (tasks: unknown, more = {}) => JSON.stringify({ master: { tasks, metadata: {} }, ...more });
const master = (items: readonly GivenItem[]) => [{ name: 'master', items: items.map(anItem), metadata: {} }];

describe('a tasks.json', () => {
	it('is read in both forms, with what it does not know', () => {
		const legacy = parseTasksFile('{"tasks": [{"id": 1, "title": "A"}], "metadata": {"version": "1"}}');
		expect(legacy).toMatchObject({
			format: 'legacy',
			tags: [{ name: 'master', items: [{ id: 1, dependencies: [] }] }],
		});
		const { tags, extra, mended } = parseTasksFile(
			file([anItem({ id: 1, extra: { effort: 3 } }), { ...anItem({ id: 2 }), effort: 3 }], { meta: { x: 1 } }),
		);
		expect(tags[0]?.items[1]?.extra).toEqual({ effort: 3 });
		expect([extra, mended]).toEqual([{ meta: { x: 1 } }, []]);
	});

	it('is mended where people and programs broke it', () => {
		const text = `\uFEFF{"master": {"tasks": [
			{"id": "1", "title": "A", "status": "completed", "dependencies": ["2", 3.1, null], "priority": "critical"},
			{"id": 1, "title": "B", "subtasks": [{"id": "1.1", "title": "P", "dependencies": "2"}, {"title": "Q"}]},
			{"id": 2, "status": "whatever"}, "nonsense",
		],}}`;
		const { tags, mended } = parseTasksFile(text);
		const [first, second, third] = tags[0]?.items ?? [];
		expect(first).toMatchObject({ id: 1, status: 'done', dependencies: [2, '3.1'], priority: 'high', details: '' });
		expect(second).toMatchObject({
			id: 3,
			title: 'B',
			subtasks: [
				{ id: 1, dependencies: [2] },
				{ id: 2, title: 'Q' },
			],
		});
		expect(third).toMatchObject({ id: 2, title: 'Task 2', status: 'pending' });
		expect(mended.length).toBeGreaterThan(8);
		expect(mended).toContain('Tag "master": Task one had the id 1 of another one; it is 3 now.');
	});

	it.each([
		['empty', ' '],
		['cut short', file([anItem({ id: 1 }), anItem({ id: 2 })]).slice(0, -40)],
		['with marks of a merge', `{\n<<<<<<< HEAD\n"master": {}\n=======\n>>>>>>> x\n}`],
		['no object', '"tasks"'],
		['no JSON', 'tasks: none'],
	])('is refused when it is %s', (_, text) => {
		expect(() => parseTasksFile(text)).toThrow('cannot be read');
	});

	it('is refused where it is nested deeper than the stack, or holds more than could be kept', () => {
		const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
		const read = (text: string) => () => parseTasksFile(text);
		expect(read(`{"master":{"tasks":[{"id":1,"title":"A","x":${deep}}]}}`)).toThrow(/nested too deeply/);
		expect(read('['.repeat(500_000) + ']'.repeat(500_000))).toThrow(/nested too deeply/);
		const long = 'x'.repeat(2_000_000);
		expect(parseTasksFile(file([{ id: 1, title: `${long}\\"[` }])).tags[0]?.items[0]?.title).toContain(long);
		expect(read(`{"tasks":[${'{},'.repeat(300_000)}{}]}`)).toThrow(/more than a backlog can/);
	});

	it('is the same bytes after reading as before, and JSON as others write it', () => {
		const given = givenBacklog([
			{ id: 1, subtasks: [{ id: 1, dependencies: [2] }, { id: 2 }] },
			{ id: 2, extra: { a: [1] } },
		]);
		const text = renderTasksFile(given.backlog);
		expect(`${JSON.stringify(JSON.parse(text), undefined, 2)}\n`).toBe(text);
		given.call('set_task_status', { id: '2', status: 'done' });
		const other = givenBacklog();
		const parsed = parseTasksFile(renderTasksFile(given.backlog));
		other.do({ type: 'MergeFile', at: AT, file: parsed, mark: { hash: 'x' } });
		expect(renderTasksFile(other.backlog)).toBe(renderTasksFile(given.backlog));
		expect(parsed.mended).toEqual([]);
		expect(JSON.parse(renderTasksFile(givenBacklog().backlog))).toEqual({ master: { tasks: [], metadata: {} } });
	});
});

describe('a file that others changed', () => {
	const edited = (items: readonly GivenItem[], hash = 'edited') =>
		({
			type: 'MergeFile',
			at: AT,
			file: { format: 'tagged', tags: master(items), mended: [] },
			mark: { hash },
		}) as const;

	it('is merged by task and field with what changed here since', () => {
		const given = givenBacklog([{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }]);
		given.call('set_task_status', { id: '1', status: 'done' });
		given.call('remove_task', { id: '3' });
		given.call('update_task', { id: '4', prompt: 'Ours' });
		given.do(edited([{ id: 1, title: 'Theirs' }, { id: 2, details: 'More' }, { id: 3 }, { id: 7 }]));
		expect(given.items().map(({ id }) => id)).toEqual([1, 2, 4, 7]);
		expect(given.item(1)).toMatchObject({ title: 'Theirs', status: 'done' });
		expect(given.item(2).details).toBe('More');
		const last = given.facts.at(-1);
		expect(last?.type === 'FileMerged' && last.data).toMatchObject({
			same: false,
			conflicts: [expect.stringContaining('Task 4')],
		});
		expect(given.do(edited([]))).toEqual([]);
	});

	it('changes nothing where another state of it is known by now than before it was read', () => {
		const given = givenBacklog([{ id: 1 }]);
		const over = given.backlog.file.mark?.hash ?? '';
		// Another process wrote the file and noted it, after this one had read what stood there before.
		given.call('set_task_status', { id: '1', status: 'done' });
		given.do({ type: 'NoteFile', at: AT, mark: { hash: 'written' }, seq: given.backlog.seq });
		const old = { ...edited([{ id: 1 }, { id: 2 }], 'old'), over };
		expect(given.do(old)).toEqual([]);
		expect(given.do({ ...old, over: '' })).toEqual([]);
		expect(given.items()).toMatchObject([{ id: 1, status: 'done' }]);
		expect(given.do({ ...old, over: 'written' }).at(-1)?.type).toBe('FileMerged');
		expect(given.items()).toMatchObject([{ id: 1 }, { id: 2 }]);
		const fresh = givenBacklog();
		expect(fresh.do({ ...old, over: 'written' })).toEqual([]);
		expect(fresh.do({ ...old, over: '' }).at(-1)?.type).toBe('FileMerged');
	});

	it('keeps both of two tasks that were added under one id', () => {
		const given = givenBacklog([{ id: 1 }]);
		given.call('add_task', { title: 'Ours' });
		given.do(edited([{ id: 1 }, { id: 2, title: 'Theirs' }, { id: 3, dependencies: [2] }]));
		expect(given.items()).toMatchObject([
			{ id: 1 },
			{ id: 2, title: 'Ours' },
			{ id: 3, dependencies: [4] },
			{ id: 4, title: 'Theirs' },
		]);
	});

	it('need not be written where it says all there is', () => {
		const given = givenBacklog([{ id: 9 }, { id: 2 }]);
		expect(given.items().map(({ id }) => id)).toEqual([9, 2]);
		expect(given.backlog.file.seq).toBe(given.backlog.contentSeq);
		given.do(edited([{ id: 2 }, { id: 9 }]));
		expect(given.items().map(({ id }) => id)).toEqual([2, 9]);
		expect(given.backlog.file.seq).toBe(given.backlog.contentSeq);
	});

	it('is known as it was last written, whatever changed while it was', () => {
		const given = givenBacklog([{ id: 1 }, { id: 2 }]);
		given.call('set_task_status', { id: '1', status: 'in-progress' });
		const { seq } = given.backlog;
		const written = given.items();
		given.call('set_task_status', { id: '1', status: 'done' });
		given.call('remove_task', { id: '2' });
		given.call('add_tag', { name: 'more' });
		given.do({ type: 'NoteFile', at: AT, mark: { hash: 'written' }, seq });
		expect(lastInFile(given.backlog)).toMatchObject([{ name: 'master', items: written }]);
		given.do(edited([{ id: 1, status: 'in-progress' }, { id: 2 }], 'touched'));
		expect(given.items()).toMatchObject([{ id: 1, status: 'done' }]);
		expect(given.backlog.tags).toHaveLength(2);
	});

	it('may take tags away and bring new ones', () => {
		const given = givenBacklog([{ id: 1 }]);
		given.call('add_tag', { name: 'old' });
		given.do({ type: 'NoteFile', at: AT, mark: { hash: 'w' }, seq: given.backlog.seq });
		const tags = [...master([{ id: 1 }]), { name: 'new', items: [anItem({ id: 4 })], metadata: { description: 'N' } }];
		given.do({ type: 'MergeFile', at: AT, file: { format: 'tagged', tags, mended: [] }, mark: { hash: 'n' } });
		expect(given.backlog.tags.map(({ name }) => name)).toEqual(['master', 'new']);
		expect(given.item(4, 'new').title).toBe('Task 4');
	});
});

const item = fc
	.record({
		id: fc.integer({ min: 1, max: 5 }),
		title: fc.constantFrom('A', 'B'),
		details: fc.constantFrom('', 'x', 'y'),
	})
	.map(({ id, ...rest }) => ({ id, ...rest }));
const side = fc
	.uniqueArray(item, { selector: ({ id }) => id })
	.map((items) => master(items.toSorted((a, b) => a.id - b.id)));

describe('merging', () => {
	it('takes a side whole where the other did not change, and agrees with itself', () => {
		fc.assert(
			fc.property(side, side, (base, changed) => {
				expect(mergeTasksFile(base, changed, base)).toEqual({ tags: changed, conflicts: [] });
				expect(mergeTasksFile(base, base, changed)).toEqual({ tags: changed, conflicts: [] });
				expect(mergeTasksFile(base, changed, changed)).toEqual({ tags: changed, conflicts: [] });
			}),
			{ numRuns: 60 },
		);
	});

	it('never loses what either side added or changed', () => {
		fc.assert(
			fc.property(side, side, side, (base, ours, theirs) => {
				const merged = mergeTasksFile(base, ours, theirs).tags[0]?.items ?? [];
				expect(new Set(merged.map(({ id }) => id)).size).toBe(merged.length);
				const was = new Map(base[0]?.items.map((one) => [one.id, one]));
				for (const changed of [...(ours[0]?.items ?? []), ...(theirs[0]?.items ?? [])]) {
					const before = was.get(changed.id);
					if (before !== undefined && before.title === changed.title) continue;
					expect(merged.some(({ title, id }) => title === changed.title || id === changed.id)).toBe(true);
				}
			}),
			{ numRuns: 60 },
		);
	});
});
