import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ModelsConfig, readModelsFile } from './models-config.ts';

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'errand-models-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(text: string, variables?: Record<string, string>): Promise<ModelsConfig> {
	const file = join(folder, 'models.yaml');
	await writeFile(file, text);
	return readModelsFile(file, variables);
}

/** The error of a file that is not taken. */
async function mistakes(text: string, variables?: Record<string, string>): Promise<string> {
	const error: unknown = await read(text, variables).catch((thrown: unknown) => thrown);
	expect(error).toMatchObject({ code: 'invalid-config', hint: expect.stringContaining('docs/models.md') });
	return error instanceof Error ? error.message : '';
}

describe('a file of models', () => {
	it('is read as the documentation shows it', async () => {
		const docs = await readFile(resolve(import.meta.dirname, '../../../../../docs/models.md'), 'utf8');
		const example = /```yaml\n([\s\S]*?)```/.exec(docs)?.[1] ?? '';
		const keys = { OPENAI_API_KEY: 'sk-1', ANTHROPIC_API_KEY: 'sk-2', GEMINI_API_KEY: 'sk-3', HOUSE_KEY: 'sk-4' };
		const config = await read(example, { ...keys, OPENROUTER_API_KEY: 'sk-5' });
		expect(config.providers.map(({ kind }) => kind).toSorted()).toEqual(
			['anthropic', 'gemini', 'llama', 'ollama', 'openai', 'openai-compatible', 'openrouter'].toSorted(),
		);
		expect(config.providers.find(({ name }) => name === 'house')?.apiKey).toBe('sk-4');
		expect(config.models.length).toBeGreaterThan(3);
		expect(Object.keys(config.purposes).length).toBeGreaterThan(1);
		expect(config).toMatchObject({
			budgets: { perDayUsd: expect.any(Number), perPersonDayUsd: expect.any(Number) },
			audit: { keepDays: expect.any(Number) },
			hedge: { afterMs: expect.any(Number) },
			embeddings: 'local',
		});
	});

	it('is short where the usual will do', async () => {
		expect(await read('providers:\n  - { name: a, kind: ollama }\n')).toEqual({
			providers: [{ name: 'a', kind: 'ollama', limits: {}, apiKey: undefined }],
			...{ models: [], purposes: {}, budgets: {} },
		});
	});

	it('is refused with every mistake and its line at once', async () => {
		const message = await mistakes(
			[
				'providers:',
				'  - name: a b',
				'    kind: opnai',
				'  - name: house',
				'    kind: openai-compatible',
				'    baseUrl: house:8080',
				'    limits:',
				'      concurrency: 0',
				'models:',
				'  - name: house/m',
				'    tiers: [huge]',
				'    price: { input: -1 }',
				'    colour: red',
				'  - tiers: [small]',
				'hedge: soon',
			].join('\n'),
		);
		for (const words of [
			'line 2, providers.0.name: must be a name',
			'line 3, providers.0.kind: must be one of openai, anthropic',
			'line 6, providers.1.baseUrl: must be the http or https address',
			'line 8, providers.1.limits.concurrency: must be above 0',
			'line 11, models.0.tiers.0: must be small, middle, large or embedding',
			'line 12, models.0.price.input: must not be below 0',
			'line 13, models.0.colour: is not known here',
			'line 14, models.1.name: ',
			'line 15, hedge: ',
		]) {
			expect(message).toContain(words);
		}
		// In the order of the lines.
		const lines = [...message.matchAll(/line (\d+)/g)].map(([, line]) => Number(line));
		expect(lines).toEqual(lines.toSorted((one, other) => one - other));
	});

	it('is refused for names that are there twice, or point to nothing', async () => {
		const message = await mistakes(
			[
				'providers:',
				'  - { name: a, kind: ollama }',
				'  - { name: a, kind: openai-compatible }',
				'models: [{ name: b/m }, { name: a/m }, { name: a/m }]',
				'purposes:',
				'  plan: gigantic',
				'  text: small',
				'embeddings: c/d',
			].join('\n'),
		);
		expect(message).toContain('line 3, providers.1.name: is there twice: a');
		expect(message).toContain('line 3, providers.1.baseUrl: is missing');
		expect(message).toContain('line 4, models.0.name: names no provider of this file: b/m');
		expect(message).toContain('line 4, models.2.name: is there twice: a/m');
		expect(message).toContain(
			'line 6, purposes.plan: must be small, middle, large or <provider>/<model>, not gigantic',
		);
		expect(message).toContain('line 8, embeddings: names no provider of this file: c/d');
		expect(message).not.toContain('purposes.text');
	});

	it.each([
		['providers: [', /line 1/],
		['', /line 1.*providers/],
		['- a', /line 1/],
		['providers:\n  - name: a\n   kind: ollama\n', /line [23]/],
	])('is refused where it is no such file at all: %j', async (text, words) => {
		expect(await mistakes(text)).toMatch(words);
	});

	it('takes keys from the variables it names, or from those usual for the kind, and says which is missing', async () => {
		const text = [
			'providers:',
			'  - { name: a, kind: anthropic }',
			'  - { name: b, kind: openai, apiKeyEnv: MY_KEY }',
			'  - { name: c, kind: openai, baseUrl: "http://127.0.0.1:9/v1" }',
		].join('\n');
		const config = await read(text, { ANTHROPIC_API_KEY: ' sk-a ', MY_KEY: 'sk-b' });
		expect(config.providers.map(({ apiKey }) => apiKey)).toEqual(['sk-a', 'sk-b', undefined]);
		const message = await mistakes(text, { MY_KEY: '' });
		expect(message).toContain('line 2, providers.0.apiKeyEnv: needs ANTHROPIC_API_KEY, which is not set');
		expect(message).toContain('line 3, providers.1.apiKeyEnv: needs MY_KEY, which is not set');
		expect(message).not.toContain('providers.2');
	});

	it('never takes a key for the name of a variable, nor repeats it', async () => {
		const message = await mistakes('providers: [{ name: a, kind: openai, apiKeyEnv: sk-ant-secret }]');
		expect(message).toContain('never the key itself');
		expect(message).not.toContain('sk-ant-secret');
	});

	it('is missed in words', () => {
		expect(() => readModelsFile(join(folder, 'none.yaml'))).toThrow(/none\.yaml.*cannot be read/);
	});
});
