import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ModelRequest } from '../../ports/language-model.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { problemsOf, readDescription } from '../fixture/api-description.ts';
import { chunk, says, sends, startModelServer } from '../fixture/model-server.ts';
import { replySchema } from '../reply-schema.ts';
import { chatRequest } from './chat-request.ts';
import { OpenAiModel } from './openai-model.ts';
import { firstDialect } from './server-dialect.ts';

// OpenAI's description of its API is not part of the repository: set ERRAND_SPECS_DIR to a folder that has openai-openapi.json.
const folder = process.env['ERRAND_SPECS_DIR'];
const schemas = folder === undefined ? {} : readDescription(readFileSync(join(folder, 'openai-openapi.json'), 'utf8'));
const problems = (name: string, body: unknown) => problemsOf(schemas, name, body);

describe.skipIf(folder === undefined)("OpenAI's own description of its API (set ERRAND_SPECS_DIR to compare)", () => {
	const base: ModelRequest = {
		purpose: 'test',
		messages: [
			{ role: 'system', text: 'Be brief.' },
			{ role: 'user', text: 'Hello' },
		],
		maxTokens: 100,
	};
	const card = z.object({ title: z.string().min(1), when: z.iso.date().optional(), tags: z.array(z.string()) });
	const requests: Readonly<Record<string, ModelRequest>> = {
		words: base,
		'JSON of a schema': { ...base, output: { name: 'text.card', schema: replySchema(card).schema } },
		pictures: {
			...base,
			messages: [{ role: 'user', text: 'What is it?', images: [{ type: 'image/png', base64: 'AAAA' }] }],
		},
		tools: {
			...base,
			messages: [
				...base.messages,
				{ role: 'assistant', text: '', toolCalls: [{ id: 'c1', name: 'web.read', arguments: '{"url":"a"}' }] },
				{ role: 'tool', callId: 'c1', text: 'Seen.' },
				{ role: 'assistant', text: 'And so it is.' },
			],
			tools: [{ name: 'web.read', description: 'Reads.', parameters: { type: 'object', properties: {} } }],
		},
	};

	it.each(Object.entries(requests))('has the request for %s', (_, request) => {
		for (const url of ['https://api.openai.com/v1', 'http://127.0.0.1/v1']) {
			const body = chatRequest(request, { model: 'gpt-6.1-terra', dialect: firstDialect(url) });
			expect(problems('CreateChatCompletionRequest', body)).toEqual([]);
		}
	});

	it('has the request for JSON in each simpler way', () => {
		const request = { ...base, output: { name: 'card', schema: replySchema(card).schema } };
		for (const output of ['schema', 'object', 'prompt'] as const) {
			const dialect = { ...firstDialect('https://api.openai.com/v1'), output };
			expect(problems('CreateChatCompletionRequest', chatRequest(request, { model: 'm', dialect }))).toEqual([]);
		}
	});

	it('has the request for vectors', async () => {
		const server = await startModelServer(
			sends({ data: [{ index: 0, embedding: [1] }], usage: { prompt_tokens: 1, total_tokens: 1 } }),
		);
		try {
			const model = new OpenAiModel({ baseUrl: server.url, model: { id: 'm' }, dimensions: 1, clock: new FakeClock() });
			await model.embed(['text'], { signal: new AbortController().signal });
			expect(problems('CreateEmbeddingRequest', server.asked[0]?.body)).toEqual([]);
		} finally {
			await server.stop();
		}
	});

	it('refuses what is none, so that the comparison means something', () => {
		expect(problems('CreateChatCompletionRequest', { model: 'm', messages: [], stream: true })).not.toEqual([]);
		expect(problems('CreateChatCompletionRequest', { model: 'm', messages: base.messages })).not.toEqual([]);
		const body = chatRequest(base, { model: 'm', dialect: firstDialect('http://127.0.0.1/v1') });
		expect(problems('CreateChatCompletionRequest', { ...body, max_token: 1 })).toEqual(['max_token is not described']);
	});

	it('has the replies that the tests of this folder play', () => {
		const events: string[] = [];
		const response = { writeHead: () => undefined, write: (event: string) => events.push(event), end: () => undefined };
		says('Hello there')(response as never, undefined as never);
		events.push(
			chunk({ tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name: 'a', arguments: '' } }] }),
		);
		events.push(chunk({ refusal: 'No.' }));
		const bodies = events.map((event) => event.slice('data: '.length)).filter((text) => !text.startsWith('[DONE]'));
		expect(bodies.length).toBeGreaterThan(5);
		for (const body of bodies) expect(problems('CreateChatCompletionStreamResponse', JSON.parse(body))).toEqual([]);
	});
});
