import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FakeClock } from '../../testing/fake-clock.ts';
import { readModelsFile } from '../config/models-config.ts';
import { type Answer, fails, says, sends, startModelServer } from '../fixture/model-server.ts';
import { MODEL_VARIABLES } from '../model-variables.ts';
import { openProviders } from './open-providers.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
	for (const end of ends.splice(0)) await end();
});

async function serve(routes: Readonly<Record<string, Answer>>) {
	const server = await startModelServer((response, asked) => (routes[asked.path] ?? fails(404))(response, asked));
	ends.push(server.stop);
	return server;
}

async function newFolder(): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'errand-providers-'));
	ends.push(() => rm(folder, { recursive: true }));
	return folder;
}

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
/** Nothing listens on port 9 of this machine. */
async function open(env: Record<string, string>, { file, dataDir }: { file?: string; dataDir?: string } = {}) {
	const variables = z.object(MODEL_VARIABLES).parse({ OLLAMA_HOST: '127.0.0.1:9', ...env });
	let config: ReturnType<typeof readModelsFile> | undefined;
	if (file !== undefined) {
		const path = join(await newFolder(), 'models.yaml');
		await writeFile(path, file);
		config = readModelsFile(path, env);
	}
	const opened = await openProviders({ config, variables, clock: new FakeClock(), log: silent, dataDir });
	ends.push(opened.stop);
	return opened;
}

const signal = new AbortController().signal;
const ask = { purpose: 'test', messages: [{ role: 'user' as const, text: 'Hi' }], maxTokens: 10 };

describe('providers of a file', () => {
	it('are opened with all that is said of their models, in its order', async () => {
		const server = await serve({
			'/v1/models': sends({ data: [{ id: 'qwen', max_model_len: 32_768 }] }),
			'/v1/chat/completions': says('Hello', { prompt_tokens: 1_000, completion_tokens: 10 }),
			'/v1/embeddings': sends({ data: [{ index: 0, embedding: [1, 2] }], usage: { prompt_tokens: 1 } }),
		});
		const { models, words } = await open(
			{ MY_KEY: 'sk-mine' },
			{
				file: `
providers:
  - { name: house, kind: openai-compatible, baseUrl: "${server.url}", apiKeyEnv: MY_KEY, limits: { concurrency: 2 } }
models:
  - { name: house/qwen, tiers: [middle], images: true, price: { input: 1, cachedInput: 0.5, output: 2 } }
  - { name: house/bge-m3, dimensions: 2, contextTokens: 8192 }
`,
			},
		);
		expect(models).toMatchObject([
			{
				...{
					name: 'house/qwen',
					provider: 'house',
					tiers: ['middle'],
					rank: 0,
					images: true,
					limits: { concurrency: 2 },
				},
				price: { input: 1, cachedInput: 0.5, output: 2 },
				model: { contextTokens: 32_768 },
			},
			// Its name says what it does; at home it costs nothing.
			{ name: 'house/bge-m3', tiers: ['embedding'], rank: 1, images: false, price: { input: 0, output: 0 } },
		]);
		const [qwen, bge] = models;
		expect((await qwen?.model.reply(ask, { signal }))?.usage).toEqual({ tokens: 1_010, microUsd: 1_020 });
		expect((await bge?.model.embed(['a'], { signal }))?.vectors).toEqual([[1, 2]]);
		expect(server.asked.at(-1)?.body).toMatchObject({ model: 'bge-m3', dimensions: 2 });
		expect(server.asked.at(-1)?.headers.authorization).toBe('Bearer sk-mine');
		expect(words).toEqual([`house at ${server.host}: qwen, bge-m3.`]);
		expect(words.join()).not.toContain('sk-mine');
	});

	it('have the models that suit them where none is named: known ones, or what the server has', async () => {
		const server = await serve({ '/v1/models': sends({ data: [{ id: 'bge-m3' }, { id: 'qwen' }] }) });
		const { models } = await open(
			{ ANTHROPIC_API_KEY: 'sk-a' },
			{
				file: `providers: [{ name: claude, kind: anthropic }, { name: house, kind: openai-compatible, baseUrl: "${server.url}" }]`,
			},
		);
		expect(models.map(({ name, tiers }) => [name, ...tiers])).toEqual([
			['claude/claude-haiku-5-5', 'small'],
			['claude/claude-sonnet-5-5', 'middle'],
			['claude/claude-opus-5-5', 'large'],
			['house/qwen', 'small', 'middle', 'large'],
			['house/bge-m3', 'embedding'],
		]);
		expect(models[0]).toMatchObject({ images: true, price: { input: 0.1 }, model: { contextTokens: 100_000 } });
	});

	it('speak the Responses API where the file says so', async () => {
		const server = await serve({ '/v1/models': sends({ data: [] }) });
		const { models } = await open(
			{},
			{
				file: `
providers: [{ name: house, kind: openai-compatible, baseUrl: "${server.url}", api: responses }]
models: [{ name: house/m, contextTokens: 1000 }]`,
			},
		);
		await models[0]?.model.reply(ask, { signal }).catch(() => undefined);
		expect(server.asked[0]?.path).toBe('/v1/responses');
	});

	it('that are down are there all the same, and say whose settings to look at', async () => {
		const silentServer = await serve({ '/v1/models': () => undefined });
		const { models } = await open(
			{ LOST_KEY: 'k' },
			{
				file: `
providers:
  - { name: slow, kind: openai-compatible, baseUrl: "${silentServer.url}" }
  - { name: gone, kind: openai-compatible, baseUrl: "http://127.0.0.1:9/v1", apiKeyEnv: LOST_KEY }
  - { name: here, kind: ollama }`,
			},
		);
		expect(models.map(({ name }) => name)).toEqual(['slow/default', 'gone/default', 'here/default']);
		await expect(models[1]?.model.reply(ask, { signal })).rejects.toMatchObject({
			code: 'model-unavailable',
			hint: expect.stringContaining('baseUrl of the provider “gone” in the file of ERRAND_MODELS'),
		});
	});
});

