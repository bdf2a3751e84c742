import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isCoreError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { CHANGE_TOOLS } from './decide-backlog.ts';
import { evolveBacklog } from './evolve-backlog.ts';
import { type GivenBacklog, type GivenItem, givenBacklog } from './fixture/given-backlog.ts';
import { targetKey } from './item-path.ts';
import { parseTasksFile } from './parse-tasks-file.ts';
import { READ_TOOLS } from './read-backlog.ts';
import { renderTasksFile } from './render-tasks-file.ts';
import type { BacklogState } from './state.ts';
import { TagDraft } from './tag-draft.ts';
import { BACKLOG_TOOLS, type BacklogToolName, kindOfCall } from './tools.ts';

const id = fc.constantFrom('1', '2', '3', '4', '1.1', '1.2', '2.1', '3.2', '6', '7');
const START: readonly GivenItem[] = [
	{ id: 1, subtasks: [{ id: 1 }, { id: 2, dependencies: [1] }] },
	{ id: 2, dependencies: [1], subtasks: [{ id: 1, dependencies: ['1.2'] }] },
	{ id: 3, dependencies: [2, '1.1'] },
	{ id: 4, dependencies: [3] },
];

type Call = readonly [BacklogToolName, JsonObject];
const call: fc.Arbitrary<Call> = fc.oneof(
	fc
		.tuple(id, fc.constantFrom('done', 'pending', 'in-progress'))
		.map(([one, status]): Call => ['set_task_status', { id: one, status }]),
	fc.tuple(id, id).map(([one, dependsOn]): Call => ['add_dependency', { id: one, dependsOn }]),
	fc.tuple(id, id).map(([one, dependsOn]): Call => ['remove_dependency', { id: one, dependsOn }]),
	fc.tuple(id, id).map(([from, to]): Call => ['move_task', { from, to }]),
	fc.tuple(id, id, id, id).map(([a, b, c, d]): Call => ['move_task', { from: `${a},${b}`, to: `${c},${d}` }]),
	fc
		.tuple(id, fc.boolean())
		.map(
			([from, withDependencies]): Call => [
				'move_task',
				{ from, toTag: 'other', withDependencies, ignoreDependencies: !withDependencies },
			],
		),
	id.map((one): Call => ['remove_task', { id: one }]),
	fc.tuple(id, fc.boolean()).map(([one, convert]): Call => ['remove_subtask', { id: one, convert }]),
	fc.tuple(id, id).map(([one, taskId]): Call => ['add_subtask', { id: one, taskId }]),
	fc.tuple(id, id).map(([one, dependencies]): Call => ['add_subtask', { id: one, title: 'New', dependencies }]),
	id.map((dependencies): Call => ['add_task', { title: 'New', dependencies }]),
	id.map((one): Call => ['clear_subtasks', { id: one }]),
	fc.constant<Call>(['copy_tag', { sourceName: 'master', targetName: 'copy' }]),
);

/** A refusal is an answer like any other. */
function attempt(given: GivenBacklog, [tool, args]: Call): void {
	try {
		given.call(tool, args);
	} catch (error) {
		if (!isCoreError(error)) throw error;
	}
}

function dangling(given: GivenBacklog): string[] {
	return given.backlog.tags.flatMap((tag) => {
		const draft = new TagDraft(tag.items);
		const problems = [...draft.items()].flatMap((item) => [
			...item.dependencies.map((one) => targetKey(item, false, one)),
			...item.subtasks.flatMap((sub) => sub.dependencies.map((one) => targetKey(item, true, one))),
		]);
		return problems
			.map((key) => ({ item: Math.floor(key / 2 ** 20), sub: key % 2 ** 20 }))
			.filter(({ item, sub }) => draft.at({ item, ...(sub === 0 ? {} : { sub }) }) === undefined)
			.map(({ item, sub }) => `${tag.name}: ${item}.${sub}`);
	});
}

