import { RemoteRunReports } from '@errand/core/adapters/bullmq/remote-run-reports.ts';
import { RunReportInbox } from '@errand/core/adapters/bullmq/run-report-inbox.ts';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import type { IRunReports, RunOutcome, RunReport } from '@errand/core/ports/job-queue.ts';
import { aJob } from '@errand/core/testing/a-job.ts';
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest';
import { startCutProxy } from '../support/cut-proxy.ts';
import { Dispatch, SILENT } from './support/dispatch.ts';

let dispatch: Dispatch;
const cleanUps: (() => unknown)[] = [];
beforeEach(() => {
	dispatch = new Dispatch(inject('redisUrl'));
});
afterEach(async () => {
	for (const act of cleanUps.splice(0).reverse()) await act();
	await dispatch.close();
});

const COMPLETED: RunOutcome = { kind: 'completed', output: { n: 1 }, origins: ['https://example.org'] };

function aReport(task: string, run = 1): RunReport {
	const { id, taskId, stepId, attempt, capability } = aJob(task);
	return { job: { id, taskId, stepId, attempt, capability }, run, worker: 'worker' };
}

/** Recorder is a process with the history, as far as reports go. */
class Recorder implements IRunReports {
	readonly told: [string, RunReport, RunOutcome | undefined][] = [];
	readonly name: string;
	refuse: Error | undefined;
	hold: Promise<void> | undefined;

	constructor(name: string) {
		this.name = name;
	}

	async started(report: RunReport): Promise<boolean> {
		await this.#note(report, undefined);
		return report.run !== 99;
	}

	ended(report: RunReport, outcome: RunOutcome): Promise<void> {
		return this.#note(report, outcome);
	}

	async #note(report: RunReport, outcome: RunOutcome | undefined): Promise<void> {
		this.told.push([this.name, report, outcome]);
		await this.hold;
		if (this.refuse !== undefined) throw this.refuse;
	}
}

async function aGateway(self: string, ended: string[] = []) {
	const line = await dispatch.line(self);
	const recorder = new Recorder(self);
	const stop = new RunReportInbox({ line, self, onEnded: (jobId) => ended.push(jobId), log: SILENT }).serve(recorder);
	cleanUps.push(stop);
	return { recorder, stop, line };
}

async function aReporter(home: string | undefined, from: Dispatch = dispatch) {
	const line = await from.line('worker');
	const options = { line, worker: 'worker', homeOf: () => home, clock: new SystemClock(), log: SILENT };
	const reports = new RemoteRunReports(options);
	cleanUps.push(() => reports.stop());
	return reports;
}

test('tells the home of a task how its runs start and end, and brings back whether they are wanted', async () => {
	const ended: string[] = [];
	const { recorder } = await aGateway('home', ended);
	const other = await aGateway('other');
	const reports = await aReporter('home');
	expect(await reports.started(aReport('a'))).toBe(true);
	expect(await reports.started(aReport('b', 99))).toBe(false);
	await reports.ended(aReport('a'), COMPLETED);
	expect(recorder.told).toEqual([
		['home', aReport('a'), undefined],
		['home', aReport('b', 99), undefined],
		['home', aReport('a'), COMPLETED],
	]);
	expect(ended).toEqual(['a.step.1']);
	expect(other.recorder.told).toEqual([]);
});

test('brings refusals back with their code, message and hint', async () => {
	const { recorder } = await aGateway('home');
	const reports = await aReporter('home');
	recorder.refuse = new CoreError('stale-outcome', 'Run 1 is not wanted.', { hint: 'Drop it.' });
	await expect(reports.ended(aReport('a'), COMPLETED)).rejects.toMatchObject({
		code: 'stale-outcome',
		message: 'Run 1 is not wanted.',
		hint: 'Drop it.',
	});
	recorder.refuse = new TypeError('a defect');
	await expect(reports.ended(aReport('a'), COMPLETED)).rejects.toMatchObject({ code: 'internal' });
});

test('tells anybody what a home that is gone does not answer', async () => {
	const { stop } = await aGateway('home');
	await stop();
	const { recorder } = await aGateway('other');
	const reports = await aReporter('home');
	await reports.ended(aReport('a'), COMPLETED);
	expect(recorder.told).toHaveLength(1);
	const homeless = await aReporter(undefined);
	expect(await homeless.started(aReport('b'))).toBe(true);
});

