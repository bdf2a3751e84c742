import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CoreError, capability, tryCapability } from './index.ts';

const shout = capability({
	name: 'demo.shout',
	summary: 'Writes in capitals.',
	input: z.object({ text: z.string().min(1) }),
	output: z.object({ text: z.string(), file: z.string() }),
	effects: 'none',
	async run({ text }, { progress, saveArtifact, taint }) {
		progress({ percent: 50, text: 'half' });
		taint('web:example.com');
		const { id } = await saveArtifact({ name: 'a.txt', type: 'text/plain', content: new TextEncoder().encode(text) });
		return { text: text.toUpperCase(), file: id };
	},
});

describe('tryCapability', () => {
	it('gives what came of a run in memory', async () => {
		const trial = await tryCapability(shout, { text: 'hi' });
		expect(trial.output).toEqual({ text: 'HI', file: 'artifact-1' });
		expect(trial).toMatchObject({ progress: [{ percent: 50 }], origins: ['web:example.com'] });
		expect(trial.artifacts.map(({ name, bytes }) => [name, bytes])).toEqual([['a.txt', 2]]);
	});

	it('checks the input as a worker does', async () => {
		await expect(tryCapability(shout, { text: '' })).rejects.toBeInstanceOf(CoreError);
	});

	it('gives the questions of a run that asks, and runs on with answers', async () => {
		const asking = capability({
			name: 'demo.ask',
			summary: 'Asks.',
			input: z.object({}),
			effects: 'none',
			run: (_input, { answers, ask }) => {
				const [first] = answers;
				return first === undefined ? ask([{ kind: 'text', text: 'Which?' }]) : first.answer;
			},
		});
		expect((await tryCapability(asking, {})).asked).toMatchObject([{ text: 'Which?' }]);
		const answers = [{ question: 'Which?', answer: 'this' }];
		expect((await tryCapability(asking, {}, { answers })).output).toBe('this');
	});
});

describe('capability', () => {
	it('refuses what could not be offered, with the reason', () => {
		const draft = { summary: 'x', input: z.object({}), effects: 'none', run: () => null } as const;
		expect(() => capability({ ...draft, name: 'shout' })).toThrow(/must be like "mail.send"/);
		expect(() => capability({ ...draft, name: 'flow.wait' })).toThrow(/Errand's own/);
	});
});
