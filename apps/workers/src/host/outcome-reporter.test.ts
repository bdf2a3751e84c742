import { CoreError, type ErrorCode } from '@errand/core/domain/errors.ts';
import type { RunOutcome, RunReport } from '@errand/core/ports/job-queue.ts';
import { aJob } from '@errand/core/testing/a-job.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { beforeEach, expect, test, vi } from 'vitest';
import { OutcomeReporter } from './outcome-reporter.ts';

const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
const report: RunReport = { job: aJob('t'), run: 1, worker: 'w' };
const completed: RunOutcome = { kind: 'completed', output: 1, origins: [] };
const coreError = (code: ErrorCode) => new CoreError(code, 'It did not work.', { hint: 'Wait.' });

let clock: FakeClock;
let fault: unknown;
let told: RunOutcome[];
let reporter: OutcomeReporter;

beforeEach(() => {
	clock = new FakeClock();
	fault = undefined;
	told = [];
	const answer = () => {
		if (fault !== undefined) throw fault;
	};
	const reports = {
		started: async () => {
			answer();
			return true;
		},
		ended: async (_report: RunReport, outcome: RunOutcome) => {
			answer();
			told.push(outcome);
		},
	};
	reporter = new OutcomeReporter(reports, clock, log);
});

test('keeps an outcome while the disk is full, however long, and tells it once there is room', async () => {
	fault = coreError('disk-full');
	const ended = reporter.ended(report, completed);
	await clock.advance(3_600_000);
	expect(told).toEqual([]);
	fault = undefined;
	await clock.advance(1_000);
	await ended;
	expect(told).toEqual([completed]);
});

test('drops an outcome that is not wanted', async () => {
	fault = coreError('stale-outcome');
	await reporter.ended(report, completed);
	expect(clock.waiting).toBe(0);
});

test('tells that an outcome cannot be recorded, rather than leaving its step running for ever', async () => {
	fault = new TypeError('cannot be stored');
	const ended = reporter.ended(report, completed);
	await clock.advance(10_000);
	fault = undefined;
	await clock.advance(1_000);
	await ended;
	expect(told).toMatchObject([{ kind: 'failed', failure: { kind: 'permanent', code: 'internal' } }]);
});

test('waits for room before a run starts, and gives up when the run is stopped meanwhile', async () => {
	fault = coreError('disk-full');
	let stopped = false;
	const started = reporter.started(report, () => stopped);
	await clock.advance(5_000);
	stopped = true;
	await clock.advance(1_000);
	expect(await started).toBe(false);
	fault = undefined;
	expect(await reporter.started(report, () => false)).toBe(true);
});

test('tries once more and drops what it has when it must give up', async () => {
	fault = coreError('disk-full');
	const ended = reporter.ended(report, completed);
	await clock.advance(500);
	reporter.giveUp();
	await ended;
	expect(told).toEqual([]);
	expect(log.error).toHaveBeenCalledWith('outcome dropped at shutdown', expect.anything());
});
