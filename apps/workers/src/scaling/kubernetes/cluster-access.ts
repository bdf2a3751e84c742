import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreError, describeError } from '@errand/core/domain/errors.ts';
import { z } from 'zod';

/** ClusterAccess is how a Kubernetes API is called. */
export interface ClusterAccess {
	readonly server: URL;
	readonly ca?: string | undefined;
	readonly token: string;
	readonly namespace: string;
}

/** ACCOUNT_DIR is where Kubernetes puts a pod's service account. */
export const ACCOUNT_DIR = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * openClusterAccess reads how to call the API, as it stands now: tokens are replaced every hour, so each call asks anew.
 * Rejects with CoreError `invalid-config`, saying what is missing.
 */
export async function openClusterAccess(from: {
	readonly kubeconfig?: string | undefined;
	/** `host:port` of the API, inside a cluster. */
	readonly apiHost?: string | undefined;
	readonly accountDir?: string;
}): Promise<ClusterAccess> {
	try {
		if (from.kubeconfig !== undefined) return parseKubeconfig(await readFile(from.kubeconfig, 'utf8'));
		if (from.apiHost === undefined) throw new TypeError('KUBERNETES_SERVICE_HOST is not set');
		const dir = from.accountDir ?? ACCOUNT_DIR;
		const [token, ca, namespace] = await Promise.all(
			['token', 'ca.crt', 'namespace'].map((name) => readFile(join(dir, name), 'utf8')),
		);
		return {
			server: new URL(`https://${from.apiHost}`),
			token: token?.trim() ?? '',
			ca,
			namespace: namespace?.trim() ?? '',
		};
	} catch (error) {
		throw new CoreError('invalid-config', `Kubernetes cannot be called: ${describeError(error)}.`, {
			hint: 'Run the gateway in a pod with a service account, or name a kubeconfig in JSON with a token: `kubectl config view --minify --flatten --raw -o json`.',
			cause: error,
		});
	}
}

/** parseKubeconfig reads the current context of a kubeconfig in JSON. */
export function parseKubeconfig(text: string): ClusterAccess {
	const config = Kubeconfig.parse(JSON.parse(text));
	const context = named(config.contexts, config['current-context'], 'context').context;
	const { cluster } = named(config.clusters, context.cluster, 'cluster');
	const { user } = named(config.users, context.user, 'user');
	const ca = cluster['certificate-authority-data'];
	return {
		server: new URL(cluster.server),
		token: user.token,
		namespace: context.namespace ?? 'default',
		...(ca === undefined ? {} : { ca: Buffer.from(ca, 'base64').toString('utf8') }),
	};
}

function named<T extends { name: string }>(entries: readonly T[], name: string, what: string): T {
	const entry = entries.find((each) => each.name === name);
	if (entry === undefined) throw new TypeError(`the kubeconfig has no ${what} "${name}"`);
	return entry;
}

const Kubeconfig = z.object({
	'current-context': z.string(),
	contexts: z.array(
		z.object({
			name: z.string(),
			context: z.object({ cluster: z.string(), user: z.string(), namespace: z.string().optional() }),
		}),
	),
	clusters: z.array(
		z.object({
			name: z.string(),
			cluster: z.object({ server: z.url(), 'certificate-authority-data': z.string().optional() }),
		}),
	),
	users: z.array(z.object({ name: z.string(), user: z.object({ token: z.string() }) })),
});