describe('a probe', () => {
	it('asks once for all models of a provider, in its own way', async () => {
		const server = await serve({ '/v1/models': sends({ data: [] }) });
		const { models } = await open(
			{ ANTHROPIC_API_KEY: 'sk-a' },
			{ file: `providers: [{ name: claude, kind: anthropic, baseUrl: "${server.url}" }]` },
		);
		await Promise.all(models.map((model) => model.probe(signal)));
		expect(server.asked).toHaveLength(1);
		expect(server.asked[0]?.headers).toMatchObject({ 'x-api-key': 'sk-a', 'anthropic-version': '2023-06-01' });
		expect(server.asked[0]?.headers).not.toHaveProperty('authorization');
	});

	it.each([
		['a server that has no such list', fails(404), undefined],
		['a key that is not taken', fails(401), 'model-refused'],
		['a server in trouble', fails(503), 'model-unavailable'],
	])('finds %s', async (_, answer, code) => {
		const server = await serve({ '/v1/models': answer });
		const { models } = await open(
			{},
			{
				file: `
providers: [{ name: a, kind: openai-compatible, baseUrl: "${server.url}" }]
models: [{ name: a/m, contextTokens: 1000 }]`,
			},
		);
		const probe = models[0]?.probe(signal);
		if (code === undefined) await expect(probe).resolves.toBeUndefined();
		else await expect(probe).rejects.toMatchObject({ code });
	});
});

