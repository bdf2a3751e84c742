import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readModelsFile } from '@errand/core/models/config/models-config.ts';
import { parseScaling } from '@errand/workers/scaling/scaling-config.ts';
import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { Role } from 'kubernetes-models/rbac.authorization.k8s.io/v1/Role';
import { RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { describe, expect, it } from 'vitest';
import { checkTypes } from './kubernetes-types.ts';
import { buildKustomization, KUBERNETES, type Manifest, readManifests } from './kustomize.ts';

const OVERLAYS = ['hpa', 'keda', 'autoscaler'] as const;
const built = Object.fromEntries(
	OVERLAYS.map((name) => [name, buildKustomization(join(KUBERNETES, 'overlays', name))]),
) as Record<(typeof OVERLAYS)[number], readonly Manifest[]>;
const secrets = readManifests(join(KUBERNETES, 'secrets.example.yaml'));
const hpa = built.hpa;

const MODELS = {
	...{ ConfigMap, Deployment, HorizontalPodAutoscaler, Ingress, NetworkPolicy, PersistentVolumeClaim },
	...{ PodDisruptionBudget, PodMonitor, Role, RoleBinding, ScaledObject, Service, ServiceAccount, StatefulSet },
};

const named = (all: readonly Manifest[], kind: string, name: string): Manifest => {
	const found = all.find((one) => one.kind === kind && one.metadata.name === name);
	if (found === undefined) throw new Error(`There is no ${kind} ${name}`);
	return found;
};
const workloads = (all: readonly Manifest[]) =>
	all.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
const podOf = (one: Manifest) => one['spec'].template.spec;
const labelsOf = (one: Manifest): Readonly<Record<string, string>> => one['spec'].template.metadata.labels;

describe.each(OVERLAYS)('the overlay %s', (name) => {
	const all = built[name];

	it('is what the API takes: no field that there is not, none missing, none of another type', () => {
		expect(checkTypes(all)).toEqual([]);
		for (const one of all) {
			const Model = MODELS[one.kind as keyof typeof MODELS] as unknown as new (data: object) => { validate(): void };
			expect(() => new Model(one).validate(), `${one.kind} ${one.metadata.name}`).not.toThrow();
		}
	});

	it('names nothing twice, and only what is there', () => {
		const names = all.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
		expect(names).toEqual([...new Set(names)]);
		const known = new Set([...names, ...secrets.map(({ metadata }) => `Secret ${metadata.name}`)]);
		const referred = workloads(all).flatMap((one) => {
			const { containers, volumes = [], serviceAccountName } = podOf(one);
			const claims = (one['spec'].volumeClaimTemplates ?? []).map((claim: Manifest) => claim.metadata.name);
			const mounts = containers.flatMap((container: Manifest) =>
				container['volumeMounts'].map((m: Manifest) => m['name']),
			);
			const here = [...claims, ...volumes.map((volume: Manifest) => volume['name'])];
			expect(mounts.filter((mount: string) => !here.includes(mount))).toEqual([]);
			return [
				...(serviceAccountName === undefined ? [] : [`ServiceAccount ${serviceAccountName}`]),
				...volumes.flatMap((volume: Manifest) => [
					...(volume['persistentVolumeClaim']
						? [`PersistentVolumeClaim ${volume['persistentVolumeClaim'].claimName}`]
						: []),
					...(volume['configMap'] ? [`ConfigMap ${volume['configMap'].name}`] : []),
				]),
				...containers.flatMap((container: Manifest) => [
					...(container['envFrom'] ?? []).map((from: Manifest) =>
						from['secretRef'] ? `Secret ${from['secretRef'].name}` : `ConfigMap ${from['configMapRef'].name}`,
					),
					...(container['env'] ?? []).flatMap((entry: Manifest) =>
						entry['valueFrom'] ? [`Secret ${entry['valueFrom'].secretKeyRef.name}`] : [],
					),
				]),
			];
		});
		expect(referred.filter((reference) => !known.has(reference))).toEqual([]);
	});

	it('lets exactly one scale the workers', () => {
		expect(named(all, 'Deployment', 'errand-worker')['spec'].replicas).toBeUndefined();
		const scalers = [
			all.some(({ kind }) => kind === 'HorizontalPodAutoscaler'),
			all.some(({ kind }) => kind === 'ScaledObject'),
			JSON.stringify(all).includes('ERRAND_SCALING'),
		];
		expect(scalers.filter(Boolean)).toHaveLength(1);
		for (const { spec } of all.filter(({ kind }) => kind === 'HorizontalPodAutoscaler' || kind === 'ScaledObject')) {
			expect(spec.scaleTargetRef.name).toBe('errand-worker');
		}
	});

	it('selects pods that there are', () => {
		const pods = workloads(all).map(labelsOf);
		const selectors = all.flatMap((one) => {
			const { spec } = one;
			if (one.kind === 'Service') return [spec.selector];
			if (one.kind === 'NetworkPolicy') return [spec.podSelector.matchLabels];
			if (one.kind === 'Deployment' || one.kind === 'StatefulSet' || one.kind === 'PodDisruptionBudget')
				return [spec.selector.matchLabels];
			return [];
		}) as Readonly<Record<string, string>>[];
		expect(selectors.length).toBeGreaterThan(10);
		for (const selector of selectors) {
			expect(pods.some((labels) => Object.entries(selector).every(([key, value]) => labels[key] === value))).toBe(true);
		}
	});
});

describe('every pod', () => {
	it('runs as nobody in particular, cannot become more, and writes only where it is given a folder', () => {
		expect(workloads(hpa)).toHaveLength(5);
		for (const one of workloads(hpa)) {
			const { securityContext, containers, automountServiceAccountToken } = podOf(one);
			expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
			expect(automountServiceAccountToken).toBe(false);
			for (const container of containers) {
				expect(container.securityContext).toEqual({
					allowPrivilegeEscalation: false,
					readOnlyRootFilesystem: true,
					capabilities: { drop: ['ALL'] },
				});
				expect(container.resources).toMatchObject({
					requests: { cpu: expect.anything() },
					limits: { memory: expect.anything() },
				});
				expect(container.resources.limits.cpu).toBeUndefined();
				expect(container.readinessProbe).toBeDefined();
				expect(container.image).not.toMatch(/:latest$|^[^:]+$/);
			}
		}
	});

	it('of Errand is watched on paths that are there, and has time to end', () => {
		const served = ['/healthz', '/readyz', '/metrics'];
		const gateway = readFileSync(join(KUBERNETES, '../../apps/gateway/src/http/routes/system.ts'), 'utf8');
		const worker = readFileSync(join(KUBERNETES, '../../apps/workers/src/health/health-server.ts'), 'utf8');
		for (const path of served) for (const source of [gateway, worker]) expect(source).toContain(`'${path}'`);
		for (const name of ['errand-gateway', 'errand-frontends', 'errand-worker']) {
			const pod = podOf(named(hpa, 'Deployment', name));
			const [{ startupProbe, livenessProbe, readinessProbe, env = [] }] = pod.containers;
			const paths = [startupProbe, livenessProbe, readinessProbe].map((probe) => probe.httpGet.path);
			expect(paths).toEqual(['/healthz', '/healthz', '/readyz']);
			const drain = env.find((entry: { name: string }) => entry.name === 'ERRAND_DRAIN_MS')?.value ?? 30_000;
			expect(pod.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(Number(drain) + 10_000);
		}
		expect(built.keda.find(({ kind }) => kind === 'PodMonitor')?.['spec'].podMetricsEndpoints[0].path).toBe('/metrics');
	});
});

it('KEDA asks for metrics that gateways have', () => {
	const source = readFileSync(join(KUBERNETES, '../../apps/gateway/src/scaling/queue-metrics.ts'), 'utf8');
	const queries = JSON.stringify(built.keda.find(({ kind }) => kind === 'ScaledObject')?.['spec'].triggers);
	const asked = [...new Set([...queries.matchAll(/errand_\w+/g)].map(([name]) => name))];
	expect(asked).toHaveLength(3);
	expect(asked.filter((name) => !source.includes(`'${name}'`))).toEqual([]);
});

it('the autoscaler is told of the deployment and the pool that its workers are in', () => {
	const [{ env }] = podOf(named(built.autoscaler, 'Deployment', 'errand-gateway')).containers;
	const [{ args }] = podOf(named(built.autoscaler, 'Deployment', 'errand-worker')).containers;
	const { config, mistakes } = parseScaling(env[0].value);
	expect(mistakes).toEqual([]);
	expect(config?.backend).toMatchObject({ kind: 'kubernetes', deployment: 'errand-worker' });
	expect(Object.keys(config?.pools ?? {})).toEqual([args[args.indexOf('--pool') + 1]]);
});

describe('the network', () => {
	it('lets workers reach Redis and the internet, and neither Postgres nor anything private', () => {
		const worker = labelsOf(named(hpa, 'Deployment', 'errand-worker'));
		const gateway = labelsOf(named(hpa, 'Deployment', 'errand-gateway'));
		expect(reachedBy(worker).toSorted()).toEqual(['0.0.0.0/0', '::/0', 'kube-dns', 'redis']);
		expect(reachedBy(gateway).toSorted()).toEqual(['0.0.0.0/0', '::/0', 'kube-dns', 'postgres', 'redis']);
		const internet = named(hpa, 'NetworkPolicy', 'errand-internet')['spec'].egress[0].to[0].ipBlock;
		expect(internet.except).toEqual(
			expect.arrayContaining(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '127.0.0.0/8']),
		);
	});

	it('lets only gateways and frontends into Postgres', () => {
		const [from] = named(hpa, 'NetworkPolicy', 'errand-into-postgres')['spec'].ingress[0].from;
		for (const [name, expected] of [
			['gateway', true],
			['frontends', true],
			['worker', false],
		] as const) {
			const labels = labelsOf(named(hpa, 'Deployment', `errand-${name}`));
			expect([name, selects(from.podSelector, labels)]).toEqual([name, expected]);
		}
	});

	it('sticks no page to a gateway', () => {
		expect(named(hpa, 'Service', 'errand-gateway')['spec'].sessionAffinity).toBe('None');
		const { annotations } = named(hpa, 'Ingress', 'errand').metadata as unknown as { annotations: object };
		expect(Object.keys(annotations).filter((key) => /affinity|session-cookie|upstream-hash/.test(key))).toEqual([]);
	});

	function reachedBy(labels: Readonly<Record<string, string>>): string[] {
		const policies = hpa.filter(({ kind, spec }) => kind === 'NetworkPolicy' && selects(spec.podSelector, labels));
		expect(policies.some(({ spec }) => spec.policyTypes.includes('Egress') && spec.egress === undefined)).toBe(true);
		const peers = policies.flatMap(({ spec }) => (spec.egress ?? []).flatMap((rule: { to: object[] }) => rule.to));
		return peers.map((peer) => {
			const to = peer as { ipBlock?: { cidr: string }; podSelector?: { matchLabels: Record<string, string> } };
			const names = to.podSelector?.matchLabels ?? {};
			return to.ipBlock?.cidr ?? names['app.kubernetes.io/name'] ?? names['k8s-app'] ?? '?';
		});
	}
});

describe('secrets', () => {
	it('are names without values', () => {
		expect(checkTypes(secrets)).toEqual([]);
		for (const { stringData } of secrets) expect(Object.values(stringData).filter((value) => value !== '')).toEqual([]);
		const everything = Object.values(built).flat();
		expect(everything.filter(({ kind }) => kind === 'Secret')).toEqual([]);
	});

	it('of workers hold no address of Postgres and no token', () => {
		const { stringData } = named(secrets, 'Secret', 'errand-worker');
		expect(Object.keys(stringData).filter((name) => /DATABASE|TOKEN|POSTGRES/.test(name))).toEqual([]);
	});
});

it('Redis is started in the cluster as it is anywhere else', () => {
	const read = (path: string) => readFileSync(join(KUBERNETES, path), 'utf8');
	expect(read('components/stores/redis.sh')).toBe(read('../redis.sh'));
});

it('a file of models, where one is wanted, is there for gateways and frontends alone', () => {
	const folder = join(KUBERNETES, 'components/models');
	const all = buildKustomization(folder, built.autoscaler);
	const { data } = named(all, 'ConfigMap', 'errand-models');
	expect(Object.keys(data)).toEqual(['models.yaml']);
	const { providers } = readModelsFile(join(folder, 'models.yaml'), { OPENAI_API_KEY: 'k' });
	expect(providers.map(({ apiKey }) => apiKey)).toEqual(['k']);
	const having = workloads(all).filter((one) => JSON.stringify(one).includes('models'));
	expect(having.map(({ metadata }) => metadata.name)).toEqual(['errand-gateway', 'errand-frontends']);
	for (const { spec } of having) {
		const [{ env, volumeMounts }] = spec.template.spec.containers;
		const mount = volumeMounts.find(({ name }: { name: string }) => name === 'models');
		expect(env).toContainEqual({ name: 'ERRAND_MODELS', value: `${mount.mountPath}/models.yaml` });
		expect(spec.template.spec.volumes).toContainEqual({ name: 'models', configMap: { name: 'errand-models' } });
		expect(spec.template.spec.volumes.length).toBeGreaterThan(3);
	}
	expect(checkTypes(having)).toEqual([]);
});

it('a field that there is not is noticed', () => {
	const worker = named(hpa, 'Deployment', 'errand-worker');
	const wrong = { ...worker, spec: { ...worker['spec'], replikas: 3 } };
	expect(checkTypes([wrong])).toEqual([expect.stringContaining('\'"replikas"\' does not exist')]);
});

function selects(
	{
		matchLabels = {},
		matchExpressions = [],
	}: {
		matchLabels?: Record<string, string>;
		matchExpressions?: { key: string; operator: string; values: string[] }[];
	},
	labels: Readonly<Record<string, string>>,
): boolean {
	return (
		Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
		matchExpressions.every(({ key, operator, values }) => operator === 'In' && values.includes(labels[key] ?? ''))
	);
}
