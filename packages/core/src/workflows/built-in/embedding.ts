import { z } from 'zod';
import { CoreError } from '../../domain/errors.ts';
import { defineWorkflow } from '../define-workflow.ts';

/** What `model.embed` gives. */
const Embedded = z.object({ embeddings: z.array(z.array(z.number())), model: z.string(), dimension: z.number() });
const Query = z.object({ query_id: z.string(), query: z.string(), model: z.string() });

/** embedding makes a vector of a text, for finding what is alike. */
export const embedding = defineWorkflow({
	name: 'embedding',
	title: 'Make a vector of a text',
	description: 'Has the embedding model make a vector of a query; tells its dimension.',
	input: z.object({
		query_id: z.string().min(1).max(200),
		query: z.string().min(1).max(200_000),
		model: z.string().min(1).max(200).default('auto'),
	}),
	output: z.object({
		query_id: z.string(),
		embedding: z.array(z.number()),
		embedding_dim: z.number(),
		timestamp: z.string(),
	}),
	steps: (flow, input) => {
		const received = flow.step('receive', {
			title: 'Take in the query',
			placement: 'inline',
			accepts: Query,
			input: { query_id: input.query_id, query: input.query, model: input.model },
			run: (query) => query,
			output: Query,
		});
		const valid = flow.step('validate', {
			title: 'Check the query',
			placement: 'inline',
			accepts: z.object({ query: z.string(), model: z.string() }),
			input: { query: received.query, model: received.model },
			run: ({ query, model }) => ({ texts: [withWords(query)], model: model === 'auto' ? null : model }),
			output: z.object({ texts: z.array(z.string()), model: z.string().nullable() }),
		});
		const made = flow.use(
			'model.embed',
			{ texts: valid.texts, model: valid.model },
			{ id: 'generate', title: 'Make the vector', timeout: '2m', output: Embedded },
		);
		return flow.step('publish', {
			title: 'Tell the vector and its dimension',
			placement: 'inline',
			accepts: z.object({ query_id: z.string(), embedding: z.array(z.number()), dimension: z.number() }),
			input: { query_id: received.query_id, embedding: made.embeddings.at(0), dimension: made.dimension },
			run: ({ query_id, embedding, dimension }) => ({
				query_id,
				embedding,
				embedding_dim: dimension,
				timestamp: new Date().toISOString(),
			}),
		});
	},
});

function withWords(query: string): string {
	const text = query.trim();
	if (text !== '') return text;
	throw new CoreError('invalid-input', 'The query has no words, so there is nothing to make a vector of.', {
		hint: 'Give the text in `query`.',
	});
}
