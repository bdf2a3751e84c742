import type { TaskId } from '@errand/core/domain/ids.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { CallHow, KeeperLink } from './keeper-link.ts';
import type { KeeperReply, ToolCall } from './protocol.ts';
import { ToolError } from './tool-error.ts';

/** McpSessionsOptions are the ways to all servers, and how many connections there may be. */
export interface McpSessionsOptions {
	readonly links: ReadonlyMap<string, Pick<KeeperLink, 'call' | 'stop'>>;
	readonly clock: IClock;
	readonly maxOpen?: number;
	readonly idleMs?: number;
}

/**
 * McpSessions keeps one connection for each task and server it uses: opened with the first call, used by the task's later ones,
 * closed with the task or when it was not used for long. When there are too many, the one that rested longest is closed.
 */
export class McpSessions {
	readonly #options: McpSessionsOptions;
	readonly #open = new Map<string, Session>();
	readonly #rests = new Map<string, () => void>();

	constructor(options: McpSessionsOptions) {
		this.#options = options;
	}

	call(server: string, task: TaskId, call: Omit<ToolCall, 'session'>, how: CallHow): Promise<KeeperReply> {
		const { idleMs = DEFAULT_IDLE_MS } = this.#options;
		const session = { server, name: `task:${task}`, idleMs };
		return this.#during(session, (link) => link.call({ kind: 'call', session: session.name, ...call }, how));
	}

	/** What the server offers now, on a connection of its own that is left open for a moment to hear of changes. */
	list(server: string, timeoutMs: number): Promise<KeeperReply> {
		const session = { server, name: 'listing', idleMs: LISTING_IDLE_MS };
		return this.#during(session, (link) =>
			link.call({ kind: 'list', session: session.name, timeoutMs }, { timeoutMs }),
		);
	}

	/** How many connections there are. */
	get count(): number {
		return this.#open.size;
	}

	async endTask(task: TaskId): Promise<void> {
		const ended = [...this.#open.values()].filter(({ name }) => name === `task:${task}`);
		await Promise.all(ended.map((session) => this.#close(session)));
	}

	/** The keeper of a server is gone, and its connections with it. */
	forget(server: string): void {
		for (const session of this.#open.values()) if (session.server === server) this.#drop(session);
	}

	async stop(): Promise<void> {
		for (const session of this.#open.values()) this.#drop(session);
		for (const callOff of this.#rests.values()) callOff();
		await Promise.all([...this.#options.links.values()].map((link) => link.stop()));
	}

	async #during(
		wanted: Pick<Session, 'server' | 'name' | 'idleMs'>,
		work: (link: Pick<KeeperLink, 'call'>) => Promise<KeeperReply>,
	): Promise<KeeperReply> {
		const link = this.#options.links.get(wanted.server);
		if (link === undefined) throw new TypeError(`There is no way to the MCP server "${wanted.server}".`);
		const session = this.#take(wanted);
		session.running++;
		session.callOffIdle?.();
		try {
			return await work(link);
		} finally {
			session.running--;
			if (session.running === 0 && this.#open.get(keyOf(session)) === session) this.#restSoon(session);
		}
	}

	#take(wanted: Pick<Session, 'server' | 'name' | 'idleMs'>): Session {
		const key = keyOf(wanted);
		const known = this.#open.get(key);
		if (known !== undefined) {
			// The order of the map is the order of use.
			this.#open.delete(key);
			this.#open.set(key, known);
			return known;
		}
		const { maxOpen = DEFAULT_MAX_OPEN } = this.#options;
		if (this.#open.size >= maxOpen) {
			const idle = [...this.#open.values()].find(({ running }) => running === 0);
			if (idle === undefined) throw tooMany(maxOpen);
			void this.#close(idle);
		}
		const session: Session = { ...wanted, running: 0, callOffIdle: undefined };
		this.#open.set(key, session);
		this.#rests.get(session.server)?.();
		return session;
	}

	#restSoon(session: Session): void {
		session.callOffIdle = this.#options.clock.after(session.idleMs, () => void this.#close(session));
	}

	async #close(session: Session): Promise<void> {
		if (!this.#drop(session)) return;
		const { links, clock } = this.#options;
		const link = links.get(session.server);
		try {
			await link?.call({ kind: 'close', session: session.name }, { timeoutMs: CLOSE_TIMEOUT_MS });
		} catch {
			// A keeper that does not close it is gone, or will be: then it is closed, too.
		}
		if ([...this.#open.values()].some(({ server }) => server === session.server)) return;
		this.#rests.get(session.server)?.();
		this.#rests.set(
			session.server,
			clock.after(KEEPER_REST_MS, () => {
				if (![...this.#open.values()].some(({ server }) => server === session.server)) void link?.stop();
			}),
		);
	}

	#drop(session: Session): boolean {
		session.callOffIdle?.();
		const key = keyOf(session);
		return this.#open.get(key) === session && this.#open.delete(key);
	}
}

interface Session {
	readonly server: string;
	readonly name: string;
	readonly idleMs: number;
	running: number;
	callOffIdle: (() => void) | undefined;
}

const DEFAULT_MAX_OPEN = 32;
const DEFAULT_IDLE_MS = 600_000;
const LISTING_IDLE_MS = 5_000;
const KEEPER_REST_MS = 5_000;
const CLOSE_TIMEOUT_MS = 3_000;

function keyOf({ server, name }: Pick<Session, 'server' | 'name'>): string {
	return `${server}/${name}`;
}

function tooMany(maxOpen: number): ToolError {
	return new ToolError('rate-limited', `All ${maxOpen} connections to MCP servers are in use.`, {
		hint: 'It is tried again by itself. Start another worker where this happens often.',
	});
}
