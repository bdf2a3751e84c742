import { DEFAULT_TIMEOUT_MS } from '@errand/core/domain/capability.ts';
import type { CapabilityDeclaration } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import { type Route, route } from '../route.ts';
import { CapabilityViewSchema, ReadinessSchema, WorkerViewSchema } from '../schemas/system.ts';
import { DeadLetterSchema } from '../schemas/task.ts';

const DeadLetterParams = z.object({ id: z.string().min(3).max(400) });

/** SYSTEM_ROUTES show what gave up, what the server can do, and how it is. */
export const SYSTEM_ROUTES: readonly Route[] = [
	route(
		{
			method: 'get',
			path: '/v1/dead-letters',
			operationId: 'listDeadLetters',
			summary: 'Steps that gave up.',
			tag: 'dead letters',
			access: 'person',
			responses: {
				200: { description: 'Newest first.', schema: z.object({ deadLetters: z.array(DeadLetterSchema) }) },
			},
			errors: [],
		},
		async ({ tasks }, { caller }) => ({
			status: 200,
			json: { deadLetters: await tasks.deadLetters(caller.principal) },
		}),
	),
	route(
		{
			method: 'post',
			path: '/v1/dead-letters/:id/replay',
			operationId: 'replayDeadLetter',
			summary: 'Run a step that gave up again; what was done stays done.',
			tag: 'dead letters',
			access: 'person',
			params: DeadLetterParams,
			responses: { 202: { description: 'It runs again.', schema: z.object({ id: z.string() }) } },
			errors: ['not-found', 'unknown-task', 'unknown-step', 'not-possible'],
		},
		async ({ tasks }, { caller, params }) => {
			await tasks.replayDeadLetter(caller.principal, params.id);
			return { status: 202, json: { id: params.id } };
		},
	),
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
		async ({ capabilities }) => ({ status: 200, json: { capabilities: capabilities.map(capabilityView) } }),
	),
	route(
		{
			method: 'get',
			path: '/v1/workers',
			operationId: 'listWorkers',
			summary: 'Worker hosts and what they are doing.',
			tag: 'system',
			access: 'person',
			responses: { 200: { description: 'Every host.', schema: z.object({ workers: z.array(WorkerViewSchema) }) } },
			errors: [],
		},
		async ({ workers }) => ({ status: 200, json: { workers: workers() } }),
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
		input: z.toJSONSchema(capability.input, { io: 'input', unrepresentable: 'any' }),
		output: z.toJSONSchema(capability.output, { io: 'output', unrepresentable: 'any' }),
	});
	views.set(capability, made);
	return made;
}
