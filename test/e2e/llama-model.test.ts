import { fork } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { tinyGguf } from '@errand/core/models/fixture/tiny-gguf.ts';
import { LlamaModel } from '@errand/core/models/llama/llama-model.ts';
import { libraryFile } from '@errand/core/models/llama/llama-registry.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

let folder: string;
let file: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'errand-llama-'));
	file = join(folder, 'tiny.gguf');
	await writeFile(file, tinyGguf());
	await writeFile(join(folder, 'vectors.gguf'), tinyGguf({ vectors: true }));
});
afterAll(() => rm(folder, { recursive: true }));

const models: LlamaModel[] = [];
afterEach(async () => {
	for (const model of models.splice(0)) await model.stop();
});

const STAND_IN = resolve(import.meta.dirname, '../../packages/core/src/models/fixture/llama-library.ts');
function open(library: string, { embedding = false, idleMs = 60_000, gguf = file } = {}) {
	const init = { library, file: gguf, contextTokens: 2_048, embedding };
	const model = new LlamaModel({ name: 'tiny', init, idleMs, clock: new SystemClock(), log: SILENT });
	models.push(model);
	return model;
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const signal = new AbortController().signal;
const ask = (text: string, more: object = {}) => {
	return { purpose: 'test', messages: [{ role: 'user' as const, text }], maxTokens: 40, ...more };
};

describe('a model in a process of its own', () => {
	it('replies piece by piece, holds to a schema, calls tools, and counts', async () => {
		const model = open(STAND_IN);
		const pieces: string[] = [];
		const reply = await model.reply(ask('Hi there'), { signal, onText: (piece) => pieces.push(piece) });
		expect(pieces.length).toBeGreaterThan(1);
		expect(reply).toMatchObject({ text: pieces.join(''), finish: 'stop', model: 'tiny', usage: { microUsd: 0 } });
		expect(reply.usage.tokens).toBe((reply.tokens?.input ?? 0) + (reply.tokens?.output ?? 0));
		const schema = { type: 'object', properties: { anyOf: { anyOf: [{ type: 'null' }, { type: 'string' }] } } };
		const held = await model.reply(ask('Hi', { output: { name: 'card', schema } }), { signal });
		// Choices have another word there; a property of that name is none.
		expect(JSON.parse(held.text)).toEqual({
			type: 'object',
			properties: { anyOf: { oneOf: [{ type: 'null' }, { type: 'string' }] } },
		});
		expect((await model.reply(ask('Hi', { output: { name: 'card', schema: { not: {} } } }), { signal })).text).toBe(
			'json',
		);
		const tools = [{ name: 'web.read', description: 'Reads.', parameters: { type: 'object' } }];
		expect(await model.reply(ask('call', { tools }), { signal })).toMatchObject({
			finish: 'tools',
			toolCalls: [{ id: 'call_0', name: 'web.read', arguments: '{"url":"a"}' }],
		});
		expect((await model.reply(ask('a b c d e f', { maxTokens: 2 }), { signal })).finish).toBe('length');
	});

	it('is there again after a crash, and says what happened to whom it hit', async () => {
		const model = open(STAND_IN);
		await expect(model.reply(ask('crash'), { signal })).rejects.toMatchObject({ code: 'model-unavailable' });
		expect(model.isLoaded).toBe(false);
		expect((await model.reply(ask('Hi'), { signal })).finish).toBe('stop');
	});

	it('stops at once when called off, and goes on with whoever is next', async () => {
		const model = open(STAND_IN);
		const controller = new AbortController();
		const endless = model.reply(ask('forever'), { signal: controller.signal });
		const next = model.reply(ask('Hi'), { signal });
		setTimeout(() => controller.abort(), 20);
		await expect(endless).rejects.toMatchObject({ code: 'cancelled' });
		expect((await next).finish).toBe('stop');
	});

	it('tells what no later try will mend from what one may', async () => {
		const model = open(STAND_IN);
		await expect(model.reply(ask('too long'), { signal })).rejects.toMatchObject({
			code: 'model-refused',
			message: expect.stringContaining('2048 tokens'),
		});
		await expect(model.reply(ask('fail'), { signal })).rejects.toMatchObject({ code: 'model-unavailable' });
		const images = [{ type: 'image/png', base64: 'AA==' }];
		const messages = [{ role: 'user' as const, text: 'What is this?', images }];
		await expect(model.reply(ask('', { messages }), { signal })).rejects.toMatchObject({ code: 'model-refused' });
	});

	it('is unloaded when nobody asked for a while, and loaded again by the next request', async () => {
		const model = open(STAND_IN, { idleMs: 20 });
		await model.reply(ask('Hi'), { signal });
		await expect.poll(() => model.isLoaded).toBe(false);
		expect((await model.reply(ask('Hi'), { signal })).finish).toBe('stop');
	});

	it('does not outlive whoever started it, even one that is killed in the middle of a reply', async () => {
		const parent = fork(join(import.meta.dirname, 'fixture/llama-parent.ts'), [STAND_IN, file], { silent: true });
		const [started] = (await once(parent, 'message')) as [{ readonly child: number }];
		expect(isAlive(started.child)).toBe(true);
		parent.kill('SIGKILL');
		await expect.poll(() => isAlive(started.child)).toBe(false);
	});

	it('makes vectors in order, and says that it does not chat', async () => {
		const model = open(STAND_IN, { embedding: true });
		expect((await model.embed(['a', 'bbb'], { signal })).vectors).toEqual([
			[1, 1, 2],
			[3, 1, 2],
		]);
		await expect(model.reply(ask('Hi'), { signal })).rejects.toMatchObject({ code: 'model-refused' });
	});

	it('fails a probe without its file, and is not loaded for one', async () => {
		const model = open(STAND_IN);
		await model.probe();
		expect(model.isLoaded).toBe(false);
		await expect(open(STAND_IN, { gguf: join(folder, 'gone.gguf') }).probe()).rejects.toMatchObject({
			code: 'model-unavailable',
			message: expect.stringContaining('gone.gguf'),
		});
	});
});

function isAlive(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}

// Installed by the first “npm run model -- add”, 85 MB, into the data directory; ERRAND_TEST_LLAMA names another one.
const dataDir = process.env['ERRAND_TEST_LLAMA'] ?? resolve(import.meta.dirname, '../../data');
const installed = await access(libraryFile(dataDir)).then(
	() => true,
	() => false,
);

describe.skipIf(!installed)('node-llama-cpp itself (runs where “npm run model -- add” installed it)', () => {
	it('loads a model file, writes, holds to a schema and makes vectors', { timeout: 60_000 }, async () => {
		const model = open(libraryFile(dataDir));
		const pieces: string[] = [];
		const reply = await model.reply(ask('Hello', { maxTokens: 8 }), { signal, onText: (piece) => pieces.push(piece) });
		expect(reply).toMatchObject({ finish: 'length', tokens: { output: 8 } });
		expect(pieces.join('')).toBe(reply.text);
		const schema = {
			...{ type: 'object', required: ['ok', 'kind'], additionalProperties: false },
			properties: { ok: { type: 'boolean' }, kind: { anyOf: [{ enum: ['one', 'two'] }, { type: 'null' }] } },
		};
		const held = await model.reply(ask('Hello', { maxTokens: 300, output: { name: 'card', schema } }), { signal });
		expect(JSON.parse(held.text)).toEqual({
			ok: expect.any(Boolean),
			kind: expect.toSatisfy((kind) => [null, 'one', 'two'].includes(kind)),
		});
		const vectors = open(libraryFile(dataDir), { embedding: true, gguf: join(folder, 'vectors.gguf') });
		const made = await vectors.embed(['Hello', 'you'], { signal });
		expect(made.vectors.map(({ length }) => length)).toEqual([32, 32]);
	});
});
