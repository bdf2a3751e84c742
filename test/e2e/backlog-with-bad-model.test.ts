import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import {
	type MisbehavingModel,
	type Misdeed,
	says,
	startMisbehavingModel,
	writes,
} from '../harness/misbehaving-model.ts';
import { LASTING_MISDEEDS, PASSING_MISDEEDS } from '../harness/model-cases.ts';

interface Answer {
	readonly method?: string;
	readonly message?: string;
	readonly warnings?: readonly string[];
	readonly code?: string;
	readonly detail?: string;
}

/** What the model is asked for as a second part, it gives no use for, however often. */
const half: Misdeed = (call) =>
	call.at === 2 || call.at === 3 ? writes('Let us talk about the sea.')(call) : says(call);

describe('a backlog whose model misbehaves', () => {
	let model: MisbehavingModel;
	const errands: ErrandProcess[] = [];
	let root: string;
	const ends = new Map<string, Promise<{ parsed: Answer; split: Answer; titles: readonly string[] }>>();

	beforeAll(async () => {
		root = await mkdtemp(join(tmpdir(), 'backlogs-'));
		model = await startMisbehavingModel({ ...PASSING_MISDEEDS, ...LASTING_MISDEEDS, half });
		const env = { ...model.env, OPENAI_SILENCE_MS: '1500', OPENAI_CONTEXT_TOKENS: '8000' };
		const [calm, poor] = await Promise.all([startErrand({ env }), startErrand({ env })]);
		errands.push(calm, poor);
		// A server that fails at others is left alone for a while, so this one comes before them.
		const first = carriedOut(calm, 'half');
		ends.set('half', first);
		for (const name of Object.keys(PASSING_MISDEEDS)) {
			ends.set(
				name,
				first.then(() => carriedOut(calm, name)),
			);
		}
		for (const name of Object.keys(LASTING_MISDEEDS)) ends.set(name, carriedOut(poor, name));
		// Each is awaited by its own test; until then none of them is nobody's.
		void Promise.allSettled(ends.values());
	});
	afterAll(async () => {
		await Promise.all(errands.map((errand) => errand.dispose()));
		await model.stop();
		await rm(root, { recursive: true, force: true });
	});

	async function carriedOut(errand: ErrandProcess, name: string) {
		const folder = join(root, name);
		await mkdir(folder, { recursive: true });
		await writeFile(join(folder, 'prd.md'), documentOf(name));
		const call = async (tool: string, args: object) => {
			const path = `/v1/backlogs/${encodeURIComponent(folder)}/call`;
			const response = await errand.call('POST', path, { tool, args, waitMs: 60_000 });
			return (await response.json()) as Answer & { tasks?: readonly { title: string; subtasks: readonly unknown[] }[] };
		};
		const parsed = await call('parse_prd', { input: 'prd.md' });
		const split = await call('expand_task', { id: '1' });
		const { tasks = [] } = await call('get_tasks', { withSubtasks: true });
		if (split.code === undefined) expect(tasks[0]?.subtasks.length).toBeGreaterThan(1);
		return { parsed, split, titles: tasks.map(({ title }) => title) };
	}

	const endOf = (name: string) => ends.get(name) ?? Promise.reject(new Error('not run'));

	it.each([...Object.keys(PASSING_MISDEEDS), ...Object.keys(LASTING_MISDEEDS)])(
		'has its tasks all the same, and says who made them: %s',
		async (name) => {
			for (const answer of [(await endOf(name)).parsed, (await endOf(name)).split]) {
				expect(answer).toMatchObject({
					message: expect.any(String),
					method: expect.stringMatching(/^(?:model|rules)$/),
				});
				const told = answer.warnings?.join('\n') ?? '';
				expect(told.includes('this was done by rules')).toBe(answer.method === 'rules');
			}
			const { titles } = await endOf(name);
			expect(titles).toEqual(['Menu', 'Orders', 'Kitchen', 'Bills', 'Tables', 'Stock'].slice(0, titles.length));
			expect(titles.length).toBe(6);
		},
		120_000,
	);

	it('keeps the tasks of the parts that were read, and names the one that was not', async () => {
		const { parsed, titles } = await endOf('half');
		expect(parsed.method).toBe('model');
		expect(parsed.warnings?.join()).toMatch(/gave nothing usable for part 2 \(“.+”\) of \d/);
		expect(titles).toContain('Menu');
		expect(titles.length).toBeGreaterThan(1);
		expect(titles.length).toBeLessThan(6);
	});
});

/** Long enough for several parts where they are to be. */
function documentOf(name: string): string {
	const filler =
		name === 'half'
			? `${'The house has been run by the same family since the year of the great flood. '.repeat(60)}\n\n`
			: '';
	const sections = ['Menu', 'Orders', 'Kitchen', 'Bills', 'Tables', 'Stock'].map(
		(title) => `### ${title}\n\nFor case-${name}.\n\n${filler}- It must be quick\n- It should be shown to guests\n`,
	);
	return `# Restaurant, case-${name}\n\n## Features\n\n${sections.join('\n')}`;
}
