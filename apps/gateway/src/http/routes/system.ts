import { DEFAULT_TIMEOUT_MS } from '@errand/core/domain/capability.ts';
import { jsonSchemaOf } from '@errand/core/planning/schema/from-json-schema.ts';
import type { CapabilityDeclaration } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import { type Route, route } from '../route.ts';
import { CapabilityViewSchema, ReadinessSchema } from '../schemas/system.ts';

/** SYSTEM_ROUTES show what the server can do, and how it is. */
export const SYSTEM_ROUTES: readonly Route[] = [
	route(
		{
			method: 'get',
			path: '/v1/capabilities',
			operationId: 'listCapabilities',
			summary: 'What steps can do, with the schemas of their inputs and outputs.',
			tag: 'system',
			access: 'person',
			responses: {
				200: { description: 'Every capability.', schema: z.object({ capabilities: z.array(CapabilityViewSchema) }) },
			},
			errors: [],
		},
		async ({ catalogue }) => {
			const capabilities = catalogue
				.list()
				.map((one) => ({ ...capabilityView(one), source: catalogue.sourceOf(one.name) }));
			return { status: 200, json: { capabilities } };
		},
	),
	route(
		{
			method: 'get',
			path: '/healthz',
			operationId: 'health',
			summary: 'Whether the process answers.',
			tag: 'system',
			access: 'open',
			responses: { 200: { description: 'It does.', schema: z.object({ status: z.literal('ok') }) } },
			errors: [],
		},
		async () => ({ status: 200, json: { status: 'ok' } }),
	),
	route(
		{
			method: 'get',
			path: '/readyz',
			operationId: 'readiness',
			summary: 'Whether every part is ready, and what to do where not.',
			tag: 'system',
			access: 'open',
			responses: {
				200: { description: 'Ready.', schema: ReadinessSchema },
				503: { description: 'Not ready.', schema: ReadinessSchema },
			},
			errors: [],
		},
		async ({ readiness }) => {
			const state = await readiness();
			return { status: state.ready ? 200 : 503, json: state };
		},
	),
	route(
		{
			method: 'get',
			path: '/metrics',
			operationId: 'metrics',
			summary: 'Prometheus metrics.',
			tag: 'system',
			access: 'owner',
			responses: { 200: { description: 'Text exposition format.', types: ['text/plain'] } },
			errors: [],
		},
		async ({ metrics }, { response }) => {
			response.setHeader('Content-Type', metrics.registry.contentType);
			response.end(await metrics.registry.metrics());
			return 'written';
		},
	),
];

const views = new WeakMap<CapabilityDeclaration, z.infer<typeof CapabilityViewSchema>>();

// JSON Schemas take a while to make and never change.
function capabilityView(capability: CapabilityDeclaration): z.infer<typeof CapabilityViewSchema> {
	const known = views.get(capability);
	if (known) return known;
	const { name, version, summary, effects, pure, placement, concurrency } = capability;
	const made = CapabilityViewSchema.parse({
		name,
		version,
		summary,
		effects,
		pure,
		placement,
		concurrency,
		timeoutMs: capability.timeoutMs ?? DEFAULT_TIMEOUT_MS,
		...jsonSchemaOf(capability),
	});
	views.set(capability, made);
	return made;
}
