import { z } from 'zod';

/** FlyConfigSchema parses which app's machines workers run in. */
export const FlyConfigSchema = z.strictObject({
	kind: z.literal('fly'),
	app: z.string().min(1),
	image: z.string().min(1),
	/** `http://_api.internal:4280` from within Fly's private network. */
	address: z.url({ protocol: /^https?$/ }).default('https://api.machines.dev'),
	region: z
		.string()
		.regex(/^[a-z]{3}$/, 'must be a region code such as "ord"')
		.optional(),
	cpuKind: z.enum(['shared', 'performance']).default('shared'),
	cpus: z.int().min(1).max(16).default(1),
	memoryMb: z.int().min(256).default(1_024),
	/** Beside what a worker finds anyway; secrets of the app are there by themselves. */
	env: z.record(z.string(), z.string()).default({}),
	/** What a machine may take to drain after SIGTERM; Fly allows five minutes. */
	drainMs: z.int().min(0).max(300_000).default(60_000),
});
export type FlyConfig = z.infer<typeof FlyConfigSchema>;
