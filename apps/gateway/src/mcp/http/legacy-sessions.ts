import { randomUUID } from 'node:crypto';
import type { PersonId } from '@errand/core/domain/ids.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import { createMcpServer } from '../protocol/mcp-server.ts';
import type { McpSurface } from '../protocol/surface.ts';
import { KeptEvents, type SessionEvents } from './kept-events.ts';

/** SessionLimits bound what clients may leave behind. */
export interface SessionLimits {
	readonly sessions: number;
	readonly perPerson: number;
	readonly idleMs: number;
}

const LIMITS: SessionLimits = { sessions: 1_000, perPerson: 50, idleMs: 30 * 60_000 };

/** Exchange is one HTTP request being answered. */
export interface Exchange {
	readonly request: Request;
	/** What was posted, parsed; undefined when nothing was, or no JSON. */
	readonly body: unknown;
	/** Aborts once the answer is written or nobody reads it any more. */
	readonly over: AbortSignal;
}

interface Session {
	readonly id: string;
	readonly person: PersonId;
	readonly transport: WebStandardStreamableHTTPServerTransport;
	readonly events: SessionEvents;
	close(): Promise<void>;
	usedAt: number;
	/** Responses that are still being written. */
	open: number;
}

/**
 * LegacySessions are the sessions of clients from before revision 2026-07-28: what such a client asked to follow, and the way
 * to ask its person something. They live in this process and end with it, when nobody used them for a while, when their
 * person has too many (the one unused longest goes first) or is turned away.
 */
export class LegacySessions {
	/** Stands in every session id, so that another process knows whose it is. */
	readonly #home = randomUUID().slice(0, 8);
	readonly #sessions = new Map<string, Session>();
	readonly #events = new KeptEvents();
	readonly #clock: IClock;
	readonly #log: ILogger;
	readonly #limits: SessionLimits;

	constructor({ clock, log, limits = LIMITS }: { clock: IClock; log: ILogger; limits?: SessionLimits | undefined }) {
		this.#clock = clock;
		this.#log = log;
		this.#limits = limits;
	}

	get count(): number {
		return this.#sessions.size;
	}

	/** Begins a session with an `initialize` request. */
	async begin(surface: McpSurface, person: PersonId, exchange: Exchange): Promise<Response> {
		this.#expire();
		const id = `${this.#home}.${randomUUID()}`;
		const server = createMcpServer(surface);
		const events = this.#events.ofSession();
		const transport = new WebStandardStreamableHTTPServerTransport({
			sessionIdGenerator: () => id,
			// A stream that breaks goes on where it was, with `Last-Event-ID`.
			eventStore: events,
			onsessioninitialized: () => this.#keep(session),
			onsessionclosed: () => this.#end(id),
		});
		const session: Session = {
			...{ id, person, transport, events, open: 0, usedAt: this.#clock.now() },
			close: async () => {
				events.forget();
				await server.close();
			},
		};
		server.onerror = (error) => this.#log.debug('mcp session trouble', { error });
		await server.connect(transport);
		// A refused introduction leaves nothing to come back to.
		exchange.over.addEventListener(
			'abort',
			() => void (this.#sessions.has(id) || server.close().catch(() => undefined)),
		);
		return this.#serve(session, exchange);
	}

	/**
	 * Serves a request of a session. `elsewhere`: another process has it, or had; `unknown`: it has ended, never was, or is
	 * another person's.
	 */
	async resume(id: string, person: PersonId, exchange: Exchange): Promise<Response | 'elsewhere' | 'unknown'> {
		this.#expire();
		const session = this.#sessions.get(id);
		if (session?.person === person) return this.#serve(session, exchange);
		return session === undefined && isSessionId(id) && !id.startsWith(this.#home) ? 'elsewhere' : 'unknown';
	}

	/** Ends all sessions of a person. */
	async endOf(person: PersonId): Promise<void> {
		const theirs = [...this.#sessions.values()].filter((session) => session.person === person);
		await Promise.all(theirs.map(({ id }) => this.#end(id)));
	}

	async stop(): Promise<void> {
		await Promise.all([...this.#sessions.keys()].map((id) => this.#end(id)));
	}

	async #serve(session: Session, { request, body, over }: Exchange): Promise<Response> {
		session.usedAt = this.#clock.now();
		const last = request.headers.get('last-event-id');
		if (last !== null && !session.events.knows(last)) return eventUnknown();
		session.open += 1;
		const done = () => {
			session.open -= 1;
			session.usedAt = this.#clock.now();
		};
		if (over.aborted) done();
		else over.addEventListener('abort', done, { once: true });
		return session.transport.handleRequest(request, body === undefined ? {} : { parsedBody: body });
	}

	#keep(session: Session): void {
		const theirs = [...this.#sessions.values()].filter(({ person }) => person === session.person);
		if (theirs.length >= this.#limits.perPerson) this.#endOldest(theirs);
		else if (this.#sessions.size >= this.#limits.sessions) this.#endOldest([...this.#sessions.values()]);
		this.#sessions.set(session.id, session);
	}

	#endOldest(sessions: readonly Session[]): void {
		const [oldest] = sessions.toSorted(
			(one, other) => Number(one.open > 0) - Number(other.open > 0) || one.usedAt - other.usedAt,
		);
		if (oldest !== undefined) void this.#end(oldest.id);
	}

	#expire(): void {
		const before = this.#clock.now() - this.#limits.idleMs;
		for (const { id, usedAt, open } of this.#sessions.values()) if (open === 0 && usedAt < before) void this.#end(id);
	}

	async #end(id: string): Promise<void> {
		const session = this.#sessions.get(id);
		if (session === undefined) return;
		this.#sessions.delete(id);
		await session.close().catch((error: unknown) => this.#log.debug('mcp session not closed', { error }));
	}
}

function eventUnknown(): Response {
	const message = 'What came after this event is not kept any more. Ask anew.';
	return Response.json({ jsonrpc: '2.0', error: { code: -32000, message }, id: null }, { status: 400 });
}

function isSessionId(text: string): boolean {
	return /^[0-9a-f]{8}\.[0-9a-f-]{36}$/.test(text);
}