describe('providers of the environment', () => {
	it('are none where nothing is named or found', async () => {
		expect(await open({})).toMatchObject({ models: [], words: [] });
	});

	it('are the one server of OPENAI_* first, which does everything, and those of other keys after it', async () => {
		const server = await serve({
			'/v1/models': sends({ data: [{ id: 'qwen' }, { id: 'nomic-embed-text' }] }),
			'/v1/chat/completions': says('Hello'),
		});
		const { models, words } = await open({ OPENAI_BASE_URL: server.url, GEMINI_API_KEY: 'g' });
		expect(models.map(({ name, tiers }) => [name, ...tiers])).toEqual([
			['server/qwen', 'small', 'middle', 'large'],
			['server/nomic-embed-text', 'embedding'],
			['gemini/gemini-3.5-flash-lite', 'small'],
			['gemini/gemini-3.8-flash', 'middle'],
			['gemini/gemini-3.1-pro-preview', 'large'],
			['gemini/gemini-embedding-001', 'embedding'],
		]);
		expect(words[0]).toBe(`Configured at ${server.host}: qwen, which costs nothing.`);
		expect((await models[0]?.model.reply(ask, { signal }))?.text).toBe('Hello');
	});

	it('are an Ollama that listens, unless a key says that another is wanted', async () => {
		const tags = { models: [{ name: 'large:8b', size: 5 }] };
		const server = await serve({ '/api/tags': sends(tags) });
		const found = await open({ OLLAMA_HOST: server.host });
		expect(found.models.map(({ name, tiers }) => [name, ...tiers])).toEqual([
			['ollama/large:8b', 'small', 'middle', 'large', 'embedding'],
		]);
		const asked = server.asked.length;
		const { models } = await open({ OLLAMA_HOST: server.host, OPENROUTER_API_KEY: 'o' });
		expect(models.map(({ name, images }) => [name, images])).toEqual([['openrouter/openrouter/auto', true]]);
		expect(server.asked).toHaveLength(asked);
	});

	it('are priced as OpenAI lists them, with its own model for vectors', async () => {
		const { models } = await open({ OPENAI_API_KEY: 'sk-1', OPENAI_MODEL: 'gpt-6.1-terra' });
		expect(models).toMatchObject([
			{ name: 'openai/gpt-6.1-terra', price: { input: 1, output: 5 }, images: true, model: { contextTokens: 272_000 } },
			{ name: 'openai/text-embedding-3-small', tiers: ['embedding'], price: { input: 0.02 } },
		]);
		const later = await open({ OPENAI_API_KEY: 'sk-1' });
		expect(later.models[0]).toMatchObject({ name: 'openai/default', price: undefined });
	});

	it('hold models that were added to run here, last, and start nothing for them', async () => {
		const dataDir = await newFolder();
		await mkdir(join(dataDir, 'llama'));
		const entry = { file: '/x.gguf', architecture: 'llama', contextTokens: 4_096, bytes: 5 };
		const added = [
			{ ...entry, name: 'tiny', embedding: false },
			{ ...entry, name: 'vec', embedding: true },
		];
		await writeFile(join(dataDir, 'llama/models.json'), JSON.stringify({ models: added }));
		const { models, words } = await open({ ANTHROPIC_API_KEY: 'a' }, { dataDir });
		expect(models.slice(3)).toMatchObject([
			{ name: 'llama/tiny', tiers: ['small', 'middle'], price: { input: 0 }, limits: { concurrency: 1 }, rank: 3 },
			{ name: 'llama/vec', tiers: ['embedding'] },
		]);
		expect(words.at(-1)).toBe('llama in this machine: tiny, vec, which costs nothing.');
		await expect(models[3]?.probe(signal)).rejects.toMatchObject({ code: 'model-unavailable' });
		const file =
			'providers: [{ name: mine, kind: llama }]\nmodels: [{ name: mine/tiny, tiers: [large], contextTokens: 1000 }]';
		const picked = await open({}, { dataDir, file });
		expect(picked.models).toMatchObject([{ name: 'mine/tiny', tiers: ['large'], model: { contextTokens: 1_000 } }]);
	});
});
