import { defineWorkflow, gt } from '@errand/capability-sdk';
import { z } from 'zod';

const Word = z.object({ word: z.string(), times: z.number() });

/** Counts the words of a text, and asks for a better one where there are too few. */
export const wordReport = defineWorkflow({
	name: 'word-report',
	version: 1,
	title: 'Report the words of a text',
	input: z.object({ text: z.string(), top: z.number().int().default(3) }),
	output: z.object({ title: z.string(), words: z.array(Word), long: z.array(z.string()).nullable() }),
	steps: (flow, input) => {
		// A function step: it runs in a worker, and knows its input alone.
		const counted = flow.step('count', {
			input: { text: input.text },
			run: ({ text }) => {
				const times = new Map<string, number>();
				for (const [word] of text.toLowerCase().matchAll(/\p{L}+/gu)) times.set(word, (times.get(word) ?? 0) + 1);
				return [...times].map(([word, times]) => ({ word, times }));
			},
			retry: { attempts: 2, waits: ['1s'] },
			timeout: '10s',
		});
		// Side by side; what each gives has the name of its branch.
		const { best, size } = flow.parallel({
			best: () =>
				flow.step('best', {
					input: { counted, top: input.top },
					run: ({ counted, top }) => counted.toSorted((one, other) => other.times - one.times).slice(0, top),
				}),
			size: () => flow.value(counted.size()),
		});
		// One step for each element, joined to a list.
		const long = flow.when(gt(size, 3), () =>
			flow.each(best, ({ word }) => flow.step('shout', { input: { word }, run: ({ word }) => word.toUpperCase() })),
		);
		return { title: `${size} words`, words: best, long };
	},
});

export const workflows = [wordReport];
