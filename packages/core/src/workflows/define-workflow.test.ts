// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how definitions write what is put in later
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ICapability } from '../ports/capability.ts';
import { functionsOf, newestOf, workflowsOf } from './code-workflow.ts';
import { and, contains, eq, exists, gt, includes, not, or, orElse } from './conditions.ts';
import { defineWorkflow } from './define-workflow.ts';
import { call, type Flow } from './flow.ts';
import type { Ref } from './reference.ts';

const read = {
	name: 'web.read',
	input: z.object({ url: z.string(), maxChars: z.number().optional() }),
	output: z.object({
		title: z.string(),
		words: z.number(),
		links: z.array(z.object({ url: z.string() })),
		by: z.string().optional(),
	}),
};
const Url = z.object({ url: z.string() });

/** The definition that a few steps write. */
function written(steps: (flow: Flow, input: Ref<z.infer<typeof Url>>) => unknown) {
	return defineWorkflow({ name: 'one', input: Url, steps }).definition;
}

describe('a workflow in code', () => {
	it('is a definition like any other, with the outputs of steps in the inputs of later ones', () => {
		const { definition } = defineWorkflow({
			name: 'brief',
			version: 3,
			title: 'A brief',
			input: z.object({ url: z.string(), words: z.number().default(200) }),
			steps: (flow, input) => {
				const page = flow.use(read, { url: input.url });
				const sum = flow.use('text.summarize', {
					about: `“${page.title}” in ${input.words} words`,
					first: page.links.at(0),
				});
				return { title: page.title, text: sum.at('text') };
			},
		});
		expect(definition).toEqual({
			name: 'brief',
			version: 3,
			title: 'A brief',
			input: {
				type: 'object',
				properties: { url: { type: 'string' }, words: { type: 'number', default: 200 } },
				required: ['url'],
			},
			steps: [
				{ id: 'read', use: 'web.read', with: { url: '${input.url}' } },
				{
					id: 'summarize',
					use: 'text.summarize',
					with: { about: '“${read.title}” in ${input.words} words', first: '${read.links[0]}' },
				},
			],
			result: { title: '${read.title}', text: '${summarize.text}' },
		});
	});

	it('gives what its last step gives without saying so, and anything else in words', () => {
		expect(written((flow, { url }) => flow.use(read, { url }))).not.toHaveProperty('result');
		expect(written((flow, { url }) => void flow.use(read, { url }))).not.toHaveProperty('result');
		expect(written((flow, { url }) => flow.use(read, { url }).title).result).toBe('${read.title}');
	});

	it('keeps retries, time-outs, effects, order and what takes a step back', () => {
		const { steps } = written((flow, { url }) => {
			const page = flow.use(read, { url }, { id: 'page', retry: { attempts: 2, waits: ['5s'] }, timeout: '1m' });
			const other = flow.use(read, { url }, { title: 'Again', after: [], optional: true, effects: 'external' });
			flow.use(
				'mail.send',
				{ to: other },
				{ after: [page], undo: (sent) => call('mail.recall', { id: sent.at('id') }) },
			);
		});
		expect(steps).toEqual([
			{
				id: 'page',
				use: 'web.read',
				with: { url: '${input.url}' },
				retry: { attempts: 2, waits: ['5s'] },
				timeout: '1m',
			},
			{
				id: 'read',
				title: 'Again',
				after: [],
				optional: true,
				use: 'web.read',
				with: { url: '${input.url}' },
				effects: 'external',
			},
			{ id: 'read_or_null', title: 'Again, or nothing', let: ['${read}', null] },
			{
				id: 'send',
				after: ['page'],
				use: 'mail.send',
				with: { to: '${read_or_null[0]}' },
				undo: { use: 'mail.recall', with: { id: '${send.id}' } },
			},
		]);
	});

	it('goes over lists: one call alone as such, several as a group', () => {
		const { steps, result } = written((flow, { url }) => {
			const page = flow.use(read, { url });
			const titles = flow.each(page.links, (link) => flow.use(read, { url: link.url }), { as: 'link', max: 5 });
			const checked = flow.each(titles, (one) => {
				const again = flow.use(read, { url: one.links.at(0).url });
				return flow.use('text.compare', { again: again.title, before: one.title });
			});
			return { checked, names: titles.map((one) => one.title), many: titles.filter((one) => gt(one.links.size(), 3)) };
		});
		expect(steps.slice(1)).toEqual([
			{ id: 'each', each: 'read.links', as: 'link', max: 5, use: 'web.read', with: { url: '${link.url}' } },
			{
				id: 'each_2',
				each: 'each',
				as: 'element',
				steps: [
					{ id: 'read_3', use: 'web.read', with: { url: '${element.links[0].url}' } },
					{ id: 'compare', use: 'text.compare', with: { again: '${read_3.title}', before: '${element.title}' } },
				],
				gives: '${compare}',
			},
		]);
		expect(result).toEqual({
			checked: '${each_2}',
			names: '${each.map(each_3, each_3.title)}',
			many: '${each.filter(each_4, size(each_4.links) > 3)}',
		});
	});

	it('chooses, goes side by side, groups and repeats', () => {
		const { steps } = written((flow, { url }) => {
			const both = flow.parallel({
				here: () => flow.use(read, { url }).title,
				there: () => {
					const page = flow.use(read, { url });
					return flow.use(read, { url: page.title });
				},
				said: () => 'nothing',
			});
			flow.when(
				and(eq(both.here, 'A'), not(contains(both.there.title, 'B'))),
				() => flow.use(read, { url: both.here }),
				() => flow.value({ none: true }),
			);
			flow.loop(
				{ max: 5, wait: '1h', first: { count: 0 }, otherwise: 'go-on' },
				(before) => ({ count: flow.step('add', { input: { before }, run: ({ before }) => before.count + 1 }) }),
				(given) => gt(given.count, 3),
			);
			flow.sequence(() => flow.use(read, { url }), { id: 'together', optional: true });
		});
		expect(steps).toEqual([
			{
				id: 'parallel',
				parallel: [
					{ id: 'read', use: 'web.read', with: { url: '${input.url}' } },
					{
						id: 'there',
						steps: [
							{ id: 'read_2', use: 'web.read', with: { url: '${input.url}' } },
							{ id: 'read_3', use: 'web.read', with: { url: '${read_2.title}' } },
						],
						gives: '${read_3}',
					},
					{ id: 'value', title: 'said', let: 'nothing' },
				],
				gives: { here: '${read.title}', there: '${there}', said: '${value}' },
			},
			{
				id: 'when',
				choose: [
					{
						when: '(parallel.here == "A") && !parallel.there.title.contains("B")',
						steps: [{ id: 'read_4', use: 'web.read', with: { url: '${parallel.here}' } }],
						gives: '${read_4}',
					},
					{ steps: [{ id: 'value_2', let: { none: true } }], gives: '${value_2}' },
				],
			},
			{
				id: 'repeat',
				loop: { until: 'value_3.count > 3', max: 5, first: { count: 0 }, wait: '1h', otherwise: 'go-on' },
				steps: [
					{ id: 'add', use: 'fn.one.v1.add', with: { before: '${previous}' } },
					{ id: 'value_3', let: { count: '${add}' } },
				],
				gives: '${value_3}',
			},
			{
				id: 'together',
				optional: true,
				steps: [{ id: 'read_5', use: 'web.read', with: { url: '${input.url}' } }],
				gives: '${read_5}',
			},
			{ id: 'together_or_null', title: 'together, or nothing', let: ['${together}', null] },
		]);
	});

	it('waits, asks, and calls other workflows', () => {
		const inner = defineWorkflow({ name: 'inner-one', input: Url, steps: (flow, { url }) => flow.use(read, { url }) });
		const { steps } = written((flow, { url }) => {
			flow.wait('2h');
			flow.wait({ until: url });
			const paid = flow.event('paid', { timeout: '1d', otherwise: 'go-on', data: z.object({ sum: z.number() }) });
			const page = flow.workflow(inner, { url });
			flow.ask(`Publish ${page.title}?`, { choices: ['yes', 'no'], when: exists(paid) });
			flow.ask('Sure?');
		});
		expect(steps).toEqual([
			{ id: 'wait', wait: '2h' },
			{ id: 'wait_2', wait: { until: '${input.url}' } },
			{ id: 'paid', wait: { event: 'paid', timeout: '1d', otherwise: 'go-on' } },
			{ id: 'inner_one', workflow: 'inner-one', with: { url: '${input.url}' } },
			{
				id: 'ask',
				when: 'paid != null',
				ask: { question: 'Publish ${inner_one.title}?', kind: 'choice', choices: ['yes', 'no'] },
			},
			{ id: 'ask_or_null', title: 'ask, or nothing', let: ['${ask}', null] },
			{ id: 'ask_2', ask: 'Sure?' },
		]);
	});

	it('writes values that are not there, odd names and `${` of its author so that they are read as meant', () => {
		const odd = { name: 'odd.one', input: z.object({}), output: z.record(z.string(), z.string()) };
		const { steps } = written((flow, { url }) => {
			const page = flow.use(read, { url });
			const one = flow.use(odd, {});
			flow.use('text.write', {
				by: orElse(page.by, 'nobody'),
				odd: [one.at('two words'), one.at('in'), one.at('plain')],
				own: 'costs ${5}',
				price: `$${page.words}`,
				text: `${page.links.size()}`,
				any: or(
					includes(
						page.links.map((link) => link.url),
						url,
					),
					exists(page.by),
				),
			});
		});
		expect(steps[2]).toMatchObject({
			with: {
				by: '${has(read.by) && read.by != null ? read.by : "nobody"}',
				odd: ['${one["two words"]}', '${one["in"]}', '${one.plain}'],
				own: 'costs $${5}',
				price: '${"$"}${read.words}',
				text: '${text(size(read.links))}',
				any: '${(input.url in read.links.map(each, each.url)) || (has(read.by) && read.by != null)}',
			},
		});
	});
});

