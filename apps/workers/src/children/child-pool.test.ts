import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import { isJsonObject, type Json } from '@errand/core/domain/json.ts';
import type { Job } from '@errand/core/ports/job-queue.ts';
import { aJob } from '@errand/core/testing/a-job.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { ScriptedModel } from '@errand/core/testing/scripted-model.ts';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { StepProgress } from '../runs/run-context.ts';
import type { RunHandle } from '../runs/runner.ts';
import { type HostServices, RunServices } from '../services/run-services.ts';
import { ChildPool, type ChildPoolOptions } from './child-pool.ts';
import { catalogue } from './fixture/catalogue.ts';

// Processes are slow to start on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
const catalogueUrl = new URL('./fixture/catalogue.ts', import.meta.url).href;
let dataDir: string;
let pool: ChildPool;

beforeAll(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'errand-children-'));
});
afterEach(async () => {
	await pool.stop();
});
afterAll(async () => {
	await rm(dataDir, { recursive: true, force: true });
});

function openPool(overrides: Partial<ChildPoolOptions> = {}): ChildPool {
	pool = new ChildPool({
		init: { catalogueUrl, dataDir, allowPrivateHosts: [] },
		compileCacheDir: join(dataDir, 'compile-cache'),
		clock: new SystemClock(),
		log,
		maxChildren: 2,
		...overrides,
	});
	return pool;
}

function start(
	name: string,
	input: Json = null,
	job: Partial<Job> = {},
	onProgress?: (said: StepProgress) => void,
	services: HostServices = {},
): RunHandle {
	const capability = catalogue.find((known) => known.name === name);
	if (capability === undefined) throw new Error(`no handler ${name}`);
	const given = aJob('t', { capability: name, input, ...job });
	const request = { job: given, capability, workspace: undefined };
	const bound = new RunServices(services, { job: given, run: 1, capability, clock: new SystemClock() });
	return pool.start({ ...request, services: bound, onProgress: onProgress ?? (() => {}) });
}

/** Starts a handler that says so when it is under way, and waits for that. */
async function underWay(name: string, input: Json = null): Promise<RunHandle> {
	const { promise, resolve } = Promise.withResolvers<unknown>();
	const handle = start(name, input, {}, resolve);
	await Promise.race([promise, handle.outcome]);
	return handle;
}

const run = (...work: Parameters<typeof start>) => start(...work).outcome;

test('gives a handler its input and brings its output and origins back', async () => {
	openPool();
	const input = { text: 'Grüße "quoted"\n', list: [1, null, true] };
	expect(await run('test.echo', input)).toEqual({ kind: 'completed', output: input, origins: [] });
	expect(await run('test.taint')).toEqual({ kind: 'completed', output: null, origins: ['web:example.org'] });
});

test('uses a child again, and never starts more than it may', async () => {
	openPool();
	expect(pool.pids).toEqual([]);
	const outcomes = await Promise.all(Array.from({ length: 12 }, () => run('test.pid')));
	const pids = new Set(outcomes.map((outcome) => (outcome.kind === 'completed' ? outcome.output : outcome)));
	expect(pids.size).toBeLessThanOrEqual(2);
	expect(pool.pids.length).toBeLessThanOrEqual(2);
});

test('retires idle children down to none', async () => {
	openPool({ idleMs: 50 });
	await run('test.echo');
	await vi.waitFor(() => expect(pool.pids).toEqual([]), { timeout: 10_000 });
	expect(await run('test.echo', 1)).toMatchObject({ kind: 'completed', output: 1 });
});

test('hides the environment of the host from handlers', async () => {
	openPool();
	const outcome = await run('test.environment');
	const environment = outcome.kind === 'completed' && isJsonObject(outcome.output) ? outcome.output : {};
	expect(Object.keys(environment).sort()).toEqual(['NODE_COMPILE_CACHE', 'TZ']);
});

test.each(['test.exit', 'test.crash'])(
	'reports %s as lost with its child, and runs the next job in another',
	async (name) => {
		openPool({ maxChildren: 1 });
		expect(await run(name)).toEqual({ kind: 'lost', cause: 'child-died' });
		expect(await run('test.echo', 'next')).toMatchObject({ kind: 'completed', output: 'next' });
	},
);

test('stops an endless loop that is cancelled, while the host and other runs go on', async () => {
	openPool();
	const spinning = await underWay('test.spin');
	let turns = 0;
	const counter = setInterval(() => turns++, 5);
	expect(await run('test.echo', 'beside')).toMatchObject({ kind: 'completed', output: 'beside' });
	turns = 0;
	spinning.stop('cancelled');
	expect(await spinning.outcome).toMatchObject({ kind: 'failed', failure: { kind: 'cancelled' } });
	clearInterval(counter);
	expect(turns).toBeGreaterThan(1);
});

test('shields runs from the signals that a terminal sends to the whole group', async () => {
	openPool();
	const waiting = await underWay('test.wait', 200);
	for (const pid of pool.pids) for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.kill(pid, signal);
	expect(await waiting.outcome).toMatchObject({ kind: 'completed' });
});

