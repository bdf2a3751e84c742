import { CoreError } from '@errand/core/domain/errors.ts';
import { z } from 'zod';
import { type Route, route } from '../http/route.ts';
import { MODELS, modelCard, modelNamed } from './models.ts';

const ModelSchema = z.object({ id: z.string(), object: z.literal('model'), created: z.int(), owned_by: z.string() });

/** MODEL_ROUTES say under which names OpenAI clients ask. */
export const MODEL_ROUTES: readonly Route[] = [
	route(
		{
			method: 'get',
			path: '/v1/models',
			operationId: 'listModels',
			summary: 'The models: `errand` runs tasks, `errand-quick` only answers.',
			tag: 'openai',
			access: 'person',
			refusals: 'openai',
			responses: {
				200: {
					description: 'Both of them.',
					schema: z.object({ object: z.literal('list'), data: z.array(ModelSchema) }),
				},
			},
			errors: [],
		},
		async () => ({ status: 200, json: { object: 'list', data: MODELS.map(modelCard) } }),
	),
	route(
		{
			method: 'get',
			path: '/v1/models/:id',
			operationId: 'getModel',
			summary: 'One model.',
			tag: 'openai',
			access: 'person',
			refusals: 'openai',
			params: z.object({ id: z.string().min(1).max(200) }),
			responses: { 200: { description: 'It.', schema: ModelSchema } },
			errors: ['not-found'],
		},
		async (_services, { params }) => {
			const model = modelNamed(params.id);
			if (model !== undefined) return { status: 200, json: modelCard(model) };
			throw new CoreError('not-found', `There is no model "${params.id.slice(0, 100)}".`, {
				hint: `There are ${MODELS.join(' and ')}.`,
			});
		},
	),
];
