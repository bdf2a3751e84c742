import { readFileSync } from 'node:fs';
import { describeError } from '@errand/core/domain/errors.ts';
import { type PoolRules, PoolRulesSchema } from '@errand/core/domain/scaling/pool-rules.ts';
import { z } from 'zod';
import { DockerConfigSchema } from './docker/docker-config.ts';
import { FlyConfigSchema } from './fly/fly-config.ts';
import { KubernetesConfigSchema } from './kubernetes/kubernetes-config.ts';
import { LocalConfigSchema } from './local/local-config.ts';

/** WorkerCommand is what Node runs for a worker. */
export interface WorkerCommand {
	readonly file: string;
	readonly arguments: readonly string[];
}

const ScalingSchema = z.strictObject({
	backend: z.preprocess(
		(value) => (value === undefined || value === 'local' ? { kind: 'local' } : value),
		z.discriminatedUnion('kind', [LocalConfigSchema, DockerConfigSchema, KubernetesConfigSchema, FlyConfigSchema]),
	),
	pools: z
		.record(
			z
				.string()
				.regex(
					/^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$/,
					'must be at most 60 letters, digits, dots, hyphens and underscores',
				),
			PoolRulesSchema,
		)
		.refine((pools) => Object.keys(pools).length > 0, 'must name a pool'),
});

/** ScalingConfig says which pools of workers there are, and on what they run. */
export type ScalingConfig = z.infer<typeof ScalingSchema>;

/** SCALING_VARIABLES are the variables of the environment about scaling: JSON, or the name of a file with it. */
export const SCALING_VARIABLES = {
	ERRAND_SCALING: z
		.string()
		.transform((text, context): ScalingConfig => {
			const { config, mistakes } = parseScaling(text);
			if (config !== undefined) return config;
			context.addIssue({ code: 'custom', message: mistakes.join('; ') });
			return z.NEVER;
		})
		.optional(),
	/** For workers in Fly machines. */
	FLY_API_TOKEN: z.string().optional(),
} as const;

/** ScalingVariables is what the environment says about scaling. */
export interface ScalingVariables {
	readonly ERRAND_SCALING?: ScalingConfig | undefined;
	readonly FLY_API_TOKEN?: string | undefined;
}

/** parseScaling reads the text or the file, and says every mistake in it. */
export function parseScaling(text: string): { config?: ScalingConfig; mistakes: readonly string[] } {
	let given: unknown;
	try {
		given = JSON.parse(text.trimStart().startsWith('{') ? text : readFileSync(text, 'utf8'));
	} catch (error) {
		return { mistakes: [`must be JSON, or a file with JSON in it: ${describeError(error)}`] };
	}
	const parsed = ScalingSchema.safeParse(given);
	if (parsed.success) return { config: parsed.data, mistakes: [] };
	return {
		mistakes: parsed.error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(' ')),
	};
}

/** workerCommand is what a worker of a pool is started with, in a checkout of Errand at `root`. */
export function workerCommand(root: string, pool: string, { capabilities, concurrency }: PoolRules): WorkerCommand {
	return {
		file: `${root}/apps/workers/src/main.ts`,
		arguments: [
			...['--pool', pool, '--concurrency', String(concurrency)],
			...(capabilities === undefined ? [] : ['--capabilities', capabilities.join(',')]),
		],
	};
}
