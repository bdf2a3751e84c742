import { CoreError } from '../../domain/errors.ts';
import { faultOf, PassingFault } from '../model-fault.ts';
import type { ServerSettings } from './server-settings.ts';

/** ListedModel is one model that a server offers, as far as it tells. */
export interface ListedModel {
	readonly id: string;
	readonly contextTokens?: number | undefined;
}

/** listModels asks a server which models it has (`GET /models`). Rejects with CoreError `model-unavailable`, `model-refused` or `cancelled`. */
export async function listModels({
	baseUrl,
	apiKey,
	signal,
	path = '/models',
	headers,
	settings,
}: {
	readonly baseUrl: string;
	readonly apiKey?: string | undefined;
	readonly signal: AbortSignal;
	/** Where else to ask; what is no list is read as an empty one. */
	readonly path?: string | undefined;
	readonly headers?: Readonly<Record<string, string>> | undefined;
	readonly settings?: ServerSettings | undefined;
}): Promise<readonly ListedModel[]> {
	const name = `at ${new URL(baseUrl).host}`;
	try {
		// Whoever has a header of its own for the key may take the usual one for another kind of key.
		const bearer = headers === undefined ? apiKey : undefined;
		const json = await getJson(`${baseUrl}${path}`, { apiKey: bearer, signal, headers });
		return readModels(json);
	} catch (error) {
		const fault = faultOf(
			error,
			{ name, silenceMs: 0, now: 0, secret: apiKey, settings },
			signal.aborted ? 'cancelled' : undefined,
		);
		throw fault instanceof PassingFault ? fault.error : fault;
	}
}

interface JsonCall {
	readonly apiKey?: string | undefined;
	readonly signal: AbortSignal;
	readonly body?: object | undefined;
	readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** getJson fetches JSON of a server that the operator configured; a status that is no success is thrown with its words. */
export async function getJson(url: string, { apiKey, signal, body, headers }: JsonCall): Promise<unknown> {
	const response = await fetch(url, {
		signal,
		// A key in a header of its own would go along to wherever that leads.
		redirect: headers === undefined ? 'follow' : 'error',
		headers: {
			...headers,
			...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
			...(body === undefined ? {} : { 'content-type': 'application/json' }),
		},
		...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
	});
	const text = await boundedText(response, url);
	if (!response.ok) {
		throw Object.assign(new Error(`${response.status} ${text.slice(0, 300)}`), { status: response.status });
	}
	try {
		return JSON.parse(text) as unknown;
	} catch {
		throw new CoreError('model-refused', `${new URL(url).host} answers ${url} with something else than JSON.`, {
			hint: 'Check OPENAI_BASE_URL: it must be the address of the API, which usually ends in /v1.',
		});
	}
}

/** The longest lists of models have a million characters; a server that never ends is left. */
const MAX_CHARACTERS = 16_000_000;

async function boundedText({ body }: Response, url: string): Promise<string> {
	const decoder = new TextDecoder();
	let text = '';
	for await (const lot of body ?? []) {
		text += decoder.decode(lot, { stream: true });
		if (text.length <= MAX_CHARACTERS) continue;
		throw new CoreError('model-refused', `${new URL(url).host} answers ${url} with more than can be read.`, {
			hint: 'Check that this is the address of the API of a language model.',
		});
	}
	return text + decoder.decode();
}

function readModels(json: unknown): ListedModel[] {
	const { data } = Object(json) as { data?: unknown };
	return (Array.isArray(data) ? data : []).flatMap((entry: unknown) => {
		const fields = Object(entry) as Record<string, unknown>;
		const { id, context_length, max_model_len, meta } = fields;
		if (typeof id !== 'string' || id === '') return [];
		// OpenRouter, vLLM and llama.cpp each have their own word for it.
		const { n_ctx, n_ctx_train } = Object(meta) as Record<string, unknown>;
		const contextTokens = [max_model_len, context_length, n_ctx, n_ctx_train].find(
			(value): value is number => typeof value === 'number' && value > 0,
		);
		return [{ id, ...(contextTokens === undefined ? {} : { contextTokens }) }];
	});
}
