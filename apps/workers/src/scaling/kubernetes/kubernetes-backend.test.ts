import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusal } from '../fixture/refusal.ts';
import { StandInKubernetes } from '../fixture/stand-in-kubernetes.ts';
import { openClusterAccess, parseKubeconfig } from './cluster-access.ts';
import { KubernetesBackend } from './kubernetes-backend.ts';
import { KubernetesConfigSchema } from './kubernetes-config.ts';

let kubernetes: StandInKubernetes;
let backend: KubernetesBackend;
let folder: string;
let server: string;

beforeEach(async () => {
	kubernetes = new StandInKubernetes();
	kubernetes.deployments.set('errand-worker-readers', { replicas: 2, version: 7 });
	server = await kubernetes.listen();
	folder = await mkdtemp(join(tmpdir(), 'errand-kubernetes-'));
	const kubeconfig = join(folder, 'config.json');
	await writeFile(kubeconfig, kubeconfigOf('token-1'));
	backend = new KubernetesBackend({
		config: KubernetesConfigSchema.parse({ kind: 'kubernetes' }),
		access: () => openClusterAccess({ kubeconfig }),
	});
});

afterEach(async () => {
	await kubernetes.close();
	await rm(folder, { recursive: true, force: true });
});

function kubeconfigOf(token: string): string {
	return JSON.stringify({
		'current-context': 'there',
		contexts: [{ name: 'there', context: { cluster: 'c', user: 'u', namespace: 'work' } }],
		clusters: [{ name: 'c', cluster: { server, 'certificate-authority-data': Buffer.from('PEM').toString('base64') } }],
		users: [{ name: 'u', user: { token } }],
	});
}

const freely = { leaving: [], keep: [], signal: new AbortController().signal };
const replicas = () => kubernetes.deployments.get('errand-worker-readers')?.replicas;

describe('workers in Kubernetes', () => {
	it('are the replicas of their pool’s deployment', async () => {
		expect(await backend.current('readers')).toBe(2);
		await backend.scaleTo('readers', 5, freely);
		expect(replicas()).toBe(5);
		await backend.scaleTo('readers', 0, freely);
		expect(await backend.current('readers')).toBe(0);
	});

	it('that leave are the ones Kubernetes ends first', async () => {
		kubernetes.pods.set('errand-worker-readers-abc', undefined).set('errand-worker-readers-def', undefined);
		const leaving = ['errand-worker-readers-def', 'gone-meanwhile'].map((host) => ({ worker: host, host, pid: 1 }));
		await backend.scaleTo('readers', 1, { ...freely, leaving });
		expect(Object.fromEntries(kubernetes.pods)).toEqual({
			'errand-worker-readers-abc': undefined,
			'errand-worker-readers-def': '-1000',
		});
		expect(replicas()).toBe(1);
	});

	it('asks for nothing that is so already', async () => {
		await backend.scaleTo('readers', 2, freely);
		expect(kubernetes.asked('PATCH')).toEqual([]);
	});

	it('is refused where somebody else scaled between look and order', async () => {
		kubernetes.faults.push({
			matches: ({ method }) => method === 'GET',
			answer: { status: 200, body: { metadata: { resourceVersion: '6' }, spec: { replicas: 2 } } },
		});
		const error = await refusal(backend.scaleTo('readers', 3, freely));
		expect(error.message).toContain('409 the object has been modified');
		expect(error.hint).toContain('HPA');
		expect(replicas()).toBe(2);
	});

	it('says which rights are missing', async () => {
		kubernetes.faults.push({
			matches: ({ method }) => method === 'PATCH',
			answer: { status: 403, body: { message: 'deployments.apps "errand-worker-readers" is forbidden' } },
		});
		const error = await refusal(backend.scaleTo('readers', 3, freely));
		expect(error.message).toContain('403 deployments.apps');
		expect(error.hint).toContain('deployments/scale');
	});

	it('says when a token is not accepted, and reads the new one for the next call', async () => {
		kubernetes.token = 'token-2';
		expect((await refusal(backend.current('readers'))).hint).toContain('token');
		await writeFile(join(folder, 'config.json'), kubeconfigOf('token-2'));
		expect(await backend.current('readers')).toBe(2);
	});

	it('says when the API server has trouble of its own', async () => {
		kubernetes.faults.push({ matches: () => true, answer: { status: 503, body: { message: 'etcd leader changed' } } });
		const error = await refusal(backend.current('readers'));
		expect(error.message).toContain('503 etcd leader changed');
		expect(error.hint).toContain('asked again by itself');
	});

	it('says that the deployment is missing', async () => {
		expect((await refusal(backend.current('writers'))).hint).toContain('Make the Deployment first');
	});
});

describe('access to Kubernetes', () => {
	it('comes from the pod’s service account inside a cluster', async () => {
		await Promise.all([
			writeFile(join(folder, 'token'), 'secret\n'),
			writeFile(join(folder, 'ca.crt'), 'PEM'),
			writeFile(join(folder, 'namespace'), 'work'),
		]);
		const access = await openClusterAccess({ apiHost: '10.0.0.1:443', accountDir: folder });
		expect(access).toEqual({ server: new URL('https://10.0.0.1'), token: 'secret', ca: 'PEM', namespace: 'work' });
	});

	it('comes from a kubeconfig outside of one', () => {
		expect(parseKubeconfig(kubeconfigOf('t'))).toEqual({
			server: new URL(server),
			token: 't',
			ca: 'PEM',
			namespace: 'work',
		});
	});

	it('is missing with words that say how to get it', async () => {
		const error = await refusal(openClusterAccess({}));
		expect(error.code).toBe('invalid-config');
		expect(error.hint).toContain('kubectl config view');
	});
});
