import { InProcessEventBus } from '@errand/core/adapters/in-process/in-process-event-bus.ts';
import { InProcessJobQueue } from '@errand/core/adapters/in-process/in-process-job-queue.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import { asTaskId } from '@errand/core/domain/ids.ts';
import type { Json } from '@errand/core/domain/json.ts';
import { LiveCatalogue } from '@errand/core/planning/live-catalogue.ts';
import type { IArtifactStore } from '@errand/core/ports/artifact-store.ts';
import type { ICapability, RunContext } from '@errand/core/ports/capability.ts';
import type { Job, RunOutcome, RunReport } from '@errand/core/ports/job-queue.ts';
import type { CachedResult } from '@errand/core/ports/result-cache.ts';
import { RunLost } from '@errand/core/ports/run-lost.ts';
import type { WorkerStatus } from '@errand/core/ports/worker-registry.ts';
import { aJob } from '@errand/core/testing/a-job.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { ScriptedModel } from '@errand/core/testing/scripted-model.ts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { InlineRunner } from '../runs/inline-runner.ts';
import type { HostServices } from '../services/run-services.ts';
import { WorkerHost, type WorkerHostOptions } from './worker-host.ts';

const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
// None of these handlers touches files; one that did would fail here.
const artifacts: IArtifactStore = {
	put: () => Promise.reject(new Error('no files here')),
	get: () => Promise.resolve(undefined),
	stat: () => Promise.resolve(undefined),
	eraseOf: () => Promise.resolve(),
};
const resources = { artifacts, fetch: () => Promise.reject(new Error('no network here')) };

let clock: FakeClock;
let queue: InProcessJobQueue;
let bus: InProcessEventBus;
let told: string[];
let outcomes: Map<string, RunOutcome>;
let beats: WorkerStatus[];
let cached: Map<string, CachedResult>;
let wanted: boolean;

beforeEach(() => {
	clock = new FakeClock();
	queue = new InProcessJobQueue();
	bus = new InProcessEventBus(log);
	told = [];
	outcomes = new Map();
	beats = [];
	cached = new Map();
	wanted = true;
});

function capability(
	run: (input: Json, context: RunContext) => Promise<Json>,
	more: Partial<ICapability> = {},
): ICapability {
	const json: z.ZodType<Json> = z.json();
	const made: ICapability<Json, Json> = {
		name: 'test.work',
		version: 1,
		summary: 'Works.',
		input: json,
		output: json,
		effects: 'none',
		pure: false,
		placement: 'inline',
		concurrency: 2,
		run,
	};
	return { ...made, ...more } as ICapability;
}

const openHost = (...catalogue: ICapability[]) => openHostWith({}, ...catalogue);
let leases: WorkerHostOptions['leases'];

function openHostWith(services: HostServices, ...catalogue: ICapability[]): WorkerHost {
	const inline = new InlineRunner(resources, clock);
	const host = new WorkerHost({
		worker: 'worker-1',
		catalogue: new LiveCatalogue(catalogue),
		queue,
		reports: {
			started: async ({ job }: RunReport) => {
				told.push(`started ${job.id}`);
				return wanted;
			},
			ended: async ({ job }: RunReport, outcome: RunOutcome) => {
				told.push(`${outcome.kind} ${job.id}`);
				outcomes.set(job.id, outcome);
			},
		},
		bus,
		cache: {
			get: async (person, key) => cached.get(`${person} ${key}`),
			put: async (person, key, result) => void cached.set(`${person} ${key}`, result),
			eraseOf: async () => cached.clear(),
		},
		clock,
		log,
		inline,
		// Same handlers, same process: what children do is tested beside them.
		services,
		children: { maxChildren: 2, start: (request) => inline.start(request) },
		openWorkspace: async (task) => `/workspaces/${task}`,
		leases,
		heartbeat: { everyMs: 1_000, publish: (status) => beats.push(status) },
	});
	host.start();
	return host;
}

async function runJob(overrides: Partial<Job> = {}): Promise<RunOutcome | undefined> {
	const job = aJob('t', overrides);
	await queue.enqueue(job);
	await clock.advance(0);
	await clock.advance(0);
	return outcomes.get(job.id);
}

const endless = (_input: Json, { signal }: RunContext) =>
	new Promise<Json>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
const deaf = () => new Promise<Json>(() => {});

