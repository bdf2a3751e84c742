import { ErrandError, errorOf } from './errand-error.ts';

/** ConnectionOptions say where the server is, and who calls. */
export interface ConnectionOptions {
	/** Where the server listens: `http://127.0.0.1:3000`. */
	readonly url: string;
	/** A token of yours; the page's own login is used in its place if left out, which works only on the server's own page. */
	readonly token?: string | undefined;
	/** How often a call that may be repeated is sent again when the server is away or busy; 2 if left out. */
	readonly retries?: number | undefined;
	/** Another fetch than the global one. */
	readonly fetch?: typeof fetch | undefined;
}

/** CallOptions are what any call takes. */
export interface CallOptions {
	readonly signal?: AbortSignal | undefined;
}

/** Call is one request. `safe` calls may be sent again without doing anything twice. */
export interface Call extends CallOptions {
	readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	readonly path: string;
	readonly query?: Readonly<Record<string, string | number | undefined>> | undefined;
	readonly body?: unknown;
	readonly headers?: Readonly<Record<string, string>> | undefined;
	readonly safe?: boolean | undefined;
}

/** Connection sends calls to one server and turns refusals into ErrandErrors. */
export class Connection {
	readonly #url: string;
	readonly #token: string | undefined;
	readonly #retries: number;
	readonly #fetch: typeof fetch;

	constructor({ url, token, retries = 2, fetch: own }: ConnectionOptions) {
		this.#url = url.replace(/\/+$/, '');
		this.#token = token;
		this.#retries = retries;
		// Browsers refuse a fetch that was taken off its window.
		this.#fetch = own ?? ((input, init) => fetch(input, init));
	}

	async json<T>(call: Call): Promise<T> {
		return (await (await this.open(call)).json()) as T;
	}

	/** The answer as it is, once it is a good one. */
	async open(call: Call): Promise<Response> {
		for (let tries = 0; ; tries++) {
			try {
				return await this.#once(call);
			} catch (error) {
				const wait = tries < this.#retries && call.safe === true ? waitBefore(error, tries) : undefined;
				if (wait === undefined) throw error;
				await pause(wait, call.signal);
			}
		}
	}

	async #once({ method, path, query = {}, body, headers, signal }: Call): Promise<Response> {
		const asked = new URLSearchParams();
		for (const [name, value] of Object.entries(query)) if (value !== undefined) asked.set(name, String(value));
		const search = asked.size === 0 ? '' : `?${asked}`;
		const response = await this.#reach(`${this.#url}${path}${search}`, {
			method,
			headers: {
				...(this.#token === undefined ? {} : { Authorization: `Bearer ${this.#token}` }),
				...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
				...headers,
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
			...(signal === undefined ? {} : { signal }),
		});
		if (!response.ok) throw await errorOf(response);
		return response;
	}

	async #reach(url: string, init: RequestInit): Promise<Response> {
		try {
			return await this.#fetch(url, init);
		} catch (cause) {
			if (init.signal?.aborted) throw cause;
			const detail = `${this.#url} cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}.`;
			const hint = 'Check that the server runs, and its address.';
			throw new ErrandError({ status: 0, code: 'unreachable', detail, hint }, { cause });
		}
	}
}

/** pause waits, and rejects when `signal` aborts. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
	return new Promise((resolve, reject) => {
		if (signal?.aborted) return reject(signal.reason);
		const timer = setTimeout(() => {
			signal?.removeEventListener('abort', abort);
			resolve();
		}, ms);
		const abort = () => {
			clearTimeout(timer);
			reject(signal?.reason);
		};
		signal?.addEventListener('abort', abort, { once: true });
	});
}

const MAX_WAIT_MS = 30_000;

/** passes tells whether a call that failed so may go well later. */
export function passes(error: unknown): error is ErrandError {
	return error instanceof ErrandError && (error.status === 0 || error.status === 429 || error.status >= 502);
}

function waitBefore(error: unknown, tries: number): number | undefined {
	if (!passes(error)) return undefined;
	const wait = error.retryAfterMs ?? 250 * 2 ** tries * (0.75 + Math.random() / 2);
	return wait <= MAX_WAIT_MS ? wait : undefined;
}
