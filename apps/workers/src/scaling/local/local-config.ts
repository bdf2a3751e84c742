import { z } from 'zod';

/** LocalConfigSchema parses how workers run as processes of the gateway's machine. */
export const LocalConfigSchema = z.strictObject({
	kind: z.literal('local'),
	/** A process that was told to end and has not after this long is killed. */
	drainMs: z.int().min(0).default(60_000),
});