describe('a function step', () => {
	it('is a capability of its workflow and version, with what takes it back', async () => {
		const { capabilities, definition } = defineWorkflow({
			name: 'count',
			version: 2,
			input: Url,
			steps: (flow, input) =>
				flow.step('letters', {
					input: { text: input.url, extra: 1 },
					run: ({ text, extra }) => ({ letters: text.length + extra, nothing: undefined }),
					undo: ({ letters }) => `${letters} taken back`,
					timeout: '5s',
				}),
		});
		expect(definition.steps).toEqual([
			{
				id: 'letters',
				use: 'fn.count.v2.letters',
				with: { text: '${input.url}', extra: 1 },
				timeout: '5s',
				undo: { use: 'fn.count.v2.letters_undo', with: { given: '${letters}' } },
			},
		]);
		expect(capabilities.map(({ name, placement, unplanned }) => ({ name, placement, unplanned }))).toEqual([
			{ name: 'fn.count.v2.letters', placement: 'process', unplanned: true },
			{ name: 'fn.count.v2.letters_undo', placement: 'process', unplanned: true },
		]);
		const [letters, undo] = capabilities as [ICapability, ICapability];
		expect(letters.input.safeParse({ text: 'x' }).success).toBe(false);
		expect(await letters.run({ text: 'abc', extra: 1 }, {} as never)).toEqual({ letters: 4 });
		expect(await undo.run({ given: { letters: 4 } }, {} as never)).toBe('4 taken back');
	});

	it('is told when it uses what is not in its input', async () => {
		const { capabilities } = defineWorkflow({
			name: 'count',
			input: Url,
			steps: (flow, input) => flow.step('letters', { input: {}, run: () => `${input.url}` }),
		});
		await expect(capabilities[0]?.run({}, {} as never)).rejects.toMatchObject({
			code: 'invalid-workflow',
			hint: expect.stringContaining('`input` of the step'),
		});
	});
});