test('runs a job and reports its outcome; an inline one reports nothing else', async () => {
	openHost(capability(async (input) => ({ got: input })));
	expect(await runJob({ input: 'this' })).toEqual({ kind: 'completed', output: { got: 'this' }, origins: [] });
	expect(told).toEqual(['completed t.step.1']);
});

test('records the start of a job for a child before it runs', async () => {
	openHost(
		capability(
			async () => {
				told.push('ran');
				return null;
			},
			{ placement: 'process' },
		),
	);
	await runJob();
	expect(told).toEqual(['started t.step.1', 'ran', 'completed t.step.1']);
});

test('records the start of an inline job that acts on the world before it acts, so that a kill in between does not have it act twice', async () => {
	openHost(
		capability(async () => {
			told.push('acted');
			return null;
		}),
	);
	await runJob({ effects: 'external' });
	expect(told).toEqual(['started t.step.1', 'acted', 'completed t.step.1']);
});

test('does not run what is no longer wanted', async () => {
	const run = vi.fn(async () => null);
	const host = openHost(capability(run, { placement: 'process' }));
	wanted = false;
	await runJob();
	expect(told).toEqual(['started t.step.1']);
	expect(run).not.toHaveBeenCalled();
	expect(host.status().running).toEqual([]);
});

test('fails bad input and bad output for good, with a message that names the problem', async () => {
	const input = z.object({ url: z.url() });
	openHost(capability(async () => null, { input, output: z.string() }));
	expect(await runJob({ input: { url: 'nonsense' } })).toMatchObject({
		kind: 'failed',
		failure: { kind: 'permanent', code: 'invalid-input', message: expect.stringContaining('url') },
	});
	expect(await runJob({ id: 'second', input: { url: 'https://example.org' } })).toMatchObject({
		kind: 'failed',
		failure: { kind: 'permanent', code: 'internal' },
	});
});

test('keeps to the concurrency of each capability', async () => {
	const host = openHost(capability(endless, { concurrency: 2 }));
	for (const task of ['a', 'b', 'c']) await queue.enqueue(aJob(task));
	await clock.advance(0);
	expect(host.status().running.map(({ jobId }) => jobId)).toEqual(['a.step.1', 'b.step.1']);
	await queue.cancel('a.step.1');
	await clock.advance(0);
	expect(host.status().running.map(({ jobId }) => jobId)).toEqual(['b.step.1', 'c.step.1']);
});

test('runs no more jobs in children than there may be children', async () => {
	const made = ['test.a', 'test.b', 'test.c'].map((name) => capability(endless, { name, placement: 'process' }));
	const host = openHost(...made);
	for (const { name } of made) await queue.enqueue(aJob(name, { capability: name }));
	await clock.advance(0);
	expect(host.status()).toMatchObject({ state: 'BUSY', load: 1, running: [{}, {}] });
});

test('stops a job that is cancelled, whether or not its handler listens', async () => {
	openHost(capability(endless), capability(deaf, { name: 'test.deaf' }));
	await queue.enqueue(aJob('listening'));
	await queue.enqueue(aJob('deaf', { capability: 'test.deaf' }));
	await clock.advance(0);
	await queue.cancel('listening.step.1');
	await queue.cancel('deaf.step.1');
	await clock.advance(200);
	for (const id of ['listening.step.1', 'deaf.step.1']) {
		expect(outcomes.get(id)).toMatchObject({ kind: 'failed', failure: { kind: 'cancelled' } });
	}
});

test('runs nothing for a job that was cancelled on its way', async () => {
	const run = vi.fn(async () => null);
	const host = openHost(capability(run));
	host.take(aJob('t'), 1, AbortSignal.abort());
	await clock.advance(0);
	expect(outcomes.get('t.step.1')).toMatchObject({ kind: 'failed', failure: { kind: 'cancelled' } });
	expect(run).not.toHaveBeenCalled();
});

test('ends a run whose job others may have by now, and does not say that nothing was done', async () => {
	const host = openHost(capability(endless));
	const held = new AbortController();
	host.take(aJob('t', { effects: 'external' }), 1, held.signal);
	await clock.advance(0);
	held.abort(new RunLost('t.step.1'));
	await clock.advance(200);
	expect(outcomes.get('t.step.1')).toEqual({ kind: 'lost', cause: 'host-died' });
});

