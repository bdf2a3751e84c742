import { expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import type { Json } from '../domain/json.ts';
import { contains, eq, gt, includes, orElse } from './conditions.ts';
import { defineWorkflow } from './define-workflow.ts';
import type { Flow } from './flow.ts';
import type { Given, Known, Ref } from './reference.ts';

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
type Page = z.infer<typeof read.output>;

/** What is said here is for the compiler: these steps are never written down. */
function said(flow: Flow, input: Ref<{ url: string; tags: string[] }>) {
	const page = flow.use(read, { url: input.url });
	expectTypeOf(page).toEqualTypeOf<Ref<Page>>();
	expectTypeOf(page.links.at(0).url).toEqualTypeOf<Ref<string>>();
	expectTypeOf(page.by).toEqualTypeOf<Ref<string | undefined>>();
	expectTypeOf(orElse(page.by, 'nobody')).toEqualTypeOf<Ref<string>>();
	expectTypeOf(page.links.map((link) => ({ at: link.url }))).toEqualTypeOf<Ref<{ at: string }[]>>();
	expectTypeOf(flow.use('mcp.files.list', { any: page })).toEqualTypeOf<Ref<Json>>();
	expectTypeOf(flow.use('mcp.files.list', {}, { output: z.object({ n: z.number() }) }).n).toEqualTypeOf<Ref<number>>();
	flow.use(read, { url: `https://example.org/${page.title}`, maxChars: page.words });
	// @ts-expect-error: there is no such member
	page.titel;
	// @ts-expect-error: a number is no text
	flow.use(read, { url: page.words });
	// @ts-expect-error: an address is wanted
	flow.use(read, {});
	// @ts-expect-error: nothing of that name is wanted
	flow.use(read, { url: input.url, adress: 'x' });
	// @ts-expect-error: it may not be there
	flow.use(read, { url: page.by });
	// @ts-expect-error: a whole page is no text
	flow.use(read, { url: page });
	// @ts-expect-error: a list is no text
	flow.use(read, { url: input.tags });

	const perhaps = flow.use(read, { url: input.url }, { optional: true });
	expectTypeOf(perhaps).toEqualTypeOf<Ref<Page | null>>();
	const maybe = flow.use(
		read,
		{ url: input.url },
		{ when: gt(page.words, 100), undo: (given) => ({ use: 'x.y', with: given.title }) },
	);
	expectTypeOf(maybe).toEqualTypeOf<Ref<Page | null>>();

	const counted = flow.step('count', {
		input: { text: page.title, tags: input.tags, factor: 2 },
		run: ({ text, tags, factor }, context) => {
			expectTypeOf({ text, tags, factor }).toEqualTypeOf<{ text: string; tags: string[]; factor: number }>();
			expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>();
			return { count: text.length * factor, tag: tags[0] ?? null };
		},
		undo: ({ count }) => expectTypeOf(count).toEqualTypeOf<number>(),
	});
	expectTypeOf(counted).toEqualTypeOf<Ref<{ count: number; tag: string | null }>>();
	const later = flow.step('later', { input: {}, run: async () => 'text', output: z.string() });
	expectTypeOf(later).toEqualTypeOf<Ref<string>>();
	const checked = flow.step('checked', {
		accepts: z.object({ n: z.number(), unit: z.string().default('m') }),
		input: { n: page.words },
		run: ({ n, unit }) => `${n.toFixed(1)} ${unit}`,
	});
	expectTypeOf(checked).toEqualTypeOf<Ref<string>>();
	// @ts-expect-error: a text is no number
	flow.step('wrong', { accepts: z.object({ n: z.number() }), input: { n: page.title }, run: ({ n }) => n });
	// @ts-expect-error: it has no such input
	flow.step('missing', { input: { text: page.title }, run: ({ words }) => words });
	// @ts-expect-error: it gives something else
	flow.step('other', { input: {}, run: () => 7, output: z.string() });

	const both = flow.parallel({
		page: () => flow.use(read, { url: input.url }),
		count: () => counted.count,
		three: () => 3,
	});
	expectTypeOf(both).toEqualTypeOf<Ref<{ page: Page; count: number; three: number }>>();
	// @ts-expect-error: no branch has that name
	both.other;

	const chosen = flow.when(
		eq(page.title, 'A'),
		() => page.title,
		() => ({ words: page.words }),
	);
	expectTypeOf(chosen).toEqualTypeOf<Ref<string | { words: number }>>();
	expectTypeOf(flow.when(eq(page.words, 1), () => page)).toEqualTypeOf<Ref<Page | null>>();
	// @ts-expect-error: a number is never a text
	eq(page.words, 'many');
	// @ts-expect-error: a text is not above a number
	gt(page.words, page.title);
	// @ts-expect-error: texts have pieces, lists have elements
	contains(input.tags, 'a');
	// @ts-expect-error: no element is a number
	includes(input.tags, 1);
	// @ts-expect-error: a value is no condition
	flow.when(page.title, () => page);

	const titles = flow.each(page.links, (link) => {
		const inner = flow.use(read, { url: link.url });
		return { title: inner.title };
	});
	expectTypeOf(titles).toEqualTypeOf<Ref<{ title: string }[]>>();
	// @ts-expect-error: what is made inside stays inside
	inner.title;
	// @ts-expect-error: it is a list now
	titles.title;
	// @ts-expect-error: nothing to go over
	flow.each(page.title, (letter) => letter);

	const looped = flow.loop(
		{ max: 3, first: { count: 0 } },
		(previous) => {
			expectTypeOf(previous.count).toEqualTypeOf<Ref<number>>();
			const hidden = flow.use(read, { url: input.url });
			return { count: hidden.words };
		},
		({ count }) => gt(count, 100),
	);
	expectTypeOf(looped).toEqualTypeOf<Ref<{ count: number }>>();
	// @ts-expect-error: what a loop makes inside is not there outside
	looped.words;
	// @ts-expect-error: nor by its name
	hidden.words;
	flow.loop(
		// @ts-expect-error: the next time would be given something else
		{ max: 3, first: { count: 0 } },
		() => ({ count: page.title }),
		({ count }) => gt(count, 1),
	);
	const bare = flow.loop(
		{ max: 3 },
		() => page,
		(given) => gt(given.words, 1),
	);
	expectTypeOf(bare).toEqualTypeOf<Ref<Page>>();

	const paid = flow.event('paid', { data: z.object({ sum: z.number() }), otherwise: 'go-on' });
	expectTypeOf(paid).toEqualTypeOf<Ref<{ sum: number } | null>>();
	expectTypeOf(flow.event('paid')).toEqualTypeOf<Ref<Json>>();
	expectTypeOf(flow.ask('Which?')).toEqualTypeOf<Ref<string>>();
	expectTypeOf(flow.value({ a: page.title, b: [1] })).toEqualTypeOf<Ref<{ a: string; b: number[] }>>();
	// @ts-expect-error: nothing is given by waiting
	flow.wait('2h').then;

	const other = defineWorkflow({
		name: 'other',
		input: z.object({ n: z.number().default(1) }),
		steps: (flow, { n }) => flow.value({ n }),
	});
	expectTypeOf(flow.workflow(other, {})).toEqualTypeOf<Ref<{ n: number }>>();
	// @ts-expect-error: it wants a number
	flow.workflow(other, { n: page.title });
}

/** So is this. */
function wrong() {
	const input = z.object({ url: z.string() });
	defineWorkflow({
		name: 'wrong',
		input,
		// @ts-expect-error: it gives a number and promises a text
		output: z.object({ text: z.string() }),
		steps: (flow, { url }) => ({ text: flow.use(read, { url }).words }),
	});
	// @ts-expect-error: no such parameter
	defineWorkflow({ name: 'wrong', input, steps: (flow, { adress }) => flow.use(read, { url: adress }) });
}

it('types what goes in and comes out by its schemas, without being told', () => {
	const { input, output, definition } = defineWorkflow({
		name: 'one',
		input: z.object({ url: z.string(), words: z.number().default(9) }),
		steps: (flow, { url, words }) => ({ page: flow.use(read, { url }), words }),
	});
	expectTypeOf<z.input<typeof input>>().toEqualTypeOf<{ url: string; words?: number | undefined }>();
	expectTypeOf<z.output<typeof output>>().toEqualTypeOf<{ page: Page; words: number }>();
	expectTypeOf<Known<{ a: 'x'; b: readonly 1[] }>>().toEqualTypeOf<{ a: string; b: number[] }>();
	expectTypeOf<Ref<'a'>>().toExtend<Given<string>>();
	expect(definition.name).toBe('one');
	expect([said, wrong].every((one) => typeof one === 'function')).toBe(true);
});
