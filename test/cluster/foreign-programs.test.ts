import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { programAcl } from '@errand/core/adapters/redis/worker-acl.ts';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFailed, vi } from 'vitest';
import { type ClusterErrand, startCluster } from './support/cluster-errand.ts';
import { ownPlace } from './support/own-place.ts';

const EXAMPLE = resolve(import.meta.dirname, '../../docs/examples/python-worker/worker.py');
const soon = (ask: () => Promise<unknown>) => vi.waitFor(ask, { timeout: 20_000, interval: 50 });
const hasPython = spawnSync('python3', ['--version']).status === 0;

/** What workers do not have of themselves, in a cluster as it ships: a module in TypeScript, and a program in Python. */
describe('capabilities of others in a cluster', () => {
	let cluster: ClusterErrand;
	let modules: string;
	let env: Record<string, string>;
	const programs: ChildProcess[] = [];

	beforeAll(async () => {
		const { databaseUrl, redisUrl, cluster: name } = await ownPlace();
		modules = await mkdtemp(join(tmpdir(), 'errand-modules-'));
		await writeFile(join(modules, 'shout.ts'), SHOUT);
		cluster = await startCluster({
			...{ postgresUrl: databaseUrl, redisUrl, cluster: name, gateways: 1, workers: 1 },
			workerArgs: ['--modules', modules],
		});
		const admin = new Redis(redisUrl);
		await admin.acl('SETUSER', `program-${name}`, 'reset', 'on', '>for-tests', ...programAcl(name, 'python-example'));
		admin.disconnect();
		const url = new URL(redisUrl);
		url.username = `program-${name}`;
		url.password = 'for-tests';
		env = { REDIS_URL: url.href, ERRAND_CLUSTER: name, PATH: process.env['PATH'] ?? '' };
	});
	afterAll(async () => {
		for (const program of programs) program.kill('SIGKILL');
		await cluster?.dispose();
		await rm(modules, { recursive: true, force: true });
	});

	const offered = async () => {
		const { capabilities } = (await (await cluster.gateway(0).call('GET', '/v1/capabilities')).json()) as {
			capabilities: { name: string; source?: string; input: object }[];
		};
		return new Map(capabilities.map((one) => [one.name, one]));
	};
	const startPython = () => {
		const program = spawn('python3', [EXAMPLE], { env, stdio: ['ignore', 'pipe', 'inherit'] });
		programs.push(program);
		return program;
	};
	const step = (capability: string, input: object) => ({
		id: 'one',
		title: 'One',
		capability,
		input,
		dependsOn: [],
		essential: true,
	});
	const submit = (capability: string, input: object) =>
		cluster.any.submit({ goal: 'try', plan: [step(capability, input)] });
	const isRunning = (id: string) =>
		soon(async () => expect((await cluster.any.task(id)).plan.steps[0]?.status).toBe('running'));
	const outputOf = async (id: string) => {
		const { status } = await cluster.any.settled(id, 40_000);
		const facts = await cluster.any.facts(id);
		const done = facts.find(({ type }) => type === 'StepCompleted');
		return { status, output: (done?.data as { output?: { value?: unknown } } | undefined)?.output?.value, facts };
	};

	it('come with the worker that has the module, and are carried out there', async () => {
		onTestFailed(() => console.error(cluster.outputs()));
		await soon(async () => expect((await offered()).get('demo.shout')?.source).toBe('modules'));
		expect(await outputOf(await submit('demo.shout', { text: 'hi' }))).toMatchObject({
			status: 'done',
			output: { text: 'HI' },
		});
	});

	it.skipIf(!hasPython)('come with a program in Python: its outputs, its errors, its end', async () => {
		onTestFailed(() => console.error(cluster.outputs()));
		const first = startPython();
		await soon(async () => expect((await offered()).get('demo.count')?.source).toBe('program:python-example'));
		expect(await outputOf(await submit('demo.count', { text: 'one two' }))).toMatchObject({ output: { words: 2 } });
		const failed = await submit('demo.count', { text: ' ' });
		expect(await cluster.any.settled(failed)).toMatchObject({ status: 'failed' });
		expect(JSON.stringify(await cluster.any.facts(failed))).toContain('There are no words to count.');
		const refused = await cluster.any.call('POST', '/v1/tasks', { goal: 'try', plan: [step('demo.count', {})] });
		expect(refused.status).toBe(422);

		const asking = await submit('demo.greet', { word: 'Hello' });
		await soon(async () => expect((await cluster.any.task(asking)).questions).toHaveLength(1));
		const [question] = (await cluster.any.task(asking)).questions;
		expect(question).toMatchObject({ kind: 'text', text: 'The program "python-example" asks: Whom shall I greet?' });
		await cluster.any.call('POST', `/v1/tasks/${asking}/input`, { questionId: question?.id, answer: 'Ann' });
		expect(await outputOf(asking)).toMatchObject({ status: 'done', output: { text: 'Hello, Ann!' } });

		// Killed in the middle: another instance begins the run anew.
		const id = await submit('demo.wait', { ms: 4_000 });
		await isRunning(id);
		first.kill('SIGKILL');
		startPython();
		const { status, output, facts } = await outputOf(id);
		expect(status).toBe('done');
		expect(output).toMatchObject({ waited: 4_000 });
		expect(facts.filter(({ type }) => type === 'StepLost')).toMatchObject([{ data: { cause: 'host-died' } }]);

		// Cancelled in the middle, and gone once the last instance says goodbye.
		const long = await submit('demo.wait', { ms: 50_000 });
		await isRunning(long);
		await cluster.any.call('POST', `/v1/tasks/${long}/cancel`);
		await soon(async () => expect((await cluster.any.task(long)).status).toBe('cancelled'));
		const last = programs.at(-1);
		const gone = new Promise((left) => last?.once('exit', left));
		last?.kill('SIGTERM');
		await gone;
		await soon(async () => expect((await offered()).has('demo.count')).toBe(false));
		const away = await cluster.any.call('POST', '/v1/tasks', {
			goal: 'try',
			plan: [step('demo.count', { text: 'x' })],
		});
		expect(await away.text()).toContain('which is not here now');
	});
});

const SHOUT = `
import { capability } from '@errand/capability-sdk';
import { z } from 'zod';

export default capability({
	name: 'demo.shout',
	summary: 'Writes in capitals.',
	input: z.object({ text: z.string() }),
	effects: 'none',
	run: ({ text }) => ({ text: text.toUpperCase() }),
});
`;
