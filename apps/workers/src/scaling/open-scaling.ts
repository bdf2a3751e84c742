import { CoreError } from '@errand/core/domain/errors.ts';
import type { PoolRules } from '@errand/core/domain/scaling/pool-rules.ts';
import { REPOSITORY } from '@errand/core/infrastructure/environment.ts';
import type { IScalingBackend } from '@errand/core/ports/scaling-backend.ts';
import { Autoscaler, type AutoscalerOptions } from './autoscaler.ts';
import { DockerBackend } from './docker/docker-backend.ts';
import { FlyBackend } from './fly/fly-backend.ts';
import { openClusterAccess } from './kubernetes/cluster-access.ts';
import { KubernetesBackend } from './kubernetes/kubernetes-backend.ts';
import { LocalBackend } from './local/local-backend.ts';
import { type ScalingConfig, type WorkerCommand, workerCommand } from './scaling-config.ts';
import { localEnvironment, remoteEnvironment } from './worker-environment.ts';

/** ScalingOptions is what scaling takes besides its configuration. */
export interface ScalingOptions extends Omit<AutoscalerOptions, 'pools' | 'backend'> {
	readonly config: ScalingConfig;
	readonly flyToken?: string | undefined;
	/** Which Errand this is, among several on one Docker or in one Fly app. */
	readonly cluster: string;
	/** The environment of this process, for workers to be given what they need of it. */
	readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Where Errand stands in the images that are built of it. */
const IMAGE_ROOT = '/app';

/** openScaling builds the autoscaler with the backend that is configured. Throws CoreError `invalid-config` where a part is missing. */
export function openScaling(options: ScalingOptions): Autoscaler {
	const pools = new Map(Object.entries(options.config.pools));
	return new Autoscaler({ ...options, pools, backend: openBackend(options, pools) });
}

function openBackend(options: ScalingOptions, pools: ReadonlyMap<string, PoolRules>): IScalingBackend {
	const { config, cluster, environment, clock, log, flyToken } = options;
	const { backend } = config;
	const commandIn = (root: string) => (pool: string) => commandOf(root, pool, pools);
	switch (backend.kind) {
		case 'local': {
			const { drainMs } = backend;
			return new LocalBackend({
				command: commandIn(REPOSITORY),
				environment: localEnvironment(environment),
				drainMs,
				clock,
				log,
			});
		}
		case 'docker':
			return new DockerBackend({
				...{ config: backend, cluster, command: commandIn(IMAGE_ROOT), clock },
				environment: remoteEnvironment(environment),
			});
		case 'kubernetes': {
			const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = environment;
			const apiHost = host === undefined ? undefined : `${host.includes(':') ? `[${host}]` : host}:${port}`;
			const access = () => openClusterAccess({ kubeconfig: backend.kubeconfig, apiHost });
			return new KubernetesBackend({ config: backend, access });
		}
		case 'fly':
			if (flyToken === undefined) {
				throw new CoreError('invalid-config', 'Workers in Fly machines cannot be scaled: FLY_API_TOKEN is not set.', {
					hint: 'Make one with `fly tokens create deploy -a APP` and set it where the gateways run.',
				});
			}
			return new FlyBackend({
				...{ config: backend, token: flyToken, cluster, command: commandIn(IMAGE_ROOT), clock },
				// Secrets stand in the app, not in each machine's configuration.
				environment: { ERRAND_CLUSTER: cluster },
			});
	}
}

function commandOf(root: string, pool: string, pools: ReadonlyMap<string, PoolRules>): WorkerCommand {
	const rules = pools.get(pool);
	if (rules === undefined) throw new TypeError(`There is no pool "${pool}".`);
	return workerCommand(root, pool, rules);
}
