import { expect, test } from 'vitest';
import { workerHealth } from './worker-health.ts';

const fine = { redisReachable: true, state: 'WAITING', paused: false } as const;

test('a worker is ready while it takes jobs', () => {
	expect(workerHealth(fine).ready).toBe(true);
	expect(workerHealth({ ...fine, state: 'BUSY' }).ready).toBe(true);
	expect(workerHealth({ ...fine, state: 'SHUTDOWN' })).toMatchObject({ ready: false });
	expect(workerHealth({ ...fine, paused: true }).checks['jobs']?.message).toBe('It is paused.');
	expect(workerHealth({ ...fine, state: 'ERROR', fault: 'No child starts.' }).checks['jobs']).toEqual({
		status: 'degraded',
		message: 'No child starts.',
	});
	expect(workerHealth({ ...fine, redisReachable: false })).toMatchObject({
		ready: false,
		checks: { redis: { status: 'degraded' }, jobs: { status: 'ready' } },
	});
});