describe('whatever is called', () => {
	it('keeps ids numbers and unique, references whole, circles out, and history the truth', () => {
		fc.assert(
			fc.property(fc.array(call, { maxLength: 25 }), (calls) => {
				const given = givenBacklog(START);
				for (const one of calls) attempt(given, one);
				expect(dangling(given)).toEqual([]);
				for (const { name, items } of given.backlog.tags) {
					expect(given.call('validate_dependencies', { tag: name })['problems']).toEqual([]);
					const ids = items.flat().map((item) => item.id);
					expect(ids.every(Number.isSafeInteger) && new Set(ids).size === ids.length).toBe(true);
				}
				let folded: BacklogState;
				for (const fact of given.facts) folded = evolveBacklog(folded, fact);
				expect(folded).toEqual(given.state);
				expect(parseTasksFile(renderTasksFile(given.backlog)).mended).toEqual([]);
			}),
			{ numRuns: 60 },
		);
	});

	it('in one tag leaves the others untouched', () => {
		fc.assert(
			fc.property(fc.array(call, { maxLength: 8 }), (calls) => {
				const given = givenBacklog(START);
				given.call('copy_tag', { sourceName: 'master', targetName: 'still' });
				const before = given.items('still');
				for (const one of calls) attempt(given, one);
				expect(given.items('still')).toEqual(before);
			}),
			{ numRuns: 30 },
		);
	});

	it('is mended for good by fix_dependencies', () => {
		const references = fc.array(
			fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constantFrom('1.1' as const, '2.1' as const, '9.9' as const)),
			{ maxLength: 4 },
		);
		const broken = fc.tuple(references, references, references, references);
		fc.assert(
			fc.property(broken, ([a, b, c, d]) => {
				const given = givenBacklog([
					{ id: 1, dependencies: a, subtasks: [{ id: 1, dependencies: b }] },
					{ id: 2, dependencies: c, subtasks: [{ id: 1, dependencies: d }] },
					{ id: 3 },
				]);
				given.call('fix_dependencies');
				expect(given.call('validate_dependencies')['problems']).toEqual([]);
				expect(given.call('fix_dependencies')['fixed']).toBe(0);
			}),
			{ numRuns: 60 },
		);
	});
});

describe('the table of tools', () => {
	it('can be told to clients as JSON schemas', () => {
		for (const { input, output, description } of Object.values(BACKLOG_TOOLS)) {
			expect(z.toJSONSchema(input, { io: 'input' })).toMatchObject({ type: 'object' });
			expect(z.toJSONSchema(output)).toMatchObject({ type: 'object' });
			expect(description).toMatch(/\.$/);
		}
	});

	it('takes what clients really send', () => {
		const { input } = BACKLOG_TOOLS.get_tasks;
		const sent = { projectRoot: '/p', limit: '5', compact: 'true', status: null, unheardOf: 1 };
		expect(input.parse(sent)).toEqual({ projectRoot: '/p', limit: 5, compact: true });
		expect(BACKLOG_TOOLS.set_task_status.input.parse({ projectRoot: '/p', id: 5, status: 'done' })).toMatchObject({
			id: '5',
		});
		expect(BACKLOG_TOOLS.add_task.input.parse({ projectRoot: '/p', dependencies: [1, '2'] })).toMatchObject({
			dependencies: '1,2',
		});
		expect(BACKLOG_TOOLS.expand_task.input.safeParse({ projectRoot: '/p' }).success).toBe(false);
		expect(BACKLOG_TOOLS.analyze_project_complexity.input.safeParse({ projectRoot: '/p', threshold: 11 }).success).toBe(
			false,
		);
	});

	it('knows how each call is carried out', () => {
		expect(kindOfCall({ tool: 'add_task', args: { title: 'x' } })).toBe('change');
		expect(kindOfCall({ tool: 'add_task', args: { prompt: 'x' } })).toBe('work');
		expect(kindOfCall({ tool: 'add_tag', args: { fromBranch: true } })).toBe('desk');
		for (const [tool, { kind }] of Object.entries(BACKLOG_TOOLS)) {
			if (kind === 'change') expect(CHANGE_TOOLS).toContain(tool);
			if (kind === 'read') expect(READ_TOOLS).toContain(tool);
		}
	});
});
