import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import type { Json } from '@errand/core/domain/json.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { aJob } from '@errand/core/testing/a-job.ts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ChildPool } from '../children/child-pool.ts';
import { RunServices } from '../services/run-services.ts';
import type { ModuleSource } from './modules/module-source.ts';
import { openModuleSource } from './open-module-source.ts';

let folder: string;
let source: ModuleSource;
let pool: ChildPool;
const told: { message: string; facts: Record<string, unknown> }[] = [];
const tell = (message: string, facts: object = {}) => void told.push({ message, facts: { ...facts } });
const log: ILogger = { debug: tell, info: tell, warn: tell, error: tell };

const shout = (how: string) => `
import { capability } from '@errand/capability-sdk';
import { z } from 'zod';
import { loud } from './loud.ts';

export default capability({
	name: 'demo.shout',
	summary: 'Writes in capitals.',
	input: z.object({ text: z.string(), ms: z.number().default(0) }),
	effects: 'none',
	async run({ text, ms }: { text: string; ms: number }) {
		await new Promise((resolve) => setTimeout(resolve, ms));
		return { text: loud(text) + '${how}' };
	},
});
`;
const write = (name: string, text: string) => writeFile(join(folder, name), text);
const names = () =>
	source
		.capabilities()
		.map(({ name }) => name)
		.toSorted();

async function run(input: Json) {
	const capability = source.capabilities().find(({ name }) => name === 'demo.shout');
	if (capability === undefined) throw new Error('It is not there.');
	const job = aJob('t', { capability: capability.name, input });
	const services = new RunServices({}, { job, run: 1, capability, clock: new SystemClock() });
	const request = { job, capability, services, workspace: undefined, onProgress: () => {} };
	const outcome = await pool.start(request).outcome;
	return outcome.kind === 'completed' ? (outcome.output as { text: string }).text : outcome;
}

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'errand-modules-'));
	await write('loud.ts', 'export const loud = (text: string) => text.toUpperCase();');
	await write('shout.ts', shout('!'));
	source = await openModuleSource({ modules: [join(folder, '*.ts')], localDir: folder, cacheDir: folder, log });
	pool = new ChildPool({
		init: {
			catalogueUrl: new URL('../children/fixture/catalogue.ts', import.meta.url).href,
			...{ dataDir: folder, allowPrivateHosts: [] },
		},
		...{ compileCacheDir: join(folder, 'compile-cache'), clock: new SystemClock(), log, maxChildren: 2 },
	});
	source.onChange(() => pool.renew());
});

afterAll(async () => {
	await source.stop();
	await pool.stop();
	await rm(folder, { recursive: true, force: true });
});

describe('modules of the operator', () => {
	it('bring capabilities that run in children, from wherever they stand', async () => {
		expect(names()).toEqual(['demo.shout']);
		expect(await run({ text: 'hi' })).toBe('HI!');
	});

	it('are read again when a file of theirs changed; runs under way end with the old code', async () => {
		const underWay = run({ text: 'slow', ms: 1_500 });
		await new Promise((resolve) => setTimeout(resolve, 500));
		await write('loud.ts', 'export const loud = (text: string) => text.toUpperCase() + text.toUpperCase();');
		const before = source.capabilities()[0];
		await vi.waitFor(() => expect(source.capabilities()[0]).not.toBe(before), { timeout: 15_000 });
		expect(await run({ text: 'new' })).toBe('NEWNEW!');
		expect(await underWay).toBe('SLOW!');
	});

	it('that do not load are said with file and line, and what they brought before stays and runs', async () => {
		told.length = 0;
		const broken = `${shout('?')}\nconst broken = ;\n`;
		const line = broken.split('\n').indexOf('const broken = ;') + 1;
		await write('shout.ts', broken);
		await vi.waitFor(() => expect(told.map(({ message }) => message)).toContain('module not loaded'), {
			timeout: 15_000,
		});
		const { facts } = told.find(({ message }) => message === 'module not loaded') ?? { facts: {} };
		expect(facts).toMatchObject({ file: join(folder, 'shout.ts'), line, keepsWhatItBroughtBefore: true });
		pool.renew();
		expect(await run({ text: 'old' })).toBe('OLDOLD!');
	});

	it('cannot take the server down: not by leaving, not by lying about what they bring', async () => {
		told.length = 0;
		await write('leaves.ts', 'process.exit(3);');
		await write('lies.ts', "export const lie = { name: 'demo.lie', input: 1, effects: 'none', run() {} };");
		await write('empty.ts', 'export const nothing = 1;');
		await vi.waitFor(() => expect(told.filter(({ message }) => message === 'module not loaded')).toHaveLength(3), {
			timeout: 20_000,
		});
		const problems = told.map(({ facts }) => String(facts['problem']));
		expect(problems.find((one) => one.includes('code 3'))).toBeDefined();
		expect(problems.find((one) => one.includes('"demo.lie" is not declared well'))).toBeDefined();
		expect(names()).toEqual(['demo.shout']);
	});
});
