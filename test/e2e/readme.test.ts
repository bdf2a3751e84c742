import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const shellBlocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);

describe('the README', () => {
	let errand: ErrandProcess;
	beforeAll(async () => {
		errand = await startErrand();
	});
	afterAll(() => errand.dispose());

	it('has a call of the API that works as it stands, but for where the server is', async () => {
		const curl = shellBlocks.find((block) => block.includes('curl ')) ?? '';
		const command = curl
			.replace('http://127.0.0.1:3000', errand.url)
			.replace('data/token', join(errand.dataDir, 'token'));
		const { stdout, status } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
		expect(status).toBe(0);
		const { id } = JSON.parse(stdout) as { id: string };
		expect((await errand.settled(id)).status).toBe('done');
	});

	it('names npm scripts that exist', () => {
		const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
			scripts: Record<string, string>;
		};
		const named = [...readme.matchAll(/npm (?:run (?:--silent )?)?([a-z:-]+)/g)].map(([, name = '']) => name);
		expect(named).toContain('start');
		expect(named.filter((name) => !(name in scripts))).toEqual([]);
	});

	it('promises only goals that are planned, never shrugged off', async () => {
		const goals = [...readme.matchAll(/^\| (?:a|an|facts|answers)\b[^|]*\| (.+) \|$/gm)].flatMap(([, cell = '']) =>
			[...cell.matchAll(/"([^"]+)"/g)].map(([, goal = '']) => goal),
		);
		expect(goals.length).toBeGreaterThanOrEqual(6);
		const attachments = ['240', '310', '275'].map((millions) => ({
			name: `note-${millions}.txt`,
			type: 'text/plain',
			base64: Buffer.from(`Premium: $${millions} a year. Deductible: $500.`).toString('base64'),
		}));
		for (const goal of goals) {
			if (goal.startsWith('…')) continue;
			const id = await errand.submit({ goal: goal.replace('…', 'It rains. It rains a lot.'), attachments });
			const task = await errand.settled(id);
			expect(task.plan.steps.length, `${goal}: ${task.result?.text ?? task.questions[0]?.text}`).toBeGreaterThan(0);
		}
	});

	it('shows files and folders that are there', () => {
		const paths = [...readme.matchAll(/`((?:packages|apps|test|docs)\/[^`]*)`|\]\(([^)#:]+)\)/g)].map(
			([, code, link]) => code ?? link ?? '',
		);
		expect(paths.length).toBeGreaterThan(10);
		expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
	});
});
