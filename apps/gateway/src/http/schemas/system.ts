import { z } from 'zod';

/** CapabilityViewSchema documents a capability as `/v1/capabilities` lists it. */
export const CapabilityViewSchema = z.object({
	name: z.string(),
	version: z.int(),
	summary: z.string(),
	source: z.string().optional().describe('Who brings it, such as `mcp:github`; left out for what ships with Errand.'),
	effects: z.enum(['none', 'idempotent', 'external']),
	pure: z.boolean(),
	placement: z.enum(['inline', 'process']),
	concurrency: z.int(),
	timeoutMs: z.number(),
	input: z.record(z.string(), z.json()).describe('JSON Schema 2020-12 of the input.'),
	output: z.record(z.string(), z.json()).describe('JSON Schema 2020-12 of the output.'),
});

/** ReadinessSchema documents `/readyz`: each part, and what to do where one is not ready. */
export const ReadinessSchema = z.object({
	ready: z.boolean(),
	checks: z.record(
		z.string(),
		z.object({
			status: z.enum(['ready', 'degraded', 'stopped', 'standby']),
			message: z.string().optional(),
			hint: z.string().optional(),
		}),
	),
});
export type Readiness = z.infer<typeof ReadinessSchema>;
