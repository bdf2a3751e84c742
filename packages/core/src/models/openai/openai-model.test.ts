import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import {
	type Answer,
	chunk,
	DONE,
	fails,
	says,
	sends,
	startModelServer,
	streams,
	usageChunk,
} from '../fixture/model-server.ts';
import { OpenAiModel, type OpenAiModelOptions } from './openai-model.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const stop of stops.splice(0)) await stop();
});

async function setUp(script: Answer[], options: Partial<OpenAiModelOptions> = {}) {
	const server = await startModelServer(...script);
	stops.push(server.stop);
	const clock = new FakeClock();
	const model = new OpenAiModel({ baseUrl: server.url, apiKey: 'sk-test', model: { id: 'm' }, clock, ...options });
	const heard: string[] = [];
	const controller = new AbortController();
	const ask = (more: object = {}) =>
		model.reply(
			{ purpose: 'test', messages: [{ role: 'user', text: 'Hello there' }], maxTokens: 100, ...more },
			{ signal: controller.signal, onText: (piece) => heard.push(piece), onRestart: () => heard.push('<restart>') },
		);
	return { server, clock, model, heard, controller, ask };
}

/** Lets time pass as soon as the model waits, until it has its result. */
async function impatiently<T>(clock: FakeClock, work: Promise<T>, stepMs = 30_000): Promise<T> {
	let done = false;
	const ended = work.finally(() => {
		done = true;
	});
	ended.catch(() => undefined);
	while (!done) {
		// One timer is a pause between tries; a try under way has two.
		if (clock.waiting === 1) await clock.advance(stepMs);
		await new Promise((resolve) => setTimeout(resolve, 2));
	}
	return await ended;
}

async function eventually(condition: () => boolean): Promise<void> {
	for (let left = 10_000; !condition(); left -= 1) {
		if (left === 0) throw new Error('it never came to be');
		await new Promise((resolve) => setTimeout(resolve, 2));
	}
}

const schema = {
	type: 'object',
	properties: { a: { type: 'number' } },
	required: ['a'],
	additionalProperties: false,
};
const output = { name: 'card.v1', schema };

