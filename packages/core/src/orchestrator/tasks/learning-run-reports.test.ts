import { describe, expect, it } from 'vitest';
import { asStepId, asTaskId } from '../../domain/ids.ts';
import type { RunOutcome, RunReport } from '../../ports/job-queue.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { LearningRunReports } from './learning-run-reports.ts';

const report = (id: string, run = 1): RunReport => ({
	job: { id, taskId: asTaskId('t'), stepId: asStepId('s'), attempt: 1, capability: 'web.read' },
	run,
	worker: 'w1',
});
const of = { worker: 'w1', capability: 'web.read' };
const failed = (kind: 'retryable' | 'permanent' | 'timed-out' | 'cancelled'): RunOutcome => ({
	kind: 'failed',
	failure: { kind, code: 'x', message: 'x' },
});

function learning(wanted = true) {
	const clock = new FakeClock();
	const heard: unknown[] = [];
	const recorded: string[] = [];
	const choice = {
		started: (what: unknown) => void heard.push(['started', what]),
		ended: (what: unknown) => void heard.push(['ended', what]),
		released: (what: unknown) => void heard.push(['released', what]),
	};
	const runs = {
		started: async ({ job }: RunReport) => {
			recorded.push(`start ${job.id}`);
			return wanted;
		},
		ended: async ({ job }: RunReport) => void recorded.push(`end ${job.id}`),
	};
	return { clock, heard, recorded, reports: new LearningRunReports(runs, { choice, clock }) };
}

describe('LearningRunReports', () => {
	it('learns how long a run took and what it cost, once it is recorded', async () => {
		const { clock, heard, recorded, reports } = learning();
		expect(await reports.started(report('a'))).toBe(true);
		expect(await reports.started(report('a'))).toBe(true);
		await clock.advance(250);
		const usage = { tokens: 3, microUsd: 70 };
		await reports.ended(report('a'), { kind: 'completed', output: null, origins: [], usage });
		expect(heard).toEqual([
			['started', of],
			['ended', { ...of, ok: true, ms: 250, microUsd: 70 }],
		]);
		expect(recorded).toEqual(['start a', 'start a', 'end a']);
	});

	it.each([
		[failed('retryable'), 'ended'],
		[failed('timed-out'), 'ended'],
		[{ kind: 'lost', cause: 'child-died' }, 'ended'],
		[{ kind: 'lost', cause: 'host-died' }, 'ended'],
		[failed('permanent'), 'released'],
		[failed('cancelled'), 'released'],
		[{ kind: 'lost', cause: 'drained' }, 'released'],
		[{ kind: 'asked', questions: [] }, 'released'],
		[{ kind: 'completed', output: null, origins: [], cached: true }, 'released'],
	] as [RunOutcome, string][])('takes %j for what it says of the worker: %s', async (outcome, kind) => {
		const { heard, reports } = learning();
		await reports.started(report('a'));
		await reports.ended(report('a'), outcome);
		expect(heard[1]).toMatchObject([kind, kind === 'ended' ? { ...of, ok: false } : of]);
	});

	it('says nothing of how long a run took that it did not see start', async () => {
		const { heard, reports } = learning();
		await reports.ended(report('a'), { kind: 'completed', output: null, origins: [] });
		expect(heard).toEqual([['released', of]]);
		const refused = learning(false);
		expect(await refused.reports.started(report('a'))).toBe(false);
		expect(refused.heard).toEqual([]);
	});
});