test('keeps a report until somebody comes who can record it', async () => {
	const reports = await aReporter('home');
	const told = reports.ended(aReport('a'), COMPLETED);
	await new Promise((resolve) => setTimeout(resolve, 1_000));
	const { recorder } = await aGateway('late');
	await told;
	expect(recorder.told.length).toBeGreaterThan(0);
});

test('records once, in one process, what is told again because the answer takes long', async () => {
	const { recorder } = await aGateway('home');
	const reports = await aReporter('home');
	let release = () => {};
	recorder.hold = new Promise((resolve) => {
		release = resolve;
	});
	const told = reports.ended(aReport('a'), COMPLETED);
	await new Promise((resolve) => setTimeout(resolve, 2_000));
	release();
	await told;
	expect(recorder.told).toHaveLength(1);
});

test('gets every report through a line that loses answers', async () => {
	const proxy = await startCutProxy(inject('redisUrl'));
	cleanUps.push(() => proxy.close());
	const lossy = new Dispatch(proxy.url, dispatch.cluster);
	const { recorder } = await aGateway('home');
	const reports = await aReporter('home', lossy);
	cleanUps.push(() => lossy.close());
	const all: Promise<void>[] = [];
	for (let n = 0; n < 50; n++) {
		if (n % 10 === 5) proxy.dropAnswers(1);
		all.push(reports.ended(aReport(`a${n}`), COMPLETED));
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
	await Promise.all(all);
	expect(new Set(recorder.told.map(([, { job }]) => job.id)).size).toBe(50);
	expect(recorder.told).toHaveLength(50);
}, 30_000);

test('turns what is too large to be sent into a failure that says so', async () => {
	const { recorder } = await aGateway('home');
	const reports = await aReporter('home');
	const output = 'x'.repeat(17_000_000);
	await reports.ended(aReport('a'), { kind: 'completed', output, origins: [] });
	expect(recorder.told[0]?.[2]).toMatchObject({ kind: 'failed', failure: { kind: 'permanent', code: 'too-large' } });
});

test('leaves nothing behind in Redis', async () => {
	const { line, stop } = await aGateway('home');
	const reports = await aReporter('home');
	for (let n = 0; n < 100; n++) await reports.ended(aReport(`a${n}`), COMPLETED);
	await vi.waitFor(async () => expect(await line.commands.xlen(line.keys.outcomes('home'))).toBe(0), 2_000);
	expect(await line.commands.pttl(line.keys.outcomes('home'))).toBeGreaterThan(0);
	await stop();
	expect(await line.commands.exists(line.keys.outcomes('home'))).toBe(0);
});

test('gives up at the end of the worker, and says so', async () => {
	const reports = await aReporter('home');
	const told = reports.ended(aReport('a'), COMPLETED);
	const refused = expect(told).rejects.toMatchObject({ code: 'shutting-down' });
	await new Promise((resolve) => setTimeout(resolve, 50));
	reports.stop();
	await refused;
	await expect(reports.started(aReport('a'))).rejects.toMatchObject({ code: 'shutting-down' });
});

test('refuses what is reported while the worker ends, instead of never answering', async () => {
	const reports = await aReporter(undefined);
	const told = reports.ended(aReport('a'), COMPLETED);
	reports.stop();
	await expect(told).rejects.toMatchObject({ code: 'shutting-down' });
	await expect(reports.started(aReport('b'))).rejects.toMatchObject({ code: 'shutting-down' });
});

test('leaves nothing in Redis of gateways that came and went, and bounds what nobody reads', async () => {
	const reports = await aReporter(undefined);
	for (const name of ['one', 'two', 'three']) {
		const { stop } = await aGateway(name);
		await reports.ended(aReport(name), COMPLETED);
		await stop();
	}
	const line = await dispatch.line('looking');
	const readers = await line.commands.xinfo('CONSUMERS', line.keys.outcomes(), 'gateways');
	expect(readers).toHaveLength(1);
	const before = performance.now();
	const unanswered = reports.ended(aReport('nobody'), COMPLETED).catch(() => {});
	await vi.waitFor(async () => expect(await line.commands.xlen(line.keys.outcomes())).toBe(3), 10_000);
	// Told three times at once it would have been after 1.4 s.
	expect(performance.now() - before).toBeGreaterThan(1_500);
	reports.stop();
	await unanswered;
});