describe('a reply', () => {
	it('is streamed piece by piece and counted by the server', async () => {
		const { server, ask, heard } = await setUp([says('Hello to you.', { prompt_tokens: 10, completion_tokens: 5 })]);
		expect(await ask()).toEqual({
			text: 'Hello to you.',
			toolCalls: [],
			finish: 'stop',
			usage: { tokens: 15, microUsd: 0 },
			tokens: { input: 10, cached: 0, output: 5 },
			model: 'stand-in-1',
		});
		expect(heard.length).toBeGreaterThan(2);
		expect(heard.join('')).toBe('Hello to you.');
		const { path, headers, body } = server.asked[0] ?? {};
		expect(path).toBe('/v1/chat/completions');
		expect(headers?.authorization).toBe('Bearer sk-test');
		expect(body).toEqual({
			model: 'm',
			messages: [{ role: 'user', content: 'Hello there' }],
			stream: true,
			stream_options: { include_usage: true },
			max_tokens: 100,
		});
	});

	it('is passed on while the rest is still to come', async () => {
		let finish = () => {};
		const { ask, heard } = await setUp([
			(response) => {
				response.writeHead(200, { 'content-type': 'text/event-stream' });
				response.write(chunk({ content: 'first' }));
				finish = () => response.end(chunk({}, { finish_reason: 'stop' }) + DONE);
			},
		]);
		const reply = ask();
		await eventually(() => heard.length === 1);
		finish();
		expect((await reply).text).toBe('first');
	});

	it('is estimated and marked so where the server does not count', async () => {
		const { ask } = await setUp([streams(chunk({ content: '12345678' }), chunk({}, { finish_reason: 'stop' }), DONE)]);
		const { usage, estimated } = await ask();
		expect(estimated).toBe(true);
		expect(usage.tokens).toBeGreaterThan(5);
		expect(usage.tokens).toBeLessThan(30);
	});

	it.each([
		['what OpenRouter says it took', { cost: 0.00123 }, {}, 1_230],
		['what LiteLLM says it took', {}, { 'x-litellm-response-cost': '0.0005' }, 500],
		['the price given', { prompt_tokens_details: { cached_tokens: 500 } }, {}, 500 * 2 + 500 * 1 + 100 * 10],
	])('costs %s', async (_, more, headers, microUsd) => {
		const usage = { prompt_tokens: 1_000, completion_tokens: 100, ...more };
		const answer: Answer = (response, asked) => {
			for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
			says('Hi', usage)(response, asked);
		};
		const { ask } = await setUp([answer], { price: () => ({ input: 2, cachedInput: 1, output: 10 }) });
		expect((await ask()).usage).toEqual({ tokens: 1_100, microUsd });
	});

	it.each([
		[{ prompt_tokens: -1_000, completion_tokens: 5 }],
		[{ prompt_tokens: 1e308, completion_tokens: 5 }],
		[{ prompt_tokens: '10', completion_tokens: 5 }],
	])('is estimated where the server counts as nobody can: %j', async (usage) => {
		const { ask } = await setUp([says('Hello', usage)]);
		const reply = await ask();
		expect(reply.estimated).toBe(true);
		expect(reply.usage.tokens).toBeLessThan(30);
	});

	it('is whole where the server says so, even if it gives no reason for its end or goes on', async () => {
		const text = chunk({ content: 'All.' });
		for (const events of [
			[text, DONE],
			[text, DONE, `${text}: and so on for longer than is looked back\n\n`],
		]) {
			const { server, ask } = await setUp([
				(response) => {
					response.writeHead(200, { 'content-type': 'text/event-stream' });
					response.end(events.join(''));
				},
			]);
			expect((await ask()).text).toBe('All.');
			expect(server.asked).toHaveLength(1);
		}
	});

	it('is not taken for whole by words of its own', async () => {
		const { clock, ask } = await setUp([streams(chunk({ content: 'data: [DONE]' })), says('Hi')]);
		expect((await impatiently(clock, ask())).text).toBe('Hi');
	});

	it('gathers tool calls from many pieces and gives them back under their own names', async () => {
		const piece = (index: number, call: object) => chunk({ tool_calls: [{ index, ...call }] });
		const { server, ask } = await setUp([
			streams(
				piece(0, { id: 'call_a', type: 'function', function: { name: 'web_read', arguments: '' } }),
				piece(1, { id: 'call_b', type: 'function', function: { name: 'other', arguments: '{"x' } }),
				piece(0, { function: { arguments: '{"url":' } }),
				piece(1, { function: { arguments: '": 1' } }),
				piece(0, { function: { arguments: '"a"}' } }),
				chunk({}, { finish_reason: 'tool_calls' }),
				DONE,
			),
		]);
		const tools = [{ name: 'web.read', description: 'Reads.', parameters: { type: 'object', properties: {} } }];
		const messages = [
			{ role: 'user', text: 'Go' },
			{ role: 'assistant', text: '', toolCalls: [{ id: 'c0', name: 'web.read', arguments: '{}' }] },
			{ role: 'tool', callId: 'c0', text: 'seen' },
		];
		expect(await ask({ tools, messages })).toMatchObject({
			finish: 'tools',
			toolCalls: [
				{ id: 'call_a', name: 'web.read', arguments: '{"url":"a"}' },
				// What is no JSON is handed on as it is.
				{ id: 'call_b', name: 'other', arguments: '{"x": 1' },
			],
		});
		expect(server.asked[0]?.body.tools[0].function.name).toBe('web_read');
		expect(server.asked[0]?.body.messages[1].tool_calls[0].function.name).toBe('web_read');
	});

	it.each([
		[
			'says so word by word',
			[chunk({ refusal: 'I ' }), chunk({ refusal: 'cannot.' }), chunk({}, { finish_reason: 'stop' })],
			'I cannot.',
		],
		['filters its content', [chunk({ content: 'Well' }), chunk({}, { finish_reason: 'content_filter' })], 'Well'],
	])('is a refusal where the model %s', async (_, events, text) => {
		const { ask } = await setUp([streams(...events, DONE)]);
		expect(await ask()).toMatchObject({ finish: 'refusal', text });
	});

	it('is read from a server that takes no notice of streaming', async () => {
		const message = { role: 'assistant', content: 'Whole.' };
		const { ask, heard } = await setUp([
			sends({
				model: 'stand-in-1',
				choices: [{ index: 0, message, finish_reason: 'stop' }],
				usage: { prompt_tokens: 1, completion_tokens: 2 },
			}),
		]);
		expect(await ask()).toMatchObject({ text: 'Whole.', finish: 'stop', usage: { tokens: 3, microUsd: 0 } });
		expect(heard).toEqual(['Whole.']);
	});

	it('leaves out thoughts at its head, in whatever pieces they come', async () => {
		const pieces = ['<th', 'ink>Let me ', 'see</thi', 'nk>\n\nThe ', 'answer'].map((content) => chunk({ content }));
		const { ask, heard } = await setUp([streams(...pieces, chunk({}, { finish_reason: 'stop' }), DONE)]);
		expect((await ask()).text).toBe('The answer');
		expect(heard.join('')).toBe('The answer');
	});

	it('that never ends is cut, and the line closed', async () => {
		const { server, ask, heard } = await setUp([
			(response) => {
				response.writeHead(200, { 'content-type': 'text/event-stream' });
				const more = () => {
					while (!response.destroyed && response.write(chunk({ content: 'again and again ' })));
				};
				response.on('drain', more);
				more();
			},
		]);
		const { finish, text, estimated } = await ask();
		expect(finish).toBe('length');
		expect(text.length).toBe(800);
		expect(heard.join('')).toBe(text);
		expect(estimated).toBe(true);
		await eventually(() => server.closedByClient() === 1);
	});
});

