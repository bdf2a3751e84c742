import { z } from 'zod';

/** KubernetesConfigSchema parses which Deployments are scaled, and how the cluster is reached from outside of it. */
export const KubernetesConfigSchema = z.strictObject({
	kind: z.literal('kubernetes'),
	/** `{pool}` stands for the pool's name. */
	deployment: z.string().min(1).default('errand-worker-{pool}'),
	/** Left out inside a cluster: the namespace of this pod. */
	namespace: z.string().min(1).optional(),
	/** A kubeconfig in JSON (`kubectl config view --minify --flatten --raw -o json`) with a token; left out inside a cluster. */
	kubeconfig: z.string().min(1).optional(),
});
export type KubernetesConfig = z.infer<typeof KubernetesConfigSchema>;
