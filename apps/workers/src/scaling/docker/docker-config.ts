import { z } from 'zod';

/** DockerConfigSchema parses where Docker is and which containers workers run in. */
export const DockerConfigSchema = z.strictObject({
	kind: z.literal('docker'),
	image: z.string().min(1),
	socket: z.string().startsWith('/').default('/var/run/docker.sock'),
	/** Of a Docker elsewhere (`http://docker:2375`), in place of the socket. */
	address: z.url({ protocol: /^https?$/ }).optional(),
	/** The network in which Redis and the artifact store can be reached. */
	network: z.string().min(1).optional(),
	/** `volume:/path` or `/path:/path`, such as the data directory. */
	binds: z.array(z.string().regex(/^[^:]+:\/[^:]*(?::[a-z,]+)?$/, 'must be source:/target')).default([]),
	memoryMb: z.int().min(64).optional(),
	/** Beside what a worker finds anyway. */
	env: z.record(z.string(), z.string()).default({}),
	/** A container that was told to end and has not after this long is killed. */
	drainMs: z.int().min(0).default(60_000),
});
export type DockerConfig = z.infer<typeof DockerConfigSchema>;