describe('JSON of a schema', () => {
	it('is asked for natively, strictly where the schema allows it', async () => {
		const { server, ask } = await setUp([says('{"a":1}')]);
		await ask({ output });
		await ask({ output: { name: 'loose', schema: { type: 'object', properties: { a: {} } } } });
		expect(server.asked[0]?.body.response_format).toEqual({
			type: 'json_schema',
			json_schema: { name: 'card_v1', schema, strict: true },
		});
		expect(server.asked[1]?.body.response_format.json_schema.strict).toBe(false);
	});

	it('is asked for more simply where the server refuses, and it is remembered', async () => {
		const { server, ask } = await setUp([
			fails(400, { message: "'response_format.type' must be 'json_object' or 'text'" }),
			fails(422, { message: 'Unprocessable' }),
			says('{"a":1}'),
		]);
		expect((await ask({ output })).text).toBe('{"a":1}');
		await ask({ output });
		expect(server.asked.map(({ body }) => body.response_format?.type)).toEqual([
			'json_schema',
			'json_object',
			undefined,
			undefined,
		]);
		expect(server.asked[1]?.body.messages[0]).toMatchObject({
			role: 'system',
			content: expect.stringContaining('"required":["a"]'),
		});
	});

	it('puts the schema into the prompt once a server took no notice of it', async () => {
		const { server, ask } = await setUp([says('Sure, a is 1.'), says('{"a":1}')]);
		expect((await ask({ output })).text).toBe('Sure, a is 1.');
		await ask({ output });
		expect(server.asked[1]?.body.response_format).toEqual({ type: 'json_object' });
		expect(server.asked[1]?.body.messages[0].content).toContain('JSON Schema');
	});

	it('stays as it was when the refusal has another reason', async () => {
		const { server, ask } = await setUp([
			fails(400, { message: "This model's maximum context length is 8192 tokens." }),
		]);
		await expect(ask({ output })).rejects.toMatchObject({
			code: 'model-refused',
			message: expect.stringContaining('maximum context length'),
		});
		expect(server.asked).toHaveLength(1);
	});
});

