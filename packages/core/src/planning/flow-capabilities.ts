import { z } from 'zod';
import { FLOW } from '../domain/task/flow.ts';
import type { CapabilityDeclaration } from '../ports/capability.ts';

const anything = z.json();
const ms = z
	.number()
	.min(0)
	.max(10 * 365 * 86_400_000);

/** What all of them have: the task itself carries them out, so no worker ever sees one. */
const FLOW_RULES = {
	version: 1,
	output: anything,
	effects: 'none',
	pure: false,
	placement: 'inline',
	concurrency: 1,
	unplanned: true,
} as const;

/**
 * FLOW_CAPABILITIES are the constructs of control flow, as steps name them. The task carries them out by rule, without a worker;
 * they are part of every catalogue.
 */
export const FLOW_CAPABILITIES: readonly CapabilityDeclaration[] = [
	{
		...FLOW_RULES,
		name: FLOW.group,
		summary:
			'Some steps as one (`body`), for each element of a list where it has `forEach`; gives what `body.gives` gave.',
		input: anything,
	},
	{
		...FLOW_RULES,
		name: FLOW.loop,
		summary: 'Some steps (`body`) again and again until a condition holds (`repeat`); gives what the last time gave.',
		input: anything,
	},
	{
		...FLOW_RULES,
		name: FLOW.wait,
		summary: 'Waits for a while (`ms`), or until a time (`until`: ISO 8601, or ms since 1970).',
		input: z.union([
			z.strictObject({ ms }),
			z.strictObject({ until: z.union([z.string().min(1).max(100), z.number()]) }),
		]),
	},
	{
		...FLOW_RULES,
		name: FLOW.event,
		summary: 'Waits for an event that somebody sends to the task; gives its data, or `{timedOut: true}`.',
		input: z.strictObject({
			name: z.string().min(1).max(100),
			timeoutMs: ms.optional(),
			otherwise: z.enum(['fail', 'go-on']).optional(),
		}),
	},
	{ ...FLOW_RULES, name: FLOW.value, summary: 'A value made of others: gives its input.', input: anything },
];
