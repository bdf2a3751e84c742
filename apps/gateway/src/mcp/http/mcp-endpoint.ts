import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PersonId } from '@errand/core/domain/ids.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { type NodeIncomingMessageLike, toNodeHandler } from '@modelcontextprotocol/node';
import {
	createMcpHandler,
	InMemoryServerEventBus,
	isInitializeRequest,
	isLegacyRequest,
	type McpHttpHandler,
} from '@modelcontextprotocol/server';
import { createMcpServer } from '../protocol/mcp-server.ts';
import type { McpSurface } from '../protocol/surface.ts';
import { FollowLimit } from './follow-limit.ts';
import { type Exchange, LegacySessions, type SessionLimits } from './legacy-sessions.ts';
import { followAll, listenedUris } from './listened-resources.ts';

/** The largest request, files that come with a goal among it, in bytes. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** Streams of changes that one person may have open. */
const LISTENS_PER_PERSON = 50;

/** McpCaller is whose request it is and what is offered to them; who they are was settled before. */
export interface McpCaller {
	readonly person: PersonId;
	readonly surface: McpSurface;
}

/**
 * McpEndpoint serves MCP over streamable HTTP, both generations of it. Since revision 2026-07-28 every request says all there
 * is to know and any process may answer it. Older clients get a session; its requests are answered in any process too, but
 * questions to the person and changes of followed resources only where the session lives.
 */
export class McpEndpoint {
	readonly #sessions: LegacySessions;
	readonly #log: ILogger;
	/** Handlers with an answer under way. */
	readonly #serving = new Map<McpHttpHandler, PersonId>();
	readonly #listening = new Map<PersonId, number>();
	readonly #followLimit = new FollowLimit();
	#stopped = false;

	constructor({ clock, log, limits }: { clock: IClock; log: ILogger; limits?: SessionLimits | undefined }) {
		this.#sessions = new LegacySessions({ clock, log, limits });
		this.#log = log;
	}

	/** Sessions of older clients in this process. */
	get sessions(): number {
		return this.#sessions.count;
	}

	/** Answers one request; its body must not have been read. */
	async serve({ person, surface }: McpCaller, request: IncomingMessage, response: ServerResponse): Promise<void> {
		const caller = { person, surface: this.#followLimit.bounded(surface, person) };
		const over = new AbortController();
		response.once('close', () => over.abort());
		const handler = toNodeHandler(
			{ fetch: async (asked) => this.#answer(caller, await exchangeOf(asked, over.signal)) },
			{ maxRequestBodySize: MAX_BODY_BYTES, onerror: (error) => this.#log.warn('mcp request failed', { error }) },
		);
		// Its properties may hold undefined as well as be missing, which is all the same here.
		await handler(request as NodeIncomingMessageLike, response);
	}

	/** Ends what a person has open, so that a token taken back is of no more use. */
	async endOf(person: PersonId): Promise<void> {
		const theirs = [...this.#serving].filter(([, of]) => of === person).map(([handler]) => handler.close());
		await Promise.all([this.#sessions.endOf(person), ...theirs]);
	}

	/** Ends everything; clients are expected to come back. */
	async stop(): Promise<void> {
		this.#stopped = true;
		await Promise.all([this.#sessions.stop(), ...[...this.#serving.keys()].map((handler) => handler.close())]);
	}

	async #answer(caller: McpCaller, exchange: Exchange): Promise<Response> {
		const { request, body } = exchange;
		if (this.#stopped) return refuse(503, -32000, 'The server is stopping. Try again in a moment.');
		if (request.method === 'POST' && body !== undefined && !(await isLegacyRequest(request, body))) {
			return this.#alone(caller, exchange);
		}
		const id = request.headers.get('mcp-session-id');
		if (id !== null) {
			const answer = await this.#sessions.resume(id, caller.person, exchange);
			if (answer instanceof Response) return answer;
			if (answer === 'unknown')
				return refuse(404, -32001, 'This session has ended. Send `initialize` to begin another.');
			// What the session's own process knows is missing here, but most requests do not need it.
			return request.method === 'POST' ? this.#alone(caller, exchange) : methodNotAllowed();
		}
		if (request.method !== 'POST') return methodNotAllowed();
		if (isInitializeRequest(body)) return this.#sessions.begin(caller.surface, caller.person, exchange);
		return this.#alone(caller, exchange);
	}

	/** Answers a request by itself, whoever answered those before it. */
	async #alone({ surface, person }: McpCaller, { request, body, over }: Exchange): Promise<Response> {
		const bus = new InMemoryServerEventBus();
		const handler = createMcpHandler(() => createMcpServer(surface), {
			...{
				bus,
				maxRequestBodySize: MAX_BODY_BYTES,
				onerror: (error) => this.#log.debug('mcp request refused', { error }),
			},
		});
		const ends: (() => void)[] = [() => this.#serving.delete(handler)];
		this.#serving.set(handler, person);
		const end = () => {
			for (const each of ends.splice(0)) each();
		};
		over.addEventListener('abort', end, { once: true });
		const uris = listenedUris(body);
		if (uris !== undefined) {
			const open = this.#listening.get(person) ?? 0;
			if (open >= LISTENS_PER_PERSON) return refuse(200, -32603, 'Subscription limit reached', idOf(body));
			this.#listening.set(person, open + 1);
			ends.push(() => this.#release(person));
			const stop = await followAll(surface, uris, (uri) => handler.notify.resourceUpdated(uri));
			if ('refused' in stop) return refuse(200, -32602, stop.refused, idOf(body));
			ends.push(stop.stop);
			if (over.aborted) end();
		}
		return handler.fetch(request, body === undefined ? {} : { parsedBody: body });
	}

	#release(person: PersonId): void {
		const left = (this.#listening.get(person) ?? 1) - 1;
		if (left > 0) this.#listening.set(person, left);
		else this.#listening.delete(person);
	}
}

async function exchangeOf(request: Request, over: AbortSignal): Promise<Exchange> {
	if (request.method !== 'POST') return { request, body: undefined, over };
	const text = await request.clone().text();
	try {
		return { request, body: JSON.parse(text) as unknown, over };
	} catch {
		return { request, body: undefined, over };
	}
}

function methodNotAllowed(): Response {
	const answer = refuse(405, -32000, 'Only POST is answered here.');
	answer.headers.set('Allow', 'POST');
	return answer;
}

function refuse(status: number, code: number, message: string, id: string | number | null = null): Response {
	return Response.json({ jsonrpc: '2.0', error: { code, message }, id }, { status });
}

function idOf(body: unknown): string | number | null {
	const id = typeof body === 'object' && body !== null && 'id' in body ? body.id : null;
	return typeof id === 'string' || typeof id === 'number' ? id : null;
}
