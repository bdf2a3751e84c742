import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { DocumentSchema } from '../domain/document.ts';
import { asStepId } from '../domain/ids.ts';
import type { Json } from '../domain/json.ts';
import type { PlanStep } from '../domain/task/plan.ts';
import type { CapabilityDeclaration } from '../ports/capability.ts';
import { referenceProblems } from './reference-problems.ts';

function capability(name: string, input: z.ZodType, output: z.ZodType): CapabilityDeclaration {
	const rest = { version: 1, effects: 'none', pure: true, placement: 'inline', concurrency: 1 } as const;
	return { ...rest, name, summary: name, input, output };
}

const quoted = { text: z.string(), sources: z.array(z.string()) };
const nested = z.array(z.union([DocumentSchema, z.array(DocumentSchema)]));
const catalogue = [
	capability('web.read', z.object({ url: z.string() }), DocumentSchema),
	capability(
		'web.search',
		z.object({ query: z.string() }),
		z.object({ results: z.array(z.object({ title: z.string(), url: z.string() })), total: z.int() }),
	),
	capability('text.answer', z.object({ documents: z.array(DocumentSchema) }), z.object(quoted)),
	capability('web.gather', z.object({ lists: nested }), z.object({ documents: z.array(DocumentSchema) })),
	capability(
		'text.write',
		z.object({
			title: z.string().optional(),
			findings: z.array(z.object({ text: z.string() })).optional(),
			documents: z.array(DocumentSchema).default([]),
		}),
		z.object({ ...quoted, score: z.union([z.number(), z.null()]), extra: z.record(z.string(), z.number()) }),
	),
	capability('any.thing', z.unknown(), z.looseObject({ known: z.string() })),
	capability('json.give', z.object({ value: z.json() }), z.object({ value: z.json() })),
];

function step(id: string, name: string, input: Json, rest: Partial<PlanStep> = {}): PlanStep {
	return { id: asStepId(id), title: id, capability: name, input, dependsOn: [], essential: true, ...rest };
}

const read = step('read', 'web.read', { url: 'https://a.example' });
const search = step('search', 'web.search', { query: 'x' });
const pages = step('pages', 'web.read', { url: { $from: 'item.url' } }, { forEach: { $from: 'search.results' } });

/** The problems of a step that follows one reading, one search and the reading of what was found. */
function problems(...steps: PlanStep[]): string[] {
	return referenceProblems([read, search, pages, ...steps], catalogue).map(({ message }) => message);
}

const answer = (documents: Json) => problems(step('s', 'text.answer', { documents }));

describe('referenceProblems', () => {
	test('lets through what can be there', () => {
		expect(answer([{ $from: 'read' }])).toEqual([]);
		expect(answer({ $from: 'pages' })).toEqual([]);
		expect(answer([{ $from: 'read' }, { $from: 'pages', $spread: true }])).toEqual([]);
		expect(answer([{ $from: 'pages.0' }])).toEqual([]);
		expect(problems(step('g', 'web.gather', { lists: [{ $from: 'pages' }, { $from: 'read' }] }))).toEqual([]);
		expect(problems(step('w', 'text.write', { title: { $from: 'pages.0.links.0.text' } }))).toEqual([]);
		expect(
			problems(
				step('w', 'text.write', { title: 'x' }, { when: { path: 'search.results.0.title', op: 'exists' } }),
				step('x', 'text.write', { title: { $from: 'read.publisher' } }),
			),
		).toEqual([]);
	});

	test('finds paths that lead nowhere, and says what there is', () => {
		expect(problems(step('w', 'text.write', { title: { $from: 'search.hits.0' } }))).toEqual([
			'The input refers to "search.hits.0", but "search" (web.search) never gives "hits.0"; it gives {results: [{title: text, url: text}], total: number}.',
		]);
		expect(problems(step('w', 'text.write', { title: { $from: 'read.title.0' } }))).toHaveLength(1);
		expect(problems(step('w', 'text.write', { title: { $from: 'pages.body' } }))[0]).toContain(
			'for each item, so its output is a list',
		);
		expect(problems(step('w', 'text.write', {}, { when: { path: 'search.count', op: 'gt', value: 0 } }))[0]).toMatch(
			/^when refers to "search\.count"/,
		);
	});

	test('finds lists in forEach that are none, and items that have no such part', () => {
		const each = ($from: string, url: string) => step('s', 'web.read', { url: { $from: url } }, { forEach: { $from } });
		expect(problems(each('search.total', 'item'))).toEqual(['forEach runs over "search.total", which is no list.']);
		expect(problems(each('search.urls', 'item'))[0]).toMatch(/^forEach refers to "search\.urls"/);
		expect(problems(each('search.results', 'item.link'))).toEqual(['An item has no "link".']);
		expect(problems(each('search.results.url', 'item'))).toEqual([]);
		expect(problems(each('search.results', 'item'))[0]).toContain('an object with title, url where text is wanted');
	});

	test('finds values that cannot stand where they are put', () => {
		expect(answer([{ $from: 'pages' }])).toEqual([
			'"pages" does not fit at "documents.0": it is a list where an object with title, url, artifact, kind is wanted.',
		]);
		expect(answer({ $from: 'read' })[0]).toContain('an object with');
		expect(answer({ $from: 'search.results' })[0]).toContain('it has no "kind", which is wanted there');
		expect(problems(step('w', 'text.write', { findings: [{ $from: 'read' }] }))[0]).toContain('it has no "text"');
		expect(problems(step('w', 'text.write', { title: { $from: 'search.total' } }))[0]).toContain('a number where text');
	});

	test('believes what a schema leaves open', () => {
		const open = step('open', 'any.thing', {});
		const given = step('given', 'json.give', { value: { $from: 'read' } });
		const write = step('write', 'text.write', {});
		const use = (id: string, $from: string) => step(id, 'text.write', { title: { $from } });
		expect(
			problems(
				open,
				given,
				write,
				use('a', 'open.deep.er'),
				use('b', 'given.value.0.x'),
				step('c', 'any.thing', { x: [{ $from: 'search' }], y: { $from: 'write.extra.anything' } }),
				step('d', 'web.read', { url: { $from: 'item' } }, { forEach: { $from: 'open.list' } }),
			),
		).toEqual([]);
		expect(problems(open, use('a', 'open.known.0'))).toHaveLength(1);
		expect(problems(write, use('a', 'write.score'))[0]).toContain('a number where text is wanted');
		expect(problems(step('u', 'no.such', {}), use('a', 'u.x'))).toEqual([]);
	});

	test('stays quick on nested inputs and deep paths', () => {
		let deep: Json = { $from: 'read' };
		for (let depth = 0; depth < 60; depth++) deep = [deep];
		const wide = Array.from({ length: 400 }, (_, n) =>
			step(`w${n}`, 'any.thing', { deep, x: { $from: 'pages.0.links.text' } }),
		);
		expect(problems(...wide)).toEqual([]);
	});
});