describe('the ways of a server', () => {
	it('are learnt for the bound of a reply', async () => {
		const words =
			"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
		const { server, ask } = await setUp([fails(400, { message: words, code: 'unsupported_parameter' }), says('Hi')]);
		await ask();
		await ask();
		expect(server.asked.map(({ body }) => [body.max_tokens, body.max_completion_tokens])).toEqual([
			[100, undefined],
			[undefined, 100],
			[undefined, 100],
		]);
	});

	it('are learnt for the count of tokens', async () => {
		const { server, ask } = await setUp([
			fails(400, { message: 'Extra inputs are not permitted: stream_options' }),
			says('Hi'),
		]);
		await ask();
		expect(server.asked[1]?.body).not.toHaveProperty('stream_options');
	});

	it('leave room for thoughts once they used up a whole reply', async () => {
		const { server, clock, ask } = await setUp([
			streams(chunk({ reasoning: 'Hm …' }), chunk({}, { finish_reason: 'length' }), DONE),
			says('Hi'),
		]);
		expect((await impatiently(clock, ask())).text).toBe('Hi');
		expect(server.asked[1]?.body.max_tokens).toBe(8_100);
	});
});

describe('a server in trouble', () => {
	it.each([
		['seconds', () => '7', 7_000],
		['a date', (now: number) => new Date(now + 7_000).toUTCString(), 7_000],
	])('is waited for as long as it asks, in %s', async (_, header, waitMs) => {
		const at: number[] = [];
		const { server, clock, ask } = await setUp([
			(response, asked) =>
				fails(429, { message: 'slow down' }, { 'retry-after': header(clock.now()) })(response, asked),
			says('Hi'),
		]);
		const reply = ask();
		await eventually(() => server.asked.length === 1 && clock.waiting === 1);
		await clock.advance(waitMs - 1_001);
		at.push(server.asked.length);
		await clock.advance(1_001);
		expect((await reply).text).toBe('Hi');
		expect(at).toEqual([1]);
	});

	it('that asks for too long a wait is not waited for', async () => {
		const { server, ask } = await setUp([fails(429, { message: 'slow down' }, { 'retry-after': '3600' })]);
		await expect(ask()).rejects.toMatchObject({ code: 'model-unavailable', retryAfterMs: 3_600_000 });
		expect(server.asked).toHaveLength(1);
	});

	it.each([500, 502, 503])('is tried again after a %i, three times in all', async (status) => {
		const { server, clock, ask } = await setUp([fails(status)]);
		await expect(impatiently(clock, ask())).rejects.toMatchObject({
			code: 'model-unavailable',
			message: expect.stringContaining(String(status)),
		});
		expect(server.asked).toHaveLength(3);
	});

	it('that is not there is named with its address', async () => {
		const { server, clock, ask } = await setUp([]);
		await server.stop();
		await expect(impatiently(clock, ask())).rejects.toMatchObject({
			code: 'model-unavailable',
			message: `The language model m at ${server.host} refused the connection.`,
			hint: expect.stringContaining('OPENAI_BASE_URL'),
		});
		stops.pop();
	});

	it.each([
		['before the first byte', ((_response) => {}) as Answer],
		[
			'in the middle',
			((response) => {
				response.writeHead(200, { 'content-type': 'text/event-stream' });
				response.write(chunk({ content: 'Once upon' }));
			}) as Answer,
		],
	])('that falls silent %s is left after the bound and tried again', async (_, hangs) => {
		const { server, clock, ask, heard } = await setUp([hangs, says('Hi')], { bounds: { silenceMs: 5_000 } });
		const reply = ask();
		await eventually(() => server.asked.length === 1);
		// The first bytes may still be on their way.
		await new Promise((resolve) => setTimeout(resolve, 100));
		await clock.advance(5_000);
		await eventually(() => clock.waiting === 1);
		await clock.advance(500);
		expect((await reply).text).toBe('Hi');
		expect(heard.join('').replace('Once upon<restart>', '')).toBe('Hi');
		await eventually(() => server.closedByClient() === 1);
	});

	it('that only ever sends signs of life is left when time is up', async () => {
		const { server, clock, ask } = await setUp(
			[
				(response) => {
					response.writeHead(200, { 'content-type': 'text/event-stream' });
					const beat = setInterval(() => response.write(': still here\n\n'), 2);
					response.on('close', () => clearInterval(beat));
				},
			],
			{ bounds: { silenceMs: 5_000, totalMs: 60_000 } },
		);
		const reply = ask();
		reply.catch(() => undefined);
		await eventually(() => server.asked.length === 1);
		for (let passed = 0; passed < 60_000; passed += 4_000) {
			await new Promise((resolve) => setTimeout(resolve, 20));
			await clock.advance(4_000);
		}
		await expect(reply).rejects.toMatchObject({
			code: 'model-unavailable',
			message: expect.stringContaining('time was up'),
		});
		expect(server.asked).toHaveLength(1);
	});

	it.each([
		[
			'cut',
			((response) => {
				response.writeHead(200, { 'content-type': 'text/event-stream' });
				response.write(chunk({ content: 'Once upon' }));
				setTimeout(() => response.destroy(), 20);
			}) as Answer,
		],
		['ended early', streams(chunk({ content: 'Once upon' }))],
		['malformed', streams(chunk({ content: 'Once upon' }), 'data: {"choices": [{"del\n\n')],
		[
			'turned into an error',
			streams(chunk({ content: 'Once upon' }), 'data: {"error":{"message":"overloaded","code":502}}\n\n'),
		],
	])('whose stream is %s starts again from the beginning', async (_, breaks) => {
		const { clock, ask, heard } = await setUp([breaks, says('Hi')]);
		const { text, usage } = await impatiently(clock, ask());
		expect(text).toBe('Hi');
		expect(heard).toEqual(['Once upon', '<restart>', 'Hi']);
		// What was lost has cost something, too.
		expect(usage.tokens).toBeGreaterThan(15);
	});

	it('whose stream is cut every time costs what was heard', async () => {
		const { server, clock, ask } = await setUp([streams(chunk({ content: 'Once upon a time' }))]);
		await expect(impatiently(clock, ask())).rejects.toMatchObject({
			code: 'model-unavailable',
			usage: { tokens: expect.any(Number) },
		});
		expect(server.asked).toHaveLength(3);
	});

	it('that replies with nothing is asked once more', async () => {
		const empty = streams(chunk({}, { finish_reason: 'stop' }), DONE);
		const once = await setUp([empty, says('Hi')]);
		expect((await impatiently(once.clock, once.ask())).text).toBe('Hi');
		const always = await setUp([empty]);
		await expect(impatiently(always.clock, always.ask())).rejects.toMatchObject({
			code: 'model-unavailable',
			message: expect.stringContaining('empty reply'),
		});
		expect(always.server.asked).toHaveLength(2);
	});

	it.each([
		[401, 'OPENAI_API_KEY', {}],
		[403, 'OPENAI_API_KEY', {}],
		[404, 'OPENAI_MODEL', {}],
		[429, 'credit', { code: 'insufficient_quota' }],
	])('that refuses for good (%i) is asked once, and the hint says where to look', async (status, hint, error) => {
		const { server, ask } = await setUp([fails(status, { message: 'No.', ...error })]);
		await expect(ask()).rejects.toMatchObject({ code: 'model-refused', hint: expect.stringContaining(hint) });
		expect(server.asked).toHaveLength(1);
	});

	it('that is a web site is told from a model', async () => {
		const { ask } = await setUp([
			(response) => {
				response.writeHead(200, { 'content-type': 'text/html' });
				response.end('<html>Welcome</html>');
			},
		]);
		await expect(ask()).rejects.toMatchObject({
			code: 'model-refused',
			hint: expect.stringContaining('OPENAI_BASE_URL'),
		});
	});

	it('never has its key told', async () => {
		const { ask } = await setUp([fails(401, { message: 'Incorrect API key provided: sk-test.' })]);
		const error: Error = await ask().then(
			() => new Error('no error'),
			(thrown) => thrown,
		);
		expect(error.message).not.toContain('sk-test');
	});
});

