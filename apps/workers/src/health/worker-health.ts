import type { WorkerState } from '@errand/core/ports/worker-registry.ts';

/** WorkerHealth is what a worker says about itself to whoever watches over it. */
export interface WorkerHealth {
	readonly ready: boolean;
	readonly checks: Readonly<Record<string, { readonly status: 'ready' | 'degraded'; readonly message?: string }>>;
}

/** workerHealth: ready is a worker that takes jobs. One that is paused, backs off or drains is alive all the same. */
export function workerHealth(seen: {
	readonly redisReachable: boolean;
	readonly state: WorkerState;
	readonly paused: boolean;
	readonly fault?: string | undefined;
}): WorkerHealth {
	const { redisReachable, state, paused, fault } = seen;
	const taking = (state === 'WAITING' || state === 'BUSY') && !paused;
	const why = paused && state !== 'SHUTDOWN' ? 'It is paused.' : (fault ?? `It is in state ${state}.`);
	return {
		ready: redisReachable && taking,
		checks: {
			redis: redisReachable ? { status: 'ready' } : { status: 'degraded', message: 'Redis does not answer.' },
			jobs: taking ? { status: 'ready' } : { status: 'degraded', message: why },
		},
	};
}
