import { expect, test } from 'vitest';
import { workerState } from './worker-status.ts';

const host = { stopping: false, consuming: true, faulty: false, running: 0 };

test('names what the host is doing', () => {
	expect(workerState({ ...host, consuming: false })).toBe('IDLE');
	expect(workerState(host)).toBe('WAITING');
	expect(workerState({ ...host, running: 2 })).toBe('BUSY');
	expect(workerState({ ...host, running: 2, faulty: true })).toBe('ERROR');
	expect(workerState({ ...host, running: 2, faulty: true, stopping: true })).toBe('SHUTDOWN');
});
