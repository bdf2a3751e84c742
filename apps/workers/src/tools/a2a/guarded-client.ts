import type { AgentCard } from '@a2a-js/sdk';
import type { Client } from '@a2a-js/sdk/client';
import type { GuardedFetch } from '@errand/core/adapters/network/guarded-fetch.ts';
import { CoreError, describeError, isCoreError } from '@errand/core/domain/errors.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { RemoteAgentConfig } from './agent-config.ts';

/** Connected is an agent that was asked what it is. */
export interface Connected {
	readonly client: Client;
	readonly card: AgentCard;
}

const CARD_MS = 5 * 60_000;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** GuardedClient reaches one agent elsewhere through the guard; its card is asked for now and then. */
export class GuardedClient {
	readonly #agent: Pick<RemoteAgentConfig, 'url' | 'token' | 'headers'>;
	readonly #fetch: GuardedFetch;
	readonly #clock: IClock;
	#connected: { readonly made: Promise<Connected>; readonly at: number } | undefined;

	constructor(agent: Pick<RemoteAgentConfig, 'url' | 'token' | 'headers'>, fetch: GuardedFetch, clock: IClock) {
		this.#agent = agent;
		this.#fetch = fetch;
		this.#clock = clock;
	}

	/** Throws CoreError `fetch-failed` where it cannot be reached, and `tool-failed` for a card that is none. */
	connect(): Promise<Connected> {
		const now = this.#clock.now();
		if (this.#connected !== undefined && now - this.#connected.at < CARD_MS) return this.#connected.made;
		const connected = { made: this.#make(), at: now };
		this.#connected = connected;
		connected.made.catch(() => {
			if (this.#connected === connected) this.#connected = undefined;
		});
		return connected.made;
	}

	async #make(): Promise<Connected> {
		const { ClientFactory, DefaultAgentCardResolver, JsonRpcTransportFactory, RestTransportFactory } = await import(
			'@a2a-js/sdk/client'
		);
		const fetchImpl = this.#asFetch();
		const resolver = new DefaultAgentCardResolver({ fetchImpl });
		const factory = new ClientFactory({
			transports: [new JsonRpcTransportFactory({ fetchImpl }), new RestTransportFactory({ fetchImpl })],
			cardResolver: resolver,
		});
		try {
			const { url } = this.#agent;
			const card = await resolver.resolve(url, new URL(url).pathname.endsWith('.json') ? '' : undefined);
			return { card, client: await factory.createFromAgentCard(card) };
		} catch (error) {
			throw asFailure(error, 'It cannot be asked what it is');
		}
	}

	/** The operator's headers go to the agent's own host and no other, whatever its card says. */
	#asFetch(): typeof fetch {
		const { url, token, headers } = this.#agent;
		const { origin } = new URL(url);
		return async (input, init = {}) => {
			const address = input instanceof Request ? input.url : String(input);
			const own = new URL(address).origin === origin;
			const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
			const response = await this.#fetch(address, {
				method: init.method ?? 'GET',
				headers: { ...Object.fromEntries(new Headers(init.headers)), ...(own ? { ...headers, ...authorization } : {}) },
				...(typeof init.body === 'string' ? { body: init.body } : {}),
				...(init.signal ? { signal: init.signal } : {}),
				redirect: 'manual',
			});
			return bounded(response);
		};
	}
}

/** asFailure words what went wrong with an agent; what may pass is tried again. */
export function asFailure(error: unknown, what: string): CoreError {
	if (isCoreError(error)) return error;
	const said = describeError(error).slice(0, 500);
	const name = error instanceof Error ? error.name : '';
	const refused = /Malformed|Unsupported|NotFound|NotCancelable|ContentType|Version|Extension/.test(name);
	return new CoreError(refused ? 'tool-failed' : 'fetch-failed', `${what}: ${said}`, {
		hint: 'Look at the agent and at its entry in the file of agents.',
		cause: error,
	});
}

/** An agent may answer without end: a stream is bounded by its events, anything else as a whole. */
function bounded(response: Response): Response {
	if (response.body === null || response.headers.get('content-type')?.startsWith('text/event-stream')) return response;
	let bytes = 0;
	const counted = response.body.pipeThrough(
		new TransformStream<Uint8Array, Uint8Array>({
			transform(chunk, controller) {
				bytes += chunk.length;
				if (bytes > MAX_ANSWER_BYTES) controller.error(new Error(`It answered more than ${MAX_ANSWER_BYTES} bytes.`));
				else controller.enqueue(chunk);
			},
		}),
	);
	const { status, statusText, headers } = response;
	return new Response(counted, { status, statusText, headers });
}
