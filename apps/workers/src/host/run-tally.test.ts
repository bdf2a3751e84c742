import type { RunOutcome } from '@errand/core/ports/job-queue.ts';
import { expect, test } from 'vitest';
import { RunTally } from './run-tally.ts';

const done: RunOutcome = { kind: 'completed', output: null, origins: [] };
const failed = (kind: 'retryable' | 'cancelled'): RunOutcome => {
	return { kind: 'failed', failure: { kind, code: 'timed-out', message: 'It took too long.', hint: 'Retry.' } };
};

test('tells which share of the latest runs succeeded, those left out that were stopped', () => {
	const tally = new RunTally();
	expect(tally.successRate('web.read')).toBeUndefined();
	for (const outcome of [done, done, done, failed('retryable'), failed('cancelled')]) tally.add('web.read', outcome);
	tally.add('web.read', { kind: 'lost', cause: 'drained' });
	expect(tally.successRate('web.read')).toBe(0.75);
	expect(tally.successRate('web.links')).toBeUndefined();
	for (let run = 0; run < 100; run++) tally.add('web.read', failed('retryable'));
	expect(tally.successRate('web.read')).toBeLessThan(0.02);
	expect(tally.counts).toContainEqual({ capability: 'web.read', outcome: 'failed', count: 102 });
});
