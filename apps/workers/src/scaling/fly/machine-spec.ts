import type { WorkerCommand } from '../scaling-config.ts';
import type { FlyConfig } from './fly-config.ts';

/** POOL_METADATA is the key by which an Errand finds the machines of one of its pools: `<cluster>/<pool>`. */
export const POOL_METADATA = 'errand_pool';

/** machineSpec is the `config` of a machine that runs one worker, as the Machines API has it. */
export function machineSpec(worker: {
	config: FlyConfig;
	pool: string;
	cluster: string;
	command: WorkerCommand;
	environment: Readonly<Record<string, string>>;
}) {
	const { config, pool, cluster, command, environment } = worker;
	return {
		image: config.image,
		// Secrets of the app reach all of its machines; a worker has no use for the database.
		init: { cmd: ['env', '-u', 'DATABASE_URL', 'node', command.file, ...command.arguments] },
		env: { ...environment, ...config.env },
		guest: { cpu_kind: config.cpuKind, cpus: config.cpus, memory_mb: config.memoryMb },
		metadata: { [POOL_METADATA]: `${cluster}/${pool}` },
		// A worker that drained is to stay away.
		restart: { policy: 'no' },
		auto_destroy: false,
		stop_config: { signal: 'SIGTERM', timeout: `${Math.ceil(config.drainMs / 1_000)}s` },
	};
}
