import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { asPersonId } from '@errand/core/domain/ids.ts';
import type { IPlanner, PlanRequest } from '@errand/core/ports/planner.ts';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { type InProcessErrand, inline, startInProcess } from '../harness/in-process-errand.ts';

const OWNER = { person: asPersonId('ann'), role: 'owner' } as const;
const text = z.object({ text: z.string() });
const said: string[] = [];
let broken = false;
const say = inline(
	'test.say',
	async (input) => {
		if (broken) throw new Error('It broke.');
		said.push((input as { text: string }).text);
		return { text: 'said' };
	},
	{ input: text, output: text, retry: { maxAttempts: 1, waitsMs: [] } },
);
const post = inline('test.post', async () => ({ text: 'posted' }), { input: text, output: text, effects: 'external' });

/** Plans two steps for whatever is quoted: to say it, and to say it or to post it. */
const planned: PlanRequest[] = [];
const planner: IPlanner = {
	async plan(request) {
		planned.push(request);
		const quoted = /"([^"]*)"/.exec(request.goal)?.[1] ?? 'nothing';
		const second = request.goal.startsWith('Post') ? 'test.post' : 'test.say';
		const step = (id: string, capability: string) => ({
			...{ id: id as never, title: id, capability, input: { text: quoted } },
			...{ dependsOn: [], essential: true },
		});
		return { kind: 'plan', by: 'rules:test', method: 'rules', steps: [step('one', 'test.say'), step('two', second)] };
	},
};

let dataDir: string;
let errand: InProcessErrand;
const start = () => startInProcess({ catalogue: [say, post], planner, dataDir });

beforeAll(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'errand-learned-'));
	errand = await start();
});
beforeEach(() => {
	planned.length = 0;
	said.length = 0;
	broken = false;
});
afterAll(async () => {
	await errand?.stop();
	await rm(dataDir, { recursive: true, force: true });
});

let messages = 0;
/** Says something and resolves with the first reply after it that fits. */
async function reply(words: string, fits: RegExp): Promise<string> {
	const before = errand.delivered.length;
	await errand.say(words, { id: `said-${++messages}` });
	for (;;) {
		const found = errand.delivered.slice(before).find((one) => fits.test(one.text));
		if (found !== undefined) return found.text;
		await wait(5);
	}
}

it('hints once at saving what is done for the second time', async () => {
	expect(await reply('Post "good morning" on the wall of our team', /said|posted|done/i)).not.toContain('/save');
	expect(await reply('Post "good night" on the wall of our team', /\/save/)).toContain(
		'`/save 2 as post-wall-our-team`',
	);
	await reply('Post "good luck" on the wall of our team', /said|posted|done/i);
	await wait(50);
	expect(errand.delivered.filter((one) => one.text.includes('/save'))).toHaveLength(1);
	await reply('/save 2 as wall', /Saved as \*\*wall\*\*/);
});

it('offers a saved workflow, asks once, runs it with what the goal says, and keeps that over a restart', async () => {
	await errand.stop();
	errand = await start();
	await errand.orchestrator.resume();
	const question = await reply('Post "welcome" on the wall of our team', /This looks like/);
	expect(question).toBe(
		'This looks like your workflow "wall", Post "{text}" on the wall of our team (text: welcome). Run it?',
	);
	expect(planned).toEqual([]);
	await reply('1', /Running your workflow "wall" \(text: welcome\) \(2 steps\)\./);
	await expect.poll(() => said).toEqual(['welcome']);
	const stats = async () => (await errand.orchestrator.workflows.desk.stats(OWNER, 'wall')).done;
	await expect.poll(stats).toBe(1);
});

it('plans afresh where that is wanted, without asking again in the task', async () => {
	await reply('Post "hello" on the wall of our team', /This looks like/);
	await reply('Plan afresh', /On it/);
	expect(planned).toHaveLength(1);
	expect(planned[0]?.answers).toEqual([]);
	await reply('Post "hello" on the wall of our team', /This looks like/);
	await reply('3', /On it/);
	// Never again for such goals, in another process too.
	await errand.stop();
	errand = await start();
	await errand.orchestrator.resume();
	await reply('Post "hello" on the wall of our team', /On it/);
	expect(planned).toHaveLength(3);
});

it('runs at once what says the same and changes nothing in the world', async () => {
	await reply('Read "a poem" aloud to everybody', /On it/);
	await expect.poll(() => said).toEqual(['a poem', 'a poem']);
	const number = (await errand.orchestrator.tasks.list(OWNER, { limit: 100 })).tasks.length;
	await expect.poll(() => reply(`/save ${number} as poems`, /saved/i)).toContain('Saved as **poems**');
	expect(await reply('Read "a story" aloud to everybody', /This is your workflow/)).toBe(
		'This is your workflow "poems" (text: a story), so I run it (2 steps).',
	);
	expect(planned).toHaveLength(1);
});

it('retires one that fails again and again, and says so once', async () => {
	broken = true;
	for (const word of ['one', 'two', 'three']) {
		await reply(`Read "${word}" aloud to everybody`, /That did not work/);
	}
	await expect.poll(() => errand.delivered.filter((one) => /poems\*\* failed in 3/.test(one.text)).length).toBe(1);
	broken = false;
	await reply('Read "four" aloud to everybody', /On it/);
});

it('opens no library for whoever has saved nothing, nor for small talk', async () => {
	const opened: string[] = [];
	const watch = (one: InProcessErrand, name: string) => {
		const { workflows } = one.orchestrator;
		const open = workflows.open.bind(workflows);
		workflows.open = () => {
			opened.push(name);
			return open();
		};
	};
	watch(errand, 'small talk');
	await reply('Thanks!', /On it/);
	const fresh = await startInProcess({ catalogue: [say, post], planner });
	watch(fresh, 'nothing saved');
	await fresh.say('Post "welcome" on the wall of our team');
	await fresh.heard((one) => /On it/.test(one.text));
	expect(opened).toEqual([]);
	await fresh.stop();
});
