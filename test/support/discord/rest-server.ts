import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { CallError } from './call-error.ts';
import type { Mishap, Mishaps } from './mishaps.ts';
import type { RateLimits } from './rate-limits.ts';
import type { RequestCheck } from './request-check.ts';
import type { Call, RestRoutes } from './rest-routes.ts';
import type { Wire, World } from './world.ts';

interface Parts {
	readonly world: World;
	readonly routes: () => RestRoutes;
	readonly limits: RateLimits;
	readonly mishaps: Mishaps;
	readonly check: RequestCheck;
}

/** RestServer speaks HTTP: authorisation, rate limits, mishaps, the check against Discord's description, and files. */
export class RestServer {
	readonly server: Server;
	readonly #parts: Parts;
	/** Calls as they came: `POST /channels/1/messages`, with when they came. */
	readonly calls: { readonly call: string; readonly at: number; readonly status: number; readonly body: Wire }[] = [];
	/** What did not fit Discord's own description. */
	readonly violations: string[] = [];

	constructor(parts: Parts) {
		this.#parts = parts;
		this.server = createServer((request, response) => {
			this.#serve(request, response).catch((error: unknown) => {
				if (!response.headersSent) response.writeHead(500);
				response.end(String(error));
			});
		});
	}

	async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const at = Date.now();
		const url = new URL(request.url ?? '/', 'http://127.0.0.1');
		const file = this.#parts.world.files.get(url.pathname);
		if (file !== undefined) return void response.writeHead(200, { 'content-type': file.type }).end(file.content);
		const path = /^\/api\/v10(\/.*)$/.exec(decodeURIComponent(url.pathname))?.[1];
		const bytes = await readAll(request);
		if (path === undefined) return void response.writeHead(404).end();
		const method = request.method ?? 'GET';
		const call = `${method} ${path}`;
		const read = await readBody(request, bytes);
		const note = (status: number) => this.calls.push({ call, at, status, body: read.body });
		const send = (status: number, body: unknown, headers: Record<string, string> = {}) => {
			note(status);
			const empty = body === undefined;
			response.writeHead(empty ? 204 : status, { 'content-type': 'application/json', ...headers });
			response.end(empty ? undefined : JSON.stringify(body));
		};
		const mishap = this.#parts.mishaps.take(call);
		if (mishap?.kind === 'slow') await wait(mishap.ms);
		if (mishap?.kind === 'dropped') {
			note(0);
			return void request.socket.destroy();
		}
		if (mishap?.kind === 'limited') return sendLimited(send, mishap);
		if (mishap?.kind === 'error') {
			return send(mishap.status, {
				code: mishap.code ?? 0,
				message: mishap.message ?? `${mishap.status}: made to fail`,
			});
		}
		const verdict = this.#parts.limits.count(method, path);
		if (!verdict.allowed) {
			const body = { message: 'You are being rate limited.', retry_after: verdict.retryAfterS, global: false };
			return send(429, body, {
				...verdict.headers,
				'retry-after': String(Math.ceil(verdict.retryAfterS)),
				'x-ratelimit-scope': 'user',
			});
		}
		try {
			this.#authorise(request, path);
			this.#compare(method, path, read.raw);
			const answer = this.#parts.routes().answer({ method, path, query: url.searchParams, ...read });
			if (mishap?.kind === 'lost') {
				note(0);
				return void request.socket.destroy();
			}
			send(200, answer, verdict.headers);
		} catch (error) {
			if (!(error instanceof CallError)) throw error;
			send(error.status, { code: error.code, message: error.message }, verdict.headers);
		}
	}

	#authorise(request: IncomingMessage, path: string): void {
		if (path.startsWith('/webhooks/') || path.startsWith('/interactions/')) return;
		if (request.headers.authorization !== `Bot ${this.#parts.world.token}`)
			throw new CallError(401, 0, '401: Unauthorized');
	}

	#compare(method: string, path: string, body: unknown): void {
		const problem = this.#parts.check.problem(method, path, body);
		if (problem === undefined) return;
		this.violations.push(problem);
		throw new CallError(400, 50_035, `Invalid Form Body: ${problem}`);
	}
}

type Send = (status: number, body: unknown, headers?: Record<string, string>) => void;

function sendLimited(send: Send, { retryAfterMs, global = false }: Extract<Mishap, { kind: 'limited' }>): void {
	const seconds = retryAfterMs / 1_000;
	send(
		429,
		{ message: 'You are being rate limited.', retry_after: seconds, global },
		{
			'retry-after': String(seconds),
			'x-ratelimit-scope': global ? 'global' : 'user',
			...(global ? { 'x-ratelimit-global': 'true' } : {}),
		},
	);
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}

async function readBody(
	request: IncomingMessage,
	bytes: Buffer,
): Promise<Pick<Call, 'body' | 'list' | 'files'> & { raw: unknown }> {
	const type = request.headers['content-type'] ?? '';
	if (type.startsWith('multipart/form-data')) {
		const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
		const raw = JSON.parse(String(form.get('payload_json') ?? '{}')) as Wire;
		const files = await Promise.all(
			[...form.values()]
				.filter((value): value is File => typeof value !== 'string')
				.map(async (file) => ({ name: file.name, type: file.type, content: new Uint8Array(await file.arrayBuffer()) })),
		);
		return { raw, body: raw, list: [], files };
	}
	const raw: unknown = bytes.length === 0 ? undefined : JSON.parse(bytes.toString('utf8'));
	if (Array.isArray(raw)) return { raw, body: {}, list: raw as Wire[], files: [] };
	return { raw, body: (raw ?? {}) as Wire, list: [], files: [] };
}
