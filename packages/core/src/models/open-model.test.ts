import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FakeClock } from '../testing/fake-clock.ts';
import { findOllama } from './find-ollama.ts';
import { type Answer, fails, says, sends, startModelServer } from './fixture/model-server.ts';
import { MODEL_VARIABLES } from './model-variables.ts';
import { openModel } from './open-model.ts';
import { openAiDefault } from './openai/choose-model.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
	for (const stop of stops.splice(0)) await stop();
});

async function serve(routes: Readonly<Record<string, Answer>>) {
	const server = await startModelServer((response, asked) => (routes[asked.path] ?? fails(404))(response, asked));
	stops.push(server.stop);
	return server;
}

const clock = new FakeClock();
/** Nothing listens on port 9 of this machine. */
const open = (env: Record<string, string>) =>
	openModel(z.object(MODEL_VARIABLES).parse({ OLLAMA_HOST: '127.0.0.1:9', ...env }), clock);
const ask = { purpose: 'test', messages: [{ role: 'user' as const, text: 'Hi' }], maxTokens: 10 };
const options = { signal: new AbortController().signal };

const tags = {
	models: [
		{ name: 'small:1b', size: 1 },
		{ name: 'nomic-embed-text:latest', size: 9 },
		{ name: 'large:8b', size: 5 },
	],
};

describe('findOllama', () => {
	it('takes the largest model that chats, and knows what a loaded one holds', async () => {
		const { host } = await serve({
			'/api/tags': sends(tags),
			'/api/ps': sends({ models: [{ name: 'large:8b', context_length: 16_384 }] }),
		});
		expect(await findOllama({ host: `http://${host}` })).toEqual({
			baseUrl: `http://${host}/v1`,
			models: ['small:1b', 'nomic-embed-text:latest', 'large:8b'],
			model: { id: 'large:8b', contextTokens: 16_384, embeddingModel: 'nomic-embed-text:latest' },
		});
	});

	it('says when there is no model', async () => {
		const { host } = await serve({ '/api/tags': sends({ models: [] }) });
		expect(await findOllama({ host: `http://${host}` })).toMatchObject({ models: [], model: undefined });
	});

	it('finds none where nothing listens', async () => {
		expect(await findOllama({ host: 'http://127.0.0.1:9' })).toBeUndefined();
	});

	it('finds none where something listens and says nothing, in bounded time', async () => {
		const silent = createServer();
		await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
		stops.push(() => silent.close());
		const address = silent.address();
		const port = typeof address === 'object' ? address?.port : 0;
		expect(await findOllama({ host: `http://127.0.0.1:${port}` })).toBeUndefined();
	});
});

describe('openModel', () => {
	it('opens none where none is configured or found', async () => {
		expect(await open({})).toBeUndefined();
	});

	it('opens that of an Ollama, without the key meant for another', async () => {
		const server = await serve({
			'/api/tags': sends(tags),
			'/v1/chat/completions': says('Hello'),
		});
		const opened = await open({ OLLAMA_HOST: server.host });
		expect(opened?.found).toEqual({
			by: 'ollama',
			server: server.host,
			model: 'large:8b',
			price: 'none',
			words: `Ollama was found at ${server.host}: large:8b, which costs nothing.`,
		});
		expect(opened?.model.contextTokens).toBe(4_096);
		expect((await opened?.model.reply(ask, options))?.text).toBe('Hello');
	});

	it('takes the first chat model of a server that is named without one, with what it holds', async () => {
		const server = await serve({
			'/v1/models': sends({ data: [{ id: 'bge-m3' }, { id: 'qwen', max_model_len: 32_768 }] }),
		});
		const opened = await open({ OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'sk-1', OPENAI_PRICE: '1,2' });
		expect(opened?.model).toMatchObject({ name: 'qwen', contextTokens: 32_768 });
		expect(opened?.found).toMatchObject({ by: 'variables', model: 'qwen', price: 'configured' });
		expect(opened?.found.words).not.toContain('sk-1');
		expect(server.asked[0]?.headers.authorization).toBe('Bearer sk-1');
	});

	it('keeps to the model that is named, whatever the server lists', async () => {
		const server = await serve({ '/v1/models': sends({ data: [{ id: 'a' }] }), '/v1/chat/completions': says('Hi') });
		const opened = await open({ OPENAI_BASE_URL: server.url, OPENAI_MODEL: 'b', OPENAI_CONTEXT_TOKENS: '9000' });
		await opened?.model.reply(ask, options);
		expect(server.asked.at(-1)?.body.model).toBe('b');
		expect(opened?.model).toMatchObject({ name: 'b', contextTokens: 9_000 });
	});

	it('starts while the provider is down, and uses it once it is up', async () => {
		let up = false;
		const server = await serve({
			'/v1/models': (response, asked) => (up ? sends({ data: [{ id: 'late' }] }) : fails(503))(response, asked),
			'/v1/chat/completions': says('Hello'),
		});
		const opened = await open({ OPENAI_BASE_URL: server.url });
		expect(opened?.found.model).toBeUndefined();
		expect(opened?.model.name).toBe(server.host);
		up = true;
		expect((await opened?.model.reply(ask, options))?.text).toBe('Hello');
		expect(opened?.model.name).toBe('late');
	});

	it('does not wait for a server that says nothing', async () => {
		const server = await serve({ '/v1/models': () => undefined });
		const opened = await open({ OPENAI_BASE_URL: server.url, OPENAI_MODEL: 'mine' });
		expect(opened?.model.name).toBe('mine');
	});

	it('expects an Ollama that is not up yet where only a model is named', async () => {
		const opened = await open({ OPENAI_MODEL: 'qwen3:8b' });
		expect(opened?.found).toMatchObject({ server: '127.0.0.1:9', model: 'qwen3:8b', price: 'none' });
	});

	it('makes the request fail, not the start, where the key is not taken', async () => {
		const server = await serve({ '/v1/models': fails(401) });
		const opened = await open({ OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'wrong-key' });
		await expect(opened?.model.reply(ask, options)).rejects.toMatchObject({
			code: 'model-refused',
			hint: expect.stringContaining('OPENAI_API_KEY'),
		});
	});

	it('asks OpenAI itself for nothing before the first request', async () => {
		const opened = await open({ OPENAI_API_KEY: 'sk-1' });
		expect(opened?.found).toMatchObject({ server: 'api.openai.com', model: undefined });
		const named = await open({ OPENAI_API_KEY: 'sk-1', OPENAI_MODEL: 'gpt-6.1-terra' });
		expect(named?.model).toMatchObject({ name: 'gpt-6.1-terra', contextTokens: 272_000 });
	});
});

describe('the model that OpenAI is asked for by default', () => {
	it.each([
		[['gpt-6.1-sol', 'gpt-5.6-terra', 'gpt-6.1-terra', 'gpt-6.1-luna', 'gpt-4o-mini'], 'gpt-6.1-terra'],
		[['gpt-5', 'gpt-5-mini', 'gpt-5-mini-2025-08-07', 'text-embedding-3-small'], 'gpt-5-mini'],
		[['gpt-7', 'whisper-1'], 'gpt-7'],
		[['whisper-1', 'text-embedding-3-small', 'o9'], 'o9'],
	])('of %j is %s', (ids, chosen) => {
		expect(openAiDefault(ids.map((id) => ({ id })))?.id).toBe(chosen);
	});
});