test('lets a handler that heeds its signal end by itself and keeps its child', async () => {
	// It has as long as it takes.
	openPool({ clock: new FakeClock() });
	const waiting = await underWay('test.wait', 60_000);
	const pids = pool.pids;
	waiting.stop('cancelled');
	expect(await waiting.outcome).toMatchObject({ kind: 'failed', failure: { kind: 'cancelled' } });
	expect(await run('test.pid')).toMatchObject({ output: pids[0] });
});

test('ends a run that was stopped by what stopped it, even if its handler still completes', async () => {
	openPool();
	const stubborn = await underWay('test.stubborn', 20);
	stubborn.stop('timed-out');
	stubborn.stop('cancelled');
	expect(await stubborn.outcome).toMatchObject({ kind: 'failed', failure: { kind: 'timed-out' } });
});

test('ends a run that is stopped before a child was there', async () => {
	openPool();
	const early = start('test.echo');
	early.stop('cancelled');
	expect(await early.outcome).toMatchObject({ kind: 'failed', failure: { kind: 'cancelled' } });
	expect(await run('test.echo', 'next')).toMatchObject({ kind: 'completed', output: 'next' });
});

test('stops a handler that holds more memory than it may', async () => {
	openPool({ memoryMb: 200 });
	expect(await run('test.leak')).toMatchObject({
		kind: 'failed',
		failure: { kind: 'permanent', code: 'too-large', message: expect.stringContaining('more than 200 MB') },
	});
});

test('stops a handler that fills its heap in one go', async () => {
	openPool({ memoryMb: 150 });
	expect(await run('test.heap')).toMatchObject({ kind: 'failed', failure: { kind: 'permanent', code: 'too-large' } });
});

test('refuses an output larger than 32 MB, and passes one below', async () => {
	openPool();
	const MB = 1024 * 1024;
	expect(await run('test.large', 33 * MB)).toMatchObject({
		kind: 'failed',
		failure: { kind: 'permanent', code: 'too-large' },
	});
	const passed = await run('test.large', 8 * MB);
	expect(passed.kind === 'completed' && typeof passed.output === 'string' && passed.output.length).toBe(8 * MB);
});

test('passes on a few words of a handler that never stops talking, and the last one', async () => {
	openPool();
	const heard: StepProgress[] = [];
	await run('test.chatter', null, {}, (said) => heard.push(said));
	expect(heard.length).toBeLessThan(20);
	expect(heard.at(-1)).toMatchObject({ text: 'last word' });
});

test('ends a run with questions, and gives the next one the answers', async () => {
	openPool();
	expect(await run('test.ask')).toEqual({ kind: 'asked', questions: [{ kind: 'text', text: 'Which one?' }] });
	const answers = [{ question: 'Which one?', answer: 'the blue one' }];
	expect(await run('test.ask', null, { answers })).toMatchObject({ kind: 'completed', output: ['the blue one'] });
});

test('passes on the wait that a failure asks for', async () => {
	openPool();
	expect(await run('test.refuse')).toMatchObject({
		kind: 'failed',
		failure: { kind: 'retryable', code: 'rate-limited', retryAfterMs: 7_000 },
	});
});

test('reports a child that cannot start as a fault of the host, not of the job', async () => {
	const onFault = vi.fn();
	openPool({ init: { catalogueUrl: 'file:///nowhere/catalogue.ts', dataDir, allowPrivateHosts: [] }, onFault });
	expect(await run('test.echo')).toEqual({ kind: 'lost', cause: 'drained' });
	expect(onFault).toHaveBeenCalledWith(expect.stringContaining('nowhere'));
});

test('ends runs under way as drained when it stops, leaves no child, and stops twice safely', async () => {
	openPool({ maxChildren: 1 });
	const runs = [await underWay('test.spin'), start('test.echo')];
	const pids = pool.pids;
	await pool.stop();
	await pool.stop();
	for (const { outcome } of runs) expect(await outcome).toEqual({ kind: 'lost', cause: 'drained' });
	for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow();
	expect(await run('test.echo')).toEqual({ kind: 'lost', cause: 'drained' });
});

test('answers what a handler asks of its host', async () => {
	openPool();
	const model = new ScriptedModel([['one ', 'two']]);
	const partials: unknown[] = [];
	const { outcome } = start('test.model', null, {}, ({ partial }) => partials.push(partial), { model });
	expect(await outcome).toMatchObject({
		kind: 'completed',
		output: { name: 'scripted-1', heard: 'one two', text: 'one two' },
	});
	expect(partials[0]).toBe('one ');
	expect(await start('test.model').outcome).toMatchObject({ output: 'no model' });
});

test('gives a handler the error of the service, with its wait', async () => {
	const error = Object.assign(new CoreError('model-unavailable', 'Busy.', { hint: 'Wait.' }), { retryAfterMs: 900 });
	openPool();
	const model = new ScriptedModel([error]);
	expect(await start('test.model', null, {}, undefined, { model }).outcome).toMatchObject({
		kind: 'failed',
		failure: { kind: 'retryable', code: 'model-unavailable', message: 'Busy.', hint: 'Wait.', retryAfterMs: 900 },
	});
});