describe('a definition that cannot be', () => {
	const refused = (steps: Parameters<typeof written>[0]) => {
		try {
			written(steps);
		} catch (error) {
			return (error as Error).message;
		}
		return 'not refused';
	};

	it.each<[string, Parameters<typeof written>[0], RegExp]>([
		[
			'uses what is made inside a part',
			(flow, { url }) => {
				let inner: unknown;
				flow.sequence(() => {
					inner = flow.use(read, { url });
				});
				flow.use('text.write', { inner: inner as never });
			},
			/uses "read" outside of the part/,
		],
		[
			'looks at a value that is not known yet',
			(_flow, { url }) => JSON.stringify(url),
			/looks at "input.url" while it is being defined/,
		],
		[
			'names a step twice',
			(flow, { url }) => [1, 2].map(() => flow.use(read, { url }, { id: 'page' })),
			/"page" is there twice/,
		],
		[
			'names a step as a word of expressions',
			(flow, { url }) => flow.use(read, { url }, { id: 'in' }),
			/"in" is a word/,
		],
		['has nothing to do', () => 1, /cannot be used: steps/],
		['has a part with nothing to do', (flow) => flow.sequence(() => undefined), /a part is without steps/],
		['is async', async (flow, { url }) => flow.use(read, { url }), /async function/],
		['holds what is no JSON', (flow) => flow.value({ at: new Date(0) } as never), /holds a Date/],
		[
			'comes after what is elsewhere',
			(flow, { url }) => flow.use(read, { url }, { after: [url] }),
			/"input.url" is no step of the list/,
		],
	])('is refused at once when it %s', (_what, steps, message) => {
		expect(refused(steps)).toMatch(message);
	});
});

describe('the workflows of a module', () => {
	const version = (version: number) =>
		defineWorkflow({
			name: 'report',
			version,
			input: Url,
			steps: (flow, { url }) => flow.step('make', { input: { url }, run: () => version }),
		});

	it('are found in its exports and lists, each once; the newest is for new runs, the functions of all stay', () => {
		const [one, two] = [version(1), version(2)];
		const other = defineWorkflow({ name: 'other', input: Url, steps: (flow, { url }) => flow.use(read, { url }) });
		const found = workflowsOf({
			default: other,
			workflows: [other, [two, one]],
			capabilities: [{ name: 'x.y' }],
			no: 1,
		});
		expect(found.map(({ definition: { name, version } }) => `${name} ${version}`)).toEqual([
			'other 1',
			'report 2',
			'report 1',
		]);
		expect(newestOf(found).map(({ definition }) => definition.version)).toEqual([1, 2]);
		expect(functionsOf(found).map(({ name }) => name)).toEqual(['fn.report.v2.make', 'fn.report.v1.make']);
		expect(workflowsOf(undefined)).toEqual([]);
	});
});
