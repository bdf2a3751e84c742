import { resolve } from 'node:path';
import { z } from 'zod';
import type { TokenPrice } from './token-price.ts';

/** OLLAMA_PORT is where an Ollama listens unless it was told otherwise. */
const OLLAMA_PORT = '11434';

const keyVariable = z
	.string()
	.regex(/^[\x21-\x7e]+$/, 'must be printable characters without spaces')
	.optional();

/** MODEL_VARIABLES are those that say which language models to use; an app spreads them into the schema of its environment. */
export const MODEL_VARIABLES = {
	OPENAI_API_KEY: keyVariable,
	ANTHROPIC_API_KEY: keyVariable,
	GEMINI_API_KEY: keyVariable,
	OPENROUTER_API_KEY: keyVariable,
	/** The file of providers and models; where it is set, the others are only read for it. */
	ERRAND_MODELS: z
		.string()
		.transform((path) => resolve(path))
		.optional(),
	OPENAI_BASE_URL: z
		.string()
		.refine(isApiAddress, 'must be the http or https address of an API, such as http://127.0.0.1:8080/v1')
		.transform((text) => text.replace(/\/+$/, ''))
		.optional(),
	OPENAI_MODEL: z.string().regex(/^\S+$/, 'must be the name of one model, without spaces').optional(),
	OPENAI_EMBEDDING_MODEL: z.string().regex(/^\S+$/, 'must be the name of one model, without spaces').optional(),
	OPENAI_PRICE: z
		.string()
		.regex(
			/^\s*\d+(?:\.\d+)?\s*,\s*\d+(?:\.\d+)?\s*$/,
			'must be two prices in US dollars for a million tokens, in and out, such as 1,5',
		)
		.transform((text): TokenPrice => {
			const [input = 0, output = 0] = text.split(',').map(Number);
			return { input, output };
		})
		.optional(),
	OPENAI_CONTEXT_TOKENS: z
		.string()
		.regex(/^[1-9]\d{2,7}$/, 'must be how many tokens the model holds, such as 32768')
		.transform(Number)
		.optional(),
	OPENAI_SILENCE_MS: z
		.string()
		.regex(/^[1-9]\d{2,8}$/, 'must be milliseconds, at least 100')
		.transform(Number)
		.optional(),
	OLLAMA_HOST: z
		.string()
		.refine(
			(text) => ollamaAddress(text) !== undefined,
			'must be where Ollama listens, such as 127.0.0.1:11434 or http://192.168.1.5:11434',
		)
		.transform((text) => ollamaAddress(text) ?? '')
		.default(`http://127.0.0.1:${OLLAMA_PORT}`),
} as const;

/** ModelVariables are the variables as parsed. */
export type ModelVariables = Readonly<z.output<z.ZodObject<typeof MODEL_VARIABLES>>>;

function isApiAddress(text: string): boolean {
	if (!URL.canParse(text)) return false;
	const url = new URL(text);
	return /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username;
}

/** Ollama's own variable, read as Ollama reads it: the scheme, the host and the port may each be missing. */
function ollamaAddress(text: string): string | undefined {
	const trimmed = text.trim();
	const whole = /^https?:\/\//i.test(trimmed)
		? trimmed
		: `http://${trimmed.startsWith(':') ? '127.0.0.1' : ''}${trimmed}`;
	if (!URL.canParse(whole)) return undefined;
	const url = new URL(whole);
	if (url.username || url.search || url.hash) return undefined;
	// A server that listens everywhere is asked here.
	const host = url.hostname === '0.0.0.0' ? '127.0.0.1' : url.hostname === '[::]' ? '[::1]' : url.hostname;
	const given = /:(\d+)\/*$/.exec(whole)?.[1];
	const port = url.port || given || (/^https?:\/\//i.test(trimmed) ? '' : OLLAMA_PORT);
	return `${url.protocol}//${host}${port === '' ? '' : `:${port}`}${url.pathname.replace(/\/+$/, '')}`;
}
