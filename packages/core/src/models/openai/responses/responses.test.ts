import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { SystemClock } from '../../../adapters/in-process/system-clock.ts';
import { isCoreError } from '../../../domain/errors.ts';
import { problemsOf, readDescription } from '../../fixture/api-description.ts';
import { type Answer, fails, says, sends, startModelServer, streams } from '../../fixture/model-server.ts';
import { OpenAiModel } from '../openai-model.ts';
import { firstDialect } from '../server-dialect.ts';
import { ResponseParts } from './response-parts.ts';
import { responseRequest } from './response-request.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const stop of stops.splice(0)) await stop();
});

async function setUp(...script: Answer[]) {
	const server = await startModelServer(...script);
	stops.push(server.stop);
	const model = new OpenAiModel({
		...{ baseUrl: server.url, apiKey: 'sk-test', model: { id: 'm' }, clock: new SystemClock() },
		dialect: { api: 'responses' },
		price: () => ({ input: 1, cachedInput: 0.5, output: 2 }),
		bounds: { routed: true },
	});
	const heard: string[] = [];
	const ask = (more: object = {}) =>
		model.reply(
			{ purpose: 'test', messages: [{ role: 'user', text: 'Hello' }], maxTokens: 100, ...more },
			{ signal: new AbortController().signal, onText: (piece) => heard.push(piece) },
		);
	return { server, ask, heard };
}

const usage = {
	...{ input_tokens: 100, input_tokens_details: { cached_tokens: 40, cache_write_tokens: 0 } },
	...{ output_tokens: 10, output_tokens_details: { reasoning_tokens: 0 }, total_tokens: 110 },
};
const whole = (more: object = {}) => ({
	...{ id: 'r1', object: 'response', created_at: 1, model: 'stand-in-2', status: 'completed' },
	...{ output: [], usage, error: null, incomplete_details: null, instructions: null, metadata: {} },
	...{ tools: [], tool_choice: 'auto', parallel_tool_calls: true, temperature: 1, top_p: 1 },
	...more,
});
let number = 0;
const event = (type: string, more: object) =>
	`event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number++, ...more })}\n\n`;
const place = { item_id: 'i1', output_index: 0, content_index: 0 };
const text = (delta: string) => event('response.output_text.delta', { ...place, delta, logprobs: [] });
const ends = (more: object = {}) => event('response.completed', { response: whole(more) });

