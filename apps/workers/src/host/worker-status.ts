import type { WorkerState } from '@errand/core/ports/worker-registry.ts';

/** workerState reads the state off what the host is doing. */
export function workerState(host: {
	stopping: boolean;
	consuming: boolean;
	faulty: boolean;
	running: number;
}): WorkerState {
	if (host.stopping) return 'SHUTDOWN';
	if (!host.consuming) return 'IDLE';
	if (host.faulty) return 'ERROR';
	return host.running > 0 ? 'BUSY' : 'WAITING';
}
