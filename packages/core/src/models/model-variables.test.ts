import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MODEL_VARIABLES } from './model-variables.ts';

const schema = z.object(MODEL_VARIABLES);

describe('the variables of a model', () => {
	it('are all optional, and Ollama is looked for at its usual place', () => {
		expect(schema.parse({})).toEqual({ OLLAMA_HOST: 'http://127.0.0.1:11434' });
	});

	it('are read', () => {
		expect(
			schema.parse({
				OPENAI_API_KEY: 'sk-1',
				OPENAI_BASE_URL: 'http://127.0.0.1:8080/v1/',
				OPENAI_MODEL: 'gpt-x',
				OPENAI_PRICE: '0.2, 1.2',
				OPENAI_CONTEXT_TOKENS: '32768',
				OPENAI_SILENCE_MS: '5000',
			}),
		).toEqual({
			OPENAI_API_KEY: 'sk-1',
			OPENAI_BASE_URL: 'http://127.0.0.1:8080/v1',
			OPENAI_MODEL: 'gpt-x',
			OPENAI_PRICE: { input: 0.2, output: 1.2 },
			OPENAI_CONTEXT_TOKENS: 32_768,
			OPENAI_SILENCE_MS: 5_000,
			OLLAMA_HOST: 'http://127.0.0.1:11434',
		});
	});

	it.each([
		['0.0.0.0', 'http://127.0.0.1:11434'],
		['0.0.0.0:8080', 'http://127.0.0.1:8080'],
		[':8080', 'http://127.0.0.1:8080'],
		['box', 'http://box:11434'],
		['http://box:80', 'http://box:80'],
		['https://ollama.example', 'https://ollama.example'],
		['[::1]:11434', 'http://[::1]:11434'],
	])('take %s for an Ollama at %s, as Ollama does', (text, address) => {
		expect(schema.parse({ OLLAMA_HOST: text }).OLLAMA_HOST).toBe(address);
	});

	it.each([
		['OPENAI_API_KEY', 'two words'],
		['OPENAI_BASE_URL', 'localhost:8080'],
		['OPENAI_BASE_URL', 'ftp://a/v1'],
		['OPENAI_BASE_URL', 'https://key@host/v1'],
		['OPENAI_MODEL', 'a b'],
		['OPENAI_PRICE', '5'],
		['OPENAI_PRICE', '1,x'],
		['OPENAI_CONTEXT_TOKENS', '8k'],
		['OPENAI_SILENCE_MS', '0'],
		['OLLAMA_HOST', 'http://a b'],
	])('refuse %s=%s in words', (name, text) => {
		const { error } = schema.safeParse({ [name]: text });
		expect(error?.issues[0]?.message).toMatch(/^must be /);
	});
});
