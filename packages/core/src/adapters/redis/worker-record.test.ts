import { expect, test } from 'vitest';
import { asStepId, asTaskId } from '../../domain/ids.ts';
import type { RegisteredWorker } from '../../ports/worker-registry.ts';
import { readWorkerRecord, writeWorkerRecord } from './worker-record.ts';

const worker: RegisteredWorker = {
	worker: 'w1',
	at: 1_000,
	state: 'BUSY',
	since: 900,
	host: 'box',
	pid: 7,
	release: '0.3.0',
	startedAt: 100,
	paused: false,
	sessions: [asTaskId('t1')],
	slots: 4,
	pool: 'web',
	load: 0.251,
	rss: 100 * 1024 * 1024 + 17,
	capabilities: [
		{ name: 'web.read', version: 1, placement: 'process', concurrency: 4, running: 1, successRate: 0.75 },
		{ name: 'text.compare', version: 2, placement: 'inline', concurrency: 8, running: 0 },
	],
	running: [
		{ jobId: 't1.s1.1', taskId: asTaskId('t1'), stepId: asStepId('s1'), capability: 'web.read', run: 1, since: 900 },
	],
};

test('reads back what was written, with the memory rounded', () => {
	const read = readWorkerRecord(writeWorkerRecord(worker), { worker: 'w1', at: 1_000 });
	expect(read).toEqual({ ...worker, load: 0.25, rss: 100 * 1024 * 1024 });
	const idle = { ...worker, running: [], sessions: [], fault: 'no browser', state: 'ERROR' as const };
	expect(readWorkerRecord(writeWorkerRecord(idle), { worker: 'w1', at: 2_000 })).toMatchObject({
		fault: 'no browser',
		at: 2_000,
	});
});

test('writes the same where only time went by', () => {
	const later = { ...worker, at: 5_000, rss: worker.rss + 1_000 };
	expect(writeWorkerRecord(later)).toEqual(writeWorkerRecord(worker));
	const busier = { ...worker, capabilities: worker.capabilities.map((each) => ({ ...each, running: 2 })) };
	expect(writeWorkerRecord(busier).profile).toBe(writeWorkerRecord(worker).profile);
	expect(writeWorkerRecord(busier).pulse).not.toBe(writeWorkerRecord(worker).pulse);
});

test('makes nothing of what another version may have written', () => {
	const { profile, pulse } = writeWorkerRecord(worker);
	expect(readWorkerRecord({ profile: '{}', pulse }, { worker: 'w1', at: 1 })).toBeUndefined();
	expect(readWorkerRecord({ profile, pulse: 'no JSON' }, { worker: 'w1', at: 1 })).toBeUndefined();
});
