import type { WorkerStatus } from '@errand/core/ports/worker-registry.ts';
import type { WorkerView } from './http/schemas/system.ts';

/** workerView shows a worker host's heartbeat over HTTP. */
export function workerView({ worker, state, capabilities, at, fault }: WorkerStatus, startedAt: number): WorkerView {
	return {
		id: worker,
		state,
		capabilities: capabilities.map(({ name, concurrency, running }) => ({ name, concurrency, running })),
		startedAt,
		heartbeatAt: at,
		...(fault === undefined ? {} : { error: fault }),
	};
}