test('stops a job that takes too long', async () => {
	openHost(capability(endless));
	await runJob({ timeoutMs: 5_000 });
	await clock.advance(4_999);
	expect(outcomes.size).toBe(0);
	await clock.advance(1);
	expect(outcomes.get('t.step.1')).toMatchObject({
		kind: 'failed',
		failure: { kind: 'timed-out', message: expect.stringContaining('5 s') },
	});
});

test('lets a slow model write on, and counts the time of other work', async () => {
	const model = new ScriptedModel([{ hangs: true }]);
	const work = async (_input: Json, context: RunContext) => {
		await context.model?.reply({ purpose: 'test', messages: [], maxTokens: 1 }).catch(() => null);
		return endless(null, context);
	};
	openHostWith({ model }, capability(work, { uses: ['model'], timeoutMs: 5_000 }));
	await runJob({ timeoutMs: 5_000 });
	await clock.advance(1_799_000);
	expect(outcomes.size).toBe(0);
	await clock.advance(1_000);
	await clock.advance(4_000);
	expect(outcomes.size).toBe(0);
	await clock.advance(1_000);
	expect(outcomes.get('t.step.1')).toMatchObject({ failure: { kind: 'timed-out' } });
});

test('holds a slow model to the limit that the plan sets', async () => {
	const work = async (_input: Json, { model }: RunContext) => {
		await model?.reply({ purpose: 'test', messages: [], maxTokens: 1 });
		return null;
	};
	const services = { model: new ScriptedModel([{ hangs: true }]) };
	openHostWith(services, capability(work, { uses: ['model'], timeoutMs: 5_000 }));
	await runJob({ timeoutMs: 3_000 });
	await clock.advance(3_000);
	expect(outcomes.get('t.step.1')).toMatchObject({ failure: { kind: 'timed-out' } });
});

test('asks, and gives the answers to the next run', async () => {
	openHost(
		capability(async (_input, context) => {
			if (context.answers.length === 0) context.ask([{ kind: 'text', text: 'Which?' }]);
			return context.answers.map(({ answer }) => answer);
		}),
	);
	expect(await runJob()).toEqual({ kind: 'asked', questions: [{ kind: 'text', text: 'Which?' }] });
	const answers = [{ question: 'Which?', answer: 'that' }];
	expect(await runJob({ id: 'second', attempt: 2, answers })).toMatchObject({ kind: 'completed', output: ['that'] });
});

test('asks even if the handler catches everything', async () => {
	openHost(
		capability(async (_input, context) => {
			try {
				return context.ask([{ kind: 'text', text: 'Which?' }]);
			} catch {
				return 'went on without';
			}
		}),
	);
	expect(await runJob()).toMatchObject({ kind: 'asked' });
});

test('computes a pure result once for each person, and keeps its origins', async () => {
	const run = vi.fn(async (_input: Json, context: RunContext) => {
		context.taint('web:example.org');
		return 'result';
	});
	openHost(capability(run, { pure: true }));
	const completed = { kind: 'completed', output: 'result', origins: ['web:example.org'] };
	expect(await runJob({ id: '1', input: { a: 1, b: 2 } })).toEqual(completed);
	expect(await runJob({ id: '2', input: { b: 2, a: 1 } })).toEqual({ ...completed, cached: true });
	expect(run).toHaveBeenCalledOnce();
	await runJob({ id: '3', input: { a: 1, b: 2 }, person: aJob('x').person.replace('anna', 'ben') as Job['person'] });
	expect(run).toHaveBeenCalledTimes(2);
});

test('keeps what a model made by its name, and nothing that it should have made and did not', async () => {
	const failed = new CoreError('model-unavailable', 'Busy.', { hint: 'Wait.' });
	const model = new ScriptedModel([failed, 'well said']);
	const run = vi.fn(async (_input: Json, context: RunContext): Promise<Json> => {
		const request = { purpose: 'test', messages: [], maxTokens: 1 };
		const reply = await context.model?.reply(request).catch(() => undefined);
		return { text: reply?.text ?? 'by rules', method: reply === undefined ? 'rules' : 'model' };
	});
	openHostWith({ model }, capability(run, { pure: true, uses: ['model'] }));
	expect(await runJob({ id: 'a' })).toMatchObject({ output: { text: 'by rules' } });
	expect(cached.size).toBe(0);
	expect(await runJob({ id: 'b' })).toMatchObject({ output: { text: 'well said' }, usage: { tokens: 10 } });
	const again = await runJob({ id: 'c' });
	expect(again).toMatchObject({ output: { text: 'well said' }, cached: true });
	expect(again).not.toHaveProperty('usage');
	openHost(capability(run, { name: 'test.other', pure: true, uses: ['model'] }));
	expect(await runJob({ id: 'd', capability: 'test.other' })).toMatchObject({ output: { text: 'by rules' } });
	expect([run.mock.calls.length, cached.size]).toEqual([3, 2]);
});

