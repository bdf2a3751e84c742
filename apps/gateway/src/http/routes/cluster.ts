import type { WorkerOrder } from '@errand/core/ports/worker-registry.ts';
import { z } from 'zod';
import { type Route, route } from '../route.ts';
import {
	PoolSchema,
	QueueSchema,
	ScaleSchema,
	SessionSchema,
	WorkerViewSchema,
	workerView,
} from '../schemas/cluster.ts';

const NameParams = z.object({ name: z.string().min(1).max(100) });
const WorkerParams = z.object({ id: z.string().min(1).max(200) });

/** CLUSTER_ROUTES show the owner what carries the work, and steer it. */
export const CLUSTER_ROUTES: readonly Route[] = [
	route(
		{
			method: 'get',
			path: '/v1/workers',
			operationId: 'listWorkers',
			summary: 'Workers and what they are doing.',
			tag: 'system',
			access: 'owner',
			responses: {
				200: { description: 'All that are alive, by name.', schema: z.object({ workers: z.array(WorkerViewSchema) }) },
			},
			errors: [],
		},
		async ({ cluster }) => ({ status: 200, json: { workers: cluster.workers().map(workerView) } }),
	),
	order('pause', 'Have a worker take nothing new until it is told to go on; what runs there ends.'),
	order('resume', 'Have a paused worker go on.'),
	order('drain', 'Have a worker finish what runs there and exit.'),
	route(
		{
			method: 'get',
			path: '/v1/queues',
			operationId: 'listQueues',
			summary: 'What waits and what runs, by capability.',
			tag: 'system',
			access: 'owner',
			responses: {
				200: {
					description: 'Capabilities that something waits for or runs of, the longest queue first.',
					schema: z.object({ queues: z.array(QueueSchema) }),
				},
			},
			errors: [],
		},
		async ({ cluster }) => ({ status: 200, json: { queues: await cluster.queues() } }),
	),
	route(
		{
			method: 'get',
			path: '/v1/sessions',
			operationId: 'listSessions',
			summary: 'Tasks that have a browser or files of their own, and where.',
			tag: 'system',
			access: 'owner',
			responses: {
				200: { description: 'By worker.', schema: z.object({ sessions: z.array(SessionSchema) }) },
			},
			errors: [],
		},
		async ({ cluster }) => ({ status: 200, json: { sessions: cluster.sessions() } }),
	),
	route(
		{
			method: 'get',
			path: '/v1/pools',
			operationId: 'listPools',
			summary: 'Sets of workers that are scaled.',
			tag: 'system',
			access: 'owner',
			responses: { 200: { description: 'Every pool.', schema: z.object({ pools: z.array(PoolSchema) }) } },
			errors: [],
		},
		async ({ cluster }) => ({ status: 200, json: { pools: await cluster.pools() } }),
	),
	route(
		{
			method: 'post',
			path: '/v1/pools/:name/scale',
			operationId: 'scalePool',
			summary: 'Say how many workers a pool is to have, or leave it to the load.',
			tag: 'system',
			access: 'owner',
			params: NameParams,
			body: ScaleSchema,
			responses: { 202: { description: 'It is being carried out.', schema: z.object({ name: z.string() }) } },
			errors: ['not-found', 'not-possible', 'unsupported-type'],
		},
		async ({ cluster }, { params, body }) => {
			await cluster.scale(params.name, body.size);
			return { status: 202, json: { name: params.name } };
		},
	),
];

function order(name: WorkerOrder, summary: string): Route {
	return route(
		{
			method: 'post',
			path: `/v1/workers/:id/${name}`,
			operationId: `${name}Worker`,
			summary,
			tag: 'system',
			access: 'owner',
			params: WorkerParams,
			responses: { 202: { description: 'It was told.', schema: z.object({ id: z.string() }) } },
			errors: ['not-found', 'not-possible'],
		},
		async ({ cluster }, { params }) => {
			await cluster.order(params.id, name);
			return { status: 202, json: { id: params.id } };
		},
	);
}