describe('a server that keeps failing', () => {
	it('is spared for half a minute, then tried by one call', async () => {
		const { server, clock, ask } = await setUp([
			...Array.from({ length: 9 }, () => fails(500)),
			(response) => setTimeout(() => says('Back')(response, server.asked[0] as never), 50),
			says('Hi'),
		]);
		for (let call = 0; call < 3; call += 1) {
			await expect(impatiently(clock, ask(), 2_000)).rejects.toMatchObject({ code: 'model-unavailable' });
		}
		expect(server.asked).toHaveLength(9);
		await expect(ask()).rejects.toMatchObject({
			code: 'model-unavailable',
			message: expect.stringContaining('not asked for the next 30 s'),
			retryAfterMs: 30_000,
		});
		expect(server.asked).toHaveLength(9);
		await clock.advance(30_000);
		const trial = ask();
		await expect(ask()).rejects.toMatchObject({ code: 'model-unavailable' });
		expect((await trial).text).toBe('Back');
		expect((await ask()).text).toBe('Hi');
	});
});

describe('a request that is called off', () => {
	const hangs: Answer = () => {};
	const stalls: Answer = (response) => {
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		response.write(chunk({ content: 'Once' }));
	};
	it.each([
		['before the first byte', hangs, ({ server }: Awaited<ReturnType<typeof setUp>>) => server.asked.length === 1],
		['in the middle', stalls, ({ heard }: Awaited<ReturnType<typeof setUp>>) => heard.length === 1],
		[
			'between two tries',
			fails(500),
			({ server, clock }: Awaited<ReturnType<typeof setUp>>) => server.asked.length === 1 && clock.waiting === 1,
		],
	])('ends at once %s', async (_, answer, ready) => {
		const all = await setUp([answer]);
		const reply = all.ask();
		reply.catch(() => undefined);
		await eventually(() => ready(all));
		all.controller.abort();
		await expect(reply).rejects.toMatchObject({ code: 'cancelled' });
		expect(all.clock.waiting).toBe(0);
	});

	it('is not even sent when it was called off before', async () => {
		const { server, ask, controller } = await setUp([says('Hi')]);
		controller.abort();
		await expect(ask()).rejects.toMatchObject({ code: 'cancelled' });
		expect(server.asked).toHaveLength(0);
	});

	it('costs what was heard of it', async () => {
		const { ask, heard, controller } = await setUp([stalls]);
		const reply = ask();
		reply.catch(() => undefined);
		await eventually(() => heard.length === 1);
		controller.abort();
		await expect(reply).rejects.toMatchObject({ code: 'cancelled', usage: { tokens: expect.any(Number) } });
	});
});

describe('vectors', () => {
	it('come in the order of their texts, in batches', async () => {
		const { server, model } = await setUp([
			(response, { body }) =>
				sends({
					data: body.input.map((text: string, index: number) => ({ index, embedding: [Number(text)] })).toReversed(),
					usage: { prompt_tokens: body.input.length },
				})(response, undefined as never),
		]);
		const texts = Array.from({ length: 200 }, (_, index) => String(index));
		const { vectors, usage } = await model.embed(texts, { signal: new AbortController().signal });
		expect(vectors).toEqual(texts.map((text) => [Number(text)]));
		expect(usage.tokens).toBe(200);
		expect(server.asked).toHaveLength(2);
		expect(server.asked[0]?.body).toMatchObject({ model: 'm', encoding_format: 'float' });
	});
});

it('uses usage of a server that sends it with the last words', async () => {
	const last = chunk({ content: 'Hi' }, { finish_reason: 'stop' });
	const { ask } = await setUp([streams(last, usageChunk({ prompt_tokens: 3, completion_tokens: 1 }), DONE)]);
	expect((await ask()).usage).toEqual({ tokens: 4, microUsd: 0 });
});