test('reports a run that met the end of the budget as lost, with what it cost', async () => {
	const model = new ScriptedModel(['a'], { usage: { tokens: 60, microUsd: 1 } });
	const work = async (_input: Json, context: RunContext) => {
		for (;;) await context.model?.reply({ purpose: 'test', messages: [], maxTokens: 1 });
	};
	openHostWith({ model }, capability(work, { uses: ['model'] }));
	expect(await runJob({ allowance: { tokens: 100, microUsd: 1_000_000 } })).toMatchObject({
		kind: 'lost',
		cause: 'over-budget',
		usage: { tokens: 120 },
	});
});

test('reports a run that met the budget of a day as lost to that, in its words', async () => {
	const over = new CoreError('over-day-budget', 'The day is spent.', { hint: 'Wait until 00:00 UTC.' });
	openHost(capability(() => Promise.reject(over)));
	const words = 'The day is spent. Wait until 00:00 UTC.';
	expect(await runJob({})).toMatchObject({ kind: 'lost', cause: 'over-day-budget', words });
});

test('runs a pure capability all the same when the cache is broken', async () => {
	openHost(capability(async () => 'result', { pure: true }));
	vi.spyOn(cached, 'get').mockImplementation(() => {
		throw new Error('cache broke');
	});
	vi.spyOn(cached, 'set').mockImplementation(() => {
		throw new Error('cache broke');
	});
	expect(await runJob()).toMatchObject({ kind: 'completed', output: 'result' });
});

test('does not start a second time what acts on the world', async () => {
	const run = vi.fn(async () => null);
	const host = openHost(capability(run, { effects: 'external' }));
	host.take(aJob('t', { effects: 'external' }), 2, new AbortController().signal);
	await clock.advance(0);
	expect(outcomes.get('t.step.1')).toMatchObject({ kind: 'failed', failure: { kind: 'unknown-outcome' } });
	expect(run).not.toHaveBeenCalled();
});

test('opens a workspace for those who declare it, and for nobody else', async () => {
	const tell = async (_input: Json, context: RunContext) => context.workspace ?? 'none';
	openHost(capability(tell, { sessions: ['workspace'] }), capability(tell, { name: 'test.other' }));
	expect(await runJob()).toMatchObject({ output: `/workspaces/${asTaskId('t')}` });
	expect(await runJob({ id: 'second', capability: 'test.other' })).toMatchObject({ output: 'none' });
});

describe('where other workers may have the browser of a task', () => {
	const lost = new AbortController();
	const run = vi.fn(async (_input: Json, context: RunContext): Promise<Json> => {
		await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
		return null;
	});
	const browses = (more: Partial<ICapability<Json, Json>> = {}) => capability(run, { sessions: ['browser'], ...more });
	afterEach(() => {
		leases = undefined;
		run.mockClear();
	});

	test('does not begin what belongs to another one', async () => {
		leases = { claim: async () => ({ kind: 'elsewhere', worker: 'other' }) };
		openHost(browses());
		expect(await runJob()).toEqual({ kind: 'lost', cause: 'elsewhere' });
		expect(run).not.toHaveBeenCalled();
	});

	test('does not begin while nobody can say whose it is', async () => {
		leases = { claim: () => Promise.reject(new CoreError('store-unreachable', 'Away.', { hint: 'Wait.' })) };
		openHost(browses());
		expect(await runJob()).toEqual({ kind: 'lost', cause: 'elsewhere' });
	});

	test('ends what is under way when it loses the browser, and does not say that nothing was done', async () => {
		leases = { claim: async (task) => ({ kind: 'held', lease: { task, lost: lost.signal } }) };
		openHost(browses());
		expect(await runJob()).toBeUndefined();
		lost.abort();
		await clock.advance(100);
		expect(outcomes.get('t.step.1')).toEqual({ kind: 'lost', cause: 'host-died' });
	});

	test('asks nobody where the browser is not needed', async () => {
		const claim = vi.fn();
		leases = { claim };
		openHost(capability(async () => 'done'));
		expect(await runJob()).toMatchObject({ output: 'done' });
		expect(claim).not.toHaveBeenCalled();
	});
});

