import type { ICapability } from '@errand/core/ports/capability.ts';
import { z } from 'zod';

const Input = z.looseObject({ pen: z.url() });

/** catalogue is what handler children of page tests load: a step that writes what comes line by line from its pen. */
export const catalogue: readonly ICapability[] = [
	{
		name: 'test.write',
		version: 1,
		summary: 'Writes what a test tells it to.',
		input: Input,
		output: z.looseObject({}),
		effects: 'none',
		pure: false,
		placement: 'process',
		concurrency: 4,
		async run(input, { progress, signal }) {
			const { body } = await fetch(Input.parse(input).pen, { signal });
			let held = '';
			for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) {
				const lines = `${held}${piece}`.split('\n');
				held = lines.pop() ?? '';
				for (const line of lines) {
					const said = JSON.parse(line) as { partial?: string; output?: unknown };
					if (said.output !== undefined) return said.output;
					if (said.partial !== undefined) progress({ partial: said.partial });
				}
			}
			throw new Error('The pen was put down.');
		},
	},
];
