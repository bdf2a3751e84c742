import type { WorkerCommand } from '../scaling-config.ts';
import type { DockerConfig } from './docker-config.ts';

/** POOL_LABEL is the label by which an Errand finds the containers of one of its pools: `<cluster>/<pool>`. */
export const POOL_LABEL = 'errand.pool';

/** ContainerSpec is the body of `POST /containers/create`, as the Docker Engine API has it. */
export interface ContainerSpec {
	readonly Image: string;
	readonly Cmd: readonly string[];
	readonly Env: readonly string[];
	readonly Labels: Readonly<Record<string, string>>;
	readonly StopSignal: 'SIGTERM';
	readonly HostConfig: {
		readonly AutoRemove: true;
		readonly Binds?: readonly string[];
		readonly NetworkMode?: string;
		readonly Memory?: number;
	};
}

/** containerSpec describes the container of one worker. */
export function containerSpec(worker: {
	config: DockerConfig;
	pool: string;
	cluster: string;
	command: WorkerCommand;
	environment: Readonly<Record<string, string>>;
}): ContainerSpec {
	const { config, pool, cluster, command, environment } = worker;
	return {
		Image: config.image,
		Cmd: ['node', command.file, ...command.arguments],
		Env: Object.entries({ ...environment, ...config.env }).map(([name, value]) => `${name}=${value}`),
		Labels: { [POOL_LABEL]: `${cluster}/${pool}` },
		StopSignal: 'SIGTERM',
		HostConfig: {
			AutoRemove: true,
			...(config.binds.length === 0 ? {} : { Binds: config.binds }),
			...(config.network === undefined ? {} : { NetworkMode: config.network }),
			...(config.memoryMb === undefined ? {} : { Memory: config.memoryMb * 1024 * 1024 }),
		},
	};
}