test('says of a step that acts on the world and is drained in the middle that it may have acted', async () => {
	const host = openHost(capability(deaf, { effects: 'external' }));
	await runJob({ effects: 'external' });
	const stopped = host.stop({ drainMs: 1_000 });
	await clock.advance(3_000);
	await stopped;
	expect(outcomes.get('t.step.1')).toEqual({ kind: 'lost', cause: 'host-died' });
});

test('takes nothing new while it is paused', async () => {
	const host = openHost(capability(async () => 'done'));
	host.pause();
	expect(await runJob()).toBeUndefined();
	host.resume();
	await clock.advance(0);
	expect(outcomes.get('t.step.1')).toMatchObject({ output: 'done' });
	expect(host.runCounts).toEqual([{ capability: 'test.work', outcome: 'completed', count: 1 }]);
});

test('publishes progress with its task and step', async () => {
	openHost(
		capability(async (_input, context) => {
			context.progress({ percent: 250, text: 'reading' });
			return null;
		}),
	);
	const heard = vi.fn();
	bus.subscribe('progress', heard);
	await runJob();
	expect(heard).toHaveBeenCalledExactlyOnceWith({ taskId: 't', stepId: 'step', percent: 100, text: 'reading' });
});

test('drains: takes no more, lets jobs end in time, and reports the others as drained', async () => {
	let finish: (output: Json) => void = () => {};
	const quick = () => new Promise<Json>((resolve) => (finish = resolve));
	const host = openHost(capability(quick), capability(deaf, { name: 'test.deaf' }));
	await runJob({ id: 'quick' });
	await runJob({ id: 'deaf', capability: 'test.deaf' });
	const stopped = host.stop({ drainMs: 3_000 });
	expect(host.stop()).toBe(stopped);
	await runJob({ id: 'late' });
	expect(host.status().state).toBe('SHUTDOWN');
	finish('in time');
	await clock.advance(2_000);
	expect(outcomes.get('quick')).toMatchObject({ kind: 'completed', output: 'in time' });
	await clock.advance(2_000);
	await stopped;
	expect(outcomes.get('deaf')).toEqual({ kind: 'lost', cause: 'drained' });
	expect(outcomes.has('late')).toBe(false);
});

test('stops at once when nothing runs', async () => {
	const host = openHost(capability(endless));
	await host.stop({ drainMs: 60_000 });
	expect(clock.waiting).toBe(0);
});

test('backs off after a fault, longer each time, and recovers', async () => {
	const host = openHost(capability(async () => null, { placement: 'process' }));
	host.fault('no child could be started');
	expect(host.status()).toMatchObject({ state: 'ERROR', fault: 'no child could be started' });
	expect(await runJob()).toBeUndefined();
	await clock.advance(1_000);
	expect(outcomes.has('t.step.1')).toBe(true);
	expect(host.status().state).toBe('WAITING');
	host.fault('again');
	host.fault('and again');
	await clock.advance(1_500);
	expect(host.status().state).toBe('ERROR');
	await clock.advance(500);
	expect(host.status().state).toBe('WAITING');
});

test('beats while it lives, and stops beating when it has stopped', async () => {
	const host = openHost(capability(endless, { concurrency: 7 }));
	expect(beats.map(({ state }) => state)).toEqual(['WAITING']);
	await runJob();
	await clock.advance(1_000);
	expect(beats.at(-1)).toMatchObject({
		worker: 'worker-1',
		state: 'BUSY',
		capabilities: [{ name: 'test.work', version: 1, placement: 'inline', concurrency: 7, running: 1 }],
		running: [{ jobId: 't.step.1', taskId: 't', stepId: 'step', capability: 'test.work', run: 1 }],
	});
	expect(beats.at(-1)?.rss).toBeGreaterThan(1_000_000);
	const stopped = host.stop();
	await clock.advance(5_000);
	await stopped;
	const { length } = beats;
	await clock.advance(10_000);
	expect(beats).toHaveLength(length);
	expect(beats.at(-1)?.state).toBe('SHUTDOWN');
});
