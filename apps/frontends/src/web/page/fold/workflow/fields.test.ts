import { describe, expect, it } from 'vitest';
import { pathOf, pathText, withValue } from './draft.ts';
import { edited, editsOf, redone, undone } from './edits.ts';
import { rootsOf, visibleNames } from './names.ts';
import { placeOf, problemsUnder, problemWords } from './problem-places.ts';
import { formOf, membersOf, typed, written } from './schema-field.ts';

describe('a field', () => {
	const root = {
		$defs: { Page: { type: 'object', properties: { url: { type: 'string' } }, required: ['url'] } },
		properties: { page: { $ref: '#/$defs/Page' } },
	};

	it('is made by its schema, whose references are followed', () => {
		expect(formOf({ $ref: '#/$defs/Page' }, root)).toMatchObject({
			kind: 'object',
			fields: [{ name: 'url', required: true }],
		});
		expect(formOf({ anyOf: [{ type: 'integer' }, { type: 'null' }] }, root)).toEqual({ kind: 'number' });
		expect(formOf({ enum: ['a', 'b'] }, root)).toEqual({ kind: 'choice', options: ['a', 'b'] });
		expect(formOf({ anyOf: [{ const: 'a' }, { enum: ['b'] }] }, root)).toEqual({ kind: 'choice', options: ['a', 'b'] });
		expect(formOf({ type: 'array', items: { type: 'boolean' } }, root)).toEqual({
			kind: 'list',
			of: { type: 'boolean' },
		});
		expect(formOf({ anyOf: [{ type: 'string' }, { type: 'object' }] }, root)).toEqual({ kind: 'any' });
	});

	it('ends where references go round in a circle', () => {
		const circle = { $defs: { A: { $ref: '#/$defs/A' } } };
		expect(formOf({ $ref: '#/$defs/A' }, circle)).toEqual({ kind: 'any' });
	});

	it('shows needed ones first', () => {
		const schema = { properties: { a: { type: 'string' }, b: { type: 'string' } }, required: ['b'] };
		expect(membersOf(schema).map(({ name }) => name)).toEqual(['b', 'a']);
	});

	it('reads what it writes', () => {
		for (const value of [1, true, null, [1, 'a'], { a: 1 }, 'words', '12', '[not json', '${a.b}']) {
			expect(typed(written(value))).toEqual(value);
		}
	});
});

describe('names', () => {
	const draft = {
		input: { type: 'object', properties: { url: {} } },
		steps: [
			{ id: 'read', use: 'web.read' },
			{
				id: 'all',
				each: 'read.links',
				as: 'link',
				steps: [
					{ id: 'one', let: '${link}' },
					{ id: 'two', let: 1 },
				],
			},
			{ id: 'late', let: '${all}' },
		],
	};
	const outputOf = () => ({ type: 'object', properties: { text: {}, links: {} } });

	it('are offered where they can be used, and not where they would close a circle', () => {
		const names = visibleNames(draft, ['steps', 1, 'steps', 1], outputOf).map(({ name }) => name);
		expect(names).toEqual(['one', 'link', 'read', 'read.text', 'read.links', 'input.url', 'kept']);
		expect(visibleNames(draft, ['steps', 0], outputOf).map(({ name }) => name)).toEqual(['input.url', 'kept']);
	});

	it('are found in expressions, not in texts or calls in them', () => {
		const step = { id: 'x', when: 'size(read.links) > 2', let: 'a ${one.b + "two" + f(three)} four' };
		expect([...rootsOf(step)].toSorted()).toEqual(['one', 'read', 'three']);
	});
});

describe('problems', () => {
	it('belong to the field that they are about', () => {
		const message = 'The input of "web.read" does not fit at "url": Invalid URL.';
		expect(placeOf({ message, path: 'steps.1.with' })).toBe('steps.1.with.url');
		expect(problemWords({ message })).toBe('Invalid URL.');
		const problems = [
			{ message, path: 'steps.1.with' },
			{ message: 'b', path: 'steps.10' },
		];
		expect(problemsUnder(problems, ['steps', 1])).toEqual([problems[0]]);
	});
});

it('a path is the same when it is read back', () => {
	const path = ['steps', 2, 'choose', 0, 'steps'];
	expect(pathOf(pathText(path))).toEqual(path);
	expect(withValue({ a: [{ b: 1 }] }, ['a', 0, 'c', 'd'], 2)).toEqual({ a: [{ b: 1, c: { d: 2 } }] });
	expect(withValue({ a: [1, 2] }, ['a', 0], undefined)).toEqual({ a: [2] });
});

it('letters typed at once are undone at once', () => {
	let edits = editsOf('');
	for (const [at, text] of ['a', 'ab', 'abc'].entries()) edits = edited(edits, text, { same: 'title', at: at * 100 });
	edits = edited(edits, 'abc!', { same: 'title', at: 60_000 });
	expect([undone(edits).now, undone(undone(edits)).now, redone(undone(edits)).now]).toEqual(['abc', '', 'abc!']);
});