describe('the Responses API', () => {
	it('is streamed piece by piece, asked in its own words, and counted with what was kept from before', async () => {
		const created = event('response.created', { response: whole({ status: 'in_progress', usage: undefined }) });
		const { server, ask, heard } = await setUp(streams(created, text('Good '), text('day.'), ends()));
		expect(await ask()).toEqual({
			...{ text: 'Good day.', toolCalls: [], finish: 'stop', model: 'stand-in-2' },
			usage: { tokens: 110, microUsd: 60 + 20 + 20 },
			tokens: { input: 100, cached: 40, output: 10 },
		});
		expect(heard).toEqual(['Good ', 'day.']);
		expect(server.asked[0]).toMatchObject({ path: '/v1/responses' });
		expect(server.asked[0]?.body).toEqual({
			...{ model: 'm', input: [{ type: 'message', role: 'user', content: 'Hello' }], stream: true, store: false },
			max_output_tokens: 100,
		});
	});

	it('gathers tool calls, in pieces or whole, and gives back what came of earlier ones', async () => {
		const item = { type: 'function_call', id: 'f1', call_id: 'c1', name: 'web_read', arguments: '' };
		const other = { ...item, id: 'f2', call_id: 'c2', arguments: '{"url":"b"}' };
		const piece = (delta: string) =>
			event('response.function_call_arguments.delta', { item_id: 'f1', output_index: 0, delta });
		const { server, ask } = await setUp(
			streams(
				event('response.output_item.added', { output_index: 0, item }),
				piece('{"url":'),
				piece('"a"}'),
				event('response.output_item.done', { output_index: 0, item: { ...item, arguments: '{"url":"a"}' } }),
				event('response.output_item.done', { output_index: 1, item: other }),
				ends({ output: [{ ...item, arguments: '{"url":"a"}' }, other] }),
			),
		);
		const messages = [
			{ role: 'system', text: 'Be brief.' },
			{ role: 'assistant', text: 'Let me see.', toolCalls: [{ id: 'c0', name: 'web.read', arguments: '{}' }] },
			{ role: 'tool', callId: 'c0', text: 'Seen.' },
		];
		const tools = [{ name: 'web.read', description: 'Reads.', parameters: { type: 'object', properties: {} } }];
		expect(await ask({ messages, tools })).toMatchObject({
			finish: 'tools',
			toolCalls: [
				{ id: 'c1', name: 'web.read', arguments: '{"url":"a"}' },
				{ id: 'c2', name: 'web.read', arguments: '{"url":"b"}' },
			],
		});
		expect(server.asked[0]?.body.input).toEqual([
			{ type: 'message', role: 'system', content: 'Be brief.' },
			{ type: 'message', role: 'assistant', content: 'Let me see.' },
			{ type: 'function_call', call_id: 'c0', name: 'web_read', arguments: '{}' },
			{ type: 'function_call_output', call_id: 'c0', output: 'Seen.' },
		]);
	});

	it('takes what comes only at the end, or without events at all', async () => {
		const content = [{ type: 'output_text', text: 'All at once.', annotations: [] }];
		const output = [{ type: 'message', id: 'i1', role: 'assistant', status: 'completed', content }];
		const { ask } = await setUp(
			streams(ends({ output })),
			sends(whole({ output })),
			streams(text('One.'), ends({ output })),
		);
		expect((await ask()).text).toBe('All at once.');
		expect((await ask()).text).toBe('All at once.');
		expect((await ask()).text).toBe('One.');
	});

	it.each([
		['cut at its bound', { reason: 'max_output_tokens' }, 'length'],
		['filtered', { reason: 'content_filter' }, 'refusal'],
	])('tells a reply that was %s', async (_, details, finish) => {
		const response = whole({ status: 'incomplete', incomplete_details: details });
		const { ask } = await setUp(streams(text('Well'), event('response.incomplete', { response })));
		expect(await ask()).toMatchObject({ text: 'Well', finish });
	});

	it('tells a refusal, and keeps thoughts out of the reply', async () => {
		const thought = event('response.reasoning_summary_text.delta', { ...place, summary_index: 0, delta: 'Hm.' });
		const refusal = event('response.refusal.delta', { ...place, delta: 'I will not.' });
		const { ask } = await setUp(streams(thought, refusal, ends()));
		expect(await ask()).toMatchObject({ text: 'I will not.', finish: 'refusal' });
	});

	it.each([
		['the server fails', { code: 'server_error', message: 'Oh no.' }, 'model-unavailable'],
		['it is asked too often', { code: 'rate_limit_exceeded', message: 'Slower.' }, 'model-unavailable'],
		['it will not take the prompt', { code: 'invalid_prompt', message: 'Not that.' }, 'model-refused'],
	])('fails where %s in the middle of a reply', async (_, error, code) => {
		const failed = event('response.failed', { response: whole({ status: 'failed', error }) });
		const { ask } = await setUp(
			streams(text('Well'), failed),
			// Without the event's name, as some servers send it; the library reads those with it by itself.
			streams(`data: ${JSON.stringify({ type: 'error', ...error, param: null })}\n\n`),
			sends(whole({ status: 'failed', error })),
		);
		for (let left = 3; left > 0; left -= 1) await expect(ask()).rejects.toMatchObject({ code });
	});

	it('fails where the line breaks off', async () => {
		const { ask } = await setUp(streams(text('Half of')));
		await expect(ask()).rejects.toMatchObject({
			code: 'model-unavailable',
			message: expect.stringContaining('broke off'),
		});
	});

	it('asks for JSON natively, and more simply where the server refuses', async () => {
		const schema = {
			type: 'object',
			properties: { a: { type: 'number' } },
			required: ['a'],
			additionalProperties: false,
		};
		const refused = fails(400, { message: "Unsupported parameter: 'text.format'" });
		const { server, ask } = await setUp(refused, refused, streams(text('{"a":1}'), ends()));
		expect((await ask({ output: { name: 'card.v1', schema } })).text).toBe('{"a":1}');
		expect(server.asked.map(({ body }) => body.text?.format)).toEqual([
			{ type: 'json_schema', name: 'card_v1', schema, strict: true },
			{ type: 'json_object' },
			undefined,
		]);
		expect(server.asked[2]?.body.input[0]).toMatchObject({ role: 'system', content: expect.stringContaining('"a"') });
	});

	it('is given up for chat completions where a server has none, for good', async () => {
		const { server, ask } = await setUp(fails(404, { message: 'Not Found' }), says('Hello'));
		expect((await ask()).text).toBe('Hello');
		await ask();
		expect(server.asked.map(({ path }) => path)).toEqual([
			'/v1/responses',
			'/v1/chat/completions',
			'/v1/chat/completions',
		]);
	});

	it('shows pictures, as chat completions do', async () => {
		const images = [{ type: 'image/png', base64: 'AAAA' }];
		const messages = [{ role: 'user', text: 'What is it?', images }];
		const { server, ask } = await setUp(streams(text('A dot.'), ends()), fails(404), says('A dot.'));
		await ask({ messages });
		expect(server.asked[0]?.body.input).toEqual([
			{
				type: 'message',
				role: 'user',
				content: [
					{ type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,AAAA' },
					{ type: 'input_text', text: 'What is it?' },
				],
			},
		]);
		await ask({ messages });
		expect(server.asked[2]?.body.messages).toEqual([
			{
				role: 'user',
				content: [
					{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
					{ type: 'text', text: 'What is it?' },
				],
			},
		]);
	});

	it('is read without harm whatever its events hold', async () => {
		const json = fc.jsonValue({ maxDepth: 2 });
		const types = fc.constantFrom(
			...[
				'response.output_text.delta',
				'response.output_item.added',
				'response.output_item.done',
				'response.completed',
			],
			...['response.function_call_arguments.delta', 'response.incomplete', 'response.failed', 'error', 'else'],
		);
		const some = { requiredKeys: [] };
		const item = fc.record(
			{
				type: fc.constantFrom('function_call', 'message', 'x'),
				call_id: json,
				name: json,
				arguments: json,
				content: json,
			},
			some,
		);
		const response = fc.record(
			{ output: fc.oneof(fc.array(item, { maxLength: 2 }), json), usage: json, model: json, status: json, error: json },
			some,
		);
		const strange = fc.record(
			{ type: types, delta: json, output_index: json, item: fc.oneof(item, json), response: fc.oneof(response, json) },
			some,
		);
		const events = fc.array(strange, { maxLength: 4 });
		let script: unknown[] = [];
		const { ask } = await setUp((reply, asked) =>
			streams(...script.map((one) => `data: ${JSON.stringify(one)}\n\n`), ends())(reply, asked),
		);
		await fc.assert(
			fc.asyncProperty(events, async (played) => {
				script = played;
				const reply = await ask().catch((error: unknown) => error);
				if (!isCoreError(reply))
					expect(reply).toMatchObject({ text: expect.any(String), toolCalls: expect.any(Array) });
			}),
			{ numRuns: 80 },
		);
	});
});

// OpenAI's description of its API is not part of the repository: set ERRAND_SPECS_DIR to a folder that has openai-openapi.json.
const folder = process.env['ERRAND_SPECS_DIR'];
const schemas = folder === undefined ? {} : readDescription(readFileSync(join(folder, 'openai-openapi.json'), 'utf8'));

describe.skipIf(folder === undefined)(
	"OpenAI's own description of the Responses API (set ERRAND_SPECS_DIR to compare)",
	() => {
		const base = { purpose: 'test', messages: [{ role: 'user' as const, text: 'Hello' }], maxTokens: 5 };
		const schema = {
			type: 'object',
			properties: { a: { type: 'number' } },
			required: ['a'],
			additionalProperties: false,
		};
		const requests = {
			words: base,
			JSON: { ...base, output: { name: 'a.card', schema } },
			pictures: { ...base, messages: [{ ...base.messages[0], images: [{ type: 'image/png', base64: 'AAAA' }] }] },
			tools: {
				...base,
				messages: [
					{ role: 'system', text: 'Be brief.' },
					{ role: 'assistant', text: 'So.', toolCalls: [{ id: 'c', name: 'web.read', arguments: '{}' }] },
					{ role: 'tool', callId: 'c', text: 'Seen.' },
				],
				tools: [{ name: 'web.read', description: 'Reads.', parameters: { type: 'object', properties: {} } }],
			},
		};

		it.each(Object.entries(requests))('has the request for %s', (_, request) => {
			for (const output of ['schema', 'object', 'prompt'] as const) {
				const dialect = { ...firstDialect('https://api.openai.com/v1'), output };
				const body = responseRequest(request as typeof base, { model: 'gpt-6.1-terra', dialect });
				expect(problemsOf(schemas, 'CreateResponse', body)).toEqual([]);
			}
			expect(problemsOf(schemas, 'CreateResponse', { model: 'm', inputs: [] })).not.toEqual([]);
		});

		it('has the events that are read here, under these names', () => {
			const described = JSON.stringify(schemas['ResponseStreamEvent']);
			const names = [...described.matchAll(/#\/\$defs\/(\w+)/g)].map(([, name]) => name ?? '');
			const types = new Set(names.flatMap((name) => JSON.stringify(schemas[name]).match(/response\.[a-z_.]+/g) ?? []));
			const source = ResponseParts.prototype.of.toString();
			const read = source.match(/response\.[a-z_]+(?:\.[a-z_]+)*(?=['"])/g) ?? [];
			expect(read.length).toBeGreaterThan(9);
			expect(read.filter((type) => !types.has(type))).toEqual([]);
		});

		it('has the reply that the tests here play', () => {
			expect(problemsOf(schemas, 'Response', whole())).toEqual([]);
		});
	},
);
