import { describe, expect, it } from 'vitest';
import { asStepId } from '../ids.ts';
import type { Json } from '../json.ts';
import type { PlanStep } from '../task/plan.ts';
import { WorkflowDefinition } from './definition.ts';
import { goalValues } from './goal-values.ts';
import { learnWorkflow } from './learn-workflow.ts';
import { likeness, telling } from './likeness.ts';
import { readInput } from './read-input.ts';

const values = (goal: string) => goalValues(goal).map(({ kind, name, value }) => `${kind} ${name}=${value}`);

function step(id: string, input: Json, more: Partial<PlanStep> = {}): PlanStep {
	return { id: asStepId(id), title: id, capability: `x.${id}`, input, dependsOn: [], essential: true, ...more };
}

describe('parameters that a model found', () => {
	const goal = 'Find flats in Berlin Mitte below 900 euros and mail them to ann@example.org';
	const steps = [step('find', { place: 'Berlin Mitte', max: 900 }), step('mail', { to: 'ann@example.org' })];
	const proposed = [
		{ name: 'district', value: 'Berlin Mitte', description: 'Where to look.' },
		{ name: 'max_rent', value: '900' },
		{ name: 'made_up', value: 'Hamburg' },
		{ name: 'not used', value: 'ann@example.org' },
		{ name: 'flats', value: 'flats' },
		{ name: 'input', value: 'euros' },
	];

	it('count where they stand in the goal and in a step, under a name that can be one', () => {
		const { definition, parameters } = learnWorkflow({ goal, steps, proposed });
		expect(parameters.map(({ name, kind }) => [name, kind])).toEqual([
			['district', 'name'],
			['max_rent', 'number'],
		]);
		expect(definition.input?.['properties']).toMatchObject({
			district: { type: 'string', description: 'Where to look.' },
			max_rent: { type: 'number', examples: [900] },
		});
		expect(JSON.stringify(definition.steps)).toContain('{"place":"${input.district}","max":"${input.max_rent}"}');
	});

	it('give way to rules where none of them is sound', () => {
		const { parameters } = learnWorkflow({ goal, steps, proposed: proposed.slice(2) });
		expect(parameters.map(({ value }) => value)).toEqual(
			learnWorkflow({ goal, steps }).parameters.map(({ value }) => value),
		);
		expect(parameters.length).toBeGreaterThan(0);
	});
});

describe('goalValues', () => {
	it('finds what would be different the next time', () => {
		expect(values('Compare https://a.example/x?y=1, and https://b.example. Mail it to ann@example.org')).toEqual([
			'url url=https://a.example/x?y=1',
			'url url=https://b.example',
			'email email=ann@example.org',
		]);
		expect(values('Find 5 sources about "heat pumps" since 2024-01-31, at most 300')).toEqual([
			'number sources=5',
			'text text=heat pumps',
			'date date=2024-01-31',
			'number number=300',
		]);
		expect(values('Book a train from Berlin to San Sebastián on 3 March 2027')).toEqual([
			'name from=Berlin',
			'name to=San Sebastián',
			'date date=3 March 2027',
		]);
	});

	it('takes no first word of a sentence for a name, and no part of a word for a number', () => {
		expect(values('Summarize. Then translate a4 paper v2.1 it1')).toEqual([]);
	});

	it('stays quick on what is long and odd', () => {
		for (const odd of ['"', 'A ', '1.', 'http://', 'a@', '«“`']) goalValues(odd.repeat(50_000));
	});
});

describe('learnWorkflow', () => {
	const goal = 'Compare https://a.example and https://b.example, top 3, for "price"';
	const steps = [
		step('read-a', { url: 'https://a.example' }),
		step('read-b', { url: 'https://b.example', note: 'costs ${5}' }, { essential: false }),
		step(
			'compare',
			{ pages: [{ $from: 'read-a.text' }, { $from: 'read-b.items.0.the text' }], by: 'price', limit: 3, goal },
			{ dependsOn: [asStepId('read-a'), asStepId('read-b')], when: { path: 'read-a.text', op: 'exists' } },
		),
		step(
			'each',
			{ text: { $from: 'item.name' }, all: [1, { $from: 'compare.rows', $spread: true }] },
			{ dependsOn: [asStepId('compare')], forEach: { $from: 'compare.rows', maxItems: 9 } },
		),
	];
	const { definition, parameters } = learnWorkflow({ goal, steps });

	it('makes parameters of what the goal names and the steps use', () => {
		expect(parameters.map(({ name, value }) => `${name}=${value}`)).toEqual([
			'url=https://a.example',
			'url2=https://b.example',
			'number=3',
			'text=price',
		]);
		expect(definition).toMatchObject({
			name: 'compare-top',
			description: 'Learned from: Compare {url} and {url2}, top {number}, for "{text}"',
			input: { required: ['url', 'url2', 'number', 'text'], properties: { number: { type: 'number' } } },
		});
	});

	it('writes references, conditions and lists as a workflow has them', () => {
		expect(WorkflowDefinition.safeParse(definition).error).toBeUndefined();
		expect(definition.steps).toEqual([
			{ id: 'read_a', title: 'read-a', after: [], use: 'x.read-a', with: { url: '${input.url}' } },
			{
				...{ id: 'read_b', title: 'read-b', after: [], optional: true, use: 'x.read-b' },
				with: { url: '${input.url2}', note: 'costs $${5}' },
			},
			{
				...{ id: 'compare', title: 'compare', after: ['read_a', 'read_b'], when: 'has(read_a.text)', use: 'x.compare' },
				with: {
					pages: ['${read_a.text}', '${read_b.items[0]["the text"]}'],
					...{ by: '${input.text}', limit: '${input.number}' },
					goal: 'Compare ${input.url} and ${input.url2}, top ${input.number}, for "${input.text}"',
				},
			},
			{
				...{ id: 'each', title: 'each', each: 'compare.rows', as: 'item', max: 9, use: 'x.each' },
				with: { text: '${item.name}', all: '${[1] + compare.rows}' },
			},
		]);
	});

	it('reads its input from a goal of the same words, whatever stands in the places', () => {
		const again = 'compare https://c.example/a and the page of Acme, top 12,  for "size of it".';
		expect(readInput(definition, again)).toEqual({
			...{ url: 'https://c.example/a', url2: 'the page of Acme' },
			...{ number: 12, text: 'size of it' },
		});
	});

	it('reads its input from other words by the kind of each value, and leaves out what is not there', () => {
		expect(readInput(definition, 'Please look at https://c.example for "colour"')).toEqual({
			url: 'https://c.example',
			text: 'colour',
		});
	});

	it('has a name even where the goal has none', () => {
		expect(learnWorkflow({ goal: '???', steps: [step('a', {})] }).definition.name).toBe('learned-errand');
	});
});

describe('likeness', () => {
	it('sees the same errand for other things, and no other errand for the same things', () => {
		const one = telling('Compare offers for heat pumps at https://a.example and mail me a table');
		expect(likeness(one, telling('Compare the offers for heat pumps at https://z.example, and mail a table'))).toBe(1);
		expect(likeness(one, telling('Watch https://a.example and tell me of changes'))).toBeLessThan(0.3);
		expect(likeness('', one)).toBe(0);
	});
});
