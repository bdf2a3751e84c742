import type { IScalingBackend, ScaleOptions, WorkerPlace } from '@errand/core/ports/scaling-backend.ts';
import { z } from 'zod';
import { type ApiAnswer, type ApiCall, callApi, expectStatus, type Platform } from '../api-call.ts';
import type { ClusterAccess } from './cluster-access.ts';
import type { KubernetesConfig } from './kubernetes-config.ts';

/** KubernetesBackendOptions is what workers in pods take. */
export interface KubernetesBackendOptions {
	readonly config: KubernetesConfig;
	/** Asked for each call, because tokens change. */
	readonly access: () => Promise<ClusterAccess>;
}

/**
 * KubernetesBackend sets the replicas of one Deployment a pool, over its scale subresource. Pods get SIGTERM and their grace period
 * from Kubernetes, in which workers drain; whom it ends is steered by the cost of deletion that pods are marked with.
 */
export class KubernetesBackend implements IScalingBackend {
	readonly drains = true;
	readonly #options: KubernetesBackendOptions;

	constructor(options: KubernetesBackendOptions) {
		this.#options = options;
	}

	describe(): string {
		return `deployment ${this.#options.config.deployment}`;
	}

	async current(pool: string): Promise<number> {
		return (await this.#scaleOf(pool)).spec.replicas ?? 0;
	}

	async scaleTo(pool: string, count: number, { leaving, signal }: ScaleOptions): Promise<void> {
		const { metadata, spec } = await this.#scaleOf(pool, signal);
		if (spec.replicas === count) return;
		for (const place of leaving) await this.#markCheap(place, signal);
		const answer = await this.#call({
			method: 'PATCH',
			path: `/apis/apps/v1/namespaces/{namespace}/deployments/${this.#deployment(pool)}/scale`,
			headers: { 'Content-Type': 'application/merge-patch+json' },
			// The version has Kubernetes refuse the order where somebody else scaled meanwhile.
			body: { metadata: { resourceVersion: metadata.resourceVersion }, spec: { replicas: count } },
			signal,
		});
		expectStatus(KUBERNETES, `scale ${this.#deployment(pool)}`, answer, 200);
	}

	async close(): Promise<void> {}

	async #scaleOf(pool: string, signal?: AbortSignal): Promise<z.infer<typeof Scale>> {
		const path = `/apis/apps/v1/namespaces/{namespace}/deployments/${this.#deployment(pool)}/scale`;
		const answer = await this.#call({ method: 'GET', path, signal });
		return Scale.parse(expectStatus(KUBERNETES, `read the scale of ${this.#deployment(pool)}`, answer, 200).body);
	}

	/** Of a Deployment's pods, the cheapest to delete go first; a pod's host name is its name. */
	async #markCheap({ host }: WorkerPlace, signal: AbortSignal): Promise<void> {
		const answer = await this.#call({
			method: 'PATCH',
			path: `/api/v1/namespaces/{namespace}/pods/${encodeURIComponent(host)}`,
			headers: { 'Content-Type': 'application/merge-patch+json' },
			body: { metadata: { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-1000' } } },
			signal,
		});
		// 404: the pod went by itself.
		expectStatus(KUBERNETES, `mark the pod ${host}`, answer, 200, 404);
	}

	async #call(call: Pick<ApiCall, 'method' | 'headers' | 'body' | 'signal'> & { path: string }): Promise<ApiAnswer> {
		const { server, ca, token, namespace } = await this.#options.access();
		const within = encodeURIComponent(this.#options.config.namespace ?? namespace);
		return callApi(KUBERNETES, {
			...call,
			url: new URL(call.path.replace('{namespace}', within), server),
			ca,
			headers: { ...call.headers, Authorization: `Bearer ${token}` },
		});
	}

	#deployment(pool: string): string {
		return this.#options.config.deployment.replaceAll('{pool}', pool);
	}
}

const Scale = z.object({
	metadata: z.object({ resourceVersion: z.string() }),
	spec: z.object({ replicas: z.int().optional() }).default({}),
});

const KUBERNETES: Platform = {
	name: 'Kubernetes',
	reachHint: 'Look whether the API server answers, and whether a network policy lets this pod reach it.',
	statusHints: {
		401: 'The token is not accepted: look at the service account, or make the kubeconfig anew.',
		403: 'The service account needs `get` and `patch` on deployments/scale and `patch` on pods: see deploy/kubernetes.',
		404: 'Make the Deployment first, or mend `backend.deployment` and `backend.namespace` in ERRAND_SCALING.',
		409: 'Something else scales the same Deployment (an HPA, KEDA, a person): leave it to one of them.',
		422: 'Kubernetes does not accept that number of replicas.',
		429: 'The API server is busy; it is asked again by itself.',
	},
};
