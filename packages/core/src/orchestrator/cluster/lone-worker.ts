import { CoreError } from '../../domain/errors.ts';
import type { IWorkerRegistry, RegisteredWorker, WorkerOrder } from '../../ports/worker-registry.ts';

/** loneWorker is the registry of a server that runs its steps itself: one worker, which goes with its server and takes no orders. */
export function loneWorker(describe: () => RegisteredWorker): Pick<IWorkerRegistry, 'list' | 'order'> {
	return {
		list: () => [describe()],
		order: async (worker: string, order: WorkerOrder) => {
			if (worker !== describe().worker) {
				throw new CoreError('not-found', `There is no worker "${worker}".`, { hint: '`/workers` lists them.' });
			}
			throw new CoreError('not-possible', `Worker "${worker}" cannot ${order}: it is part of the server.`, {
				hint: 'Stopping the server lets its steps end first. Workers of a cluster take such orders.',
			});
		},
	};
}
