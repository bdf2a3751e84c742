import type { OpenAI } from 'openai';

/**
 * openClient makes the library's client, which is loaded only now: that takes a tenth of a second and 36 MB, which the
 * start of a server need not wait for.
 */
export async function openClient({
	baseUrl,
	apiKey,
}: {
	baseUrl: string;
	apiKey?: string | undefined;
}): Promise<OpenAI> {
	const { OpenAI: Client } = await import('openai');
	return new Client({
		baseURL: baseUrl,
		// The library insists on a key, though local servers want none.
		apiKey: apiKey ?? 'none',
		// Whatever else the library would read from the environment is not meant for this server.
		adminAPIKey: null,
		organization: null,
		project: null,
		webhookSecret: null,
		// One place decides about retries and time, and it is not there.
		maxRetries: 0,
		timeout: MAX_TIMER_MS,
		logLevel: 'off',
	});
}

/** The longest that a timer can be set to. */
const MAX_TIMER_MS = 2_147_483_647;
