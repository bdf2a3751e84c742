import type { TaskId } from '@errand/core/domain/ids.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { CallHow, KeeperLink } from './keeper-link.ts';
import type { KeeperReply, ToolCall } from './protocol.ts';
import { ToolError } from './tool-error.ts';

/** McpSessionsOptions say how many connections there may be. */
export interface McpSessionsOptions {
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
	readonly #links = new Map<string, Link>();
	/** Ways that nobody takes any more once what goes on over them has ended. */
	readonly #retired = new Set<string>();
	readonly #open = new Map<string, Session>();
	readonly #rests = new Map<string, () => void>();

	constructor(options: McpSessionsOptions) {
		this.#options = options;
	}

	/** Adds the way to a server, by a name that no other has or had. */
	add(server: string, link: Link): void {
		this.#links.set(server, link);
	}

	/** Calls under way are let end, then the server's connections are closed and its keeper goes. */
	async retire(server: string): Promise<void> {
		this.#retired.add(server);
		const mine = [...this.#open.values()].filter((session) => session.server === server);
		await Promise.all(mine.map((session) => (session.running === 0 ? this.#close(session) : undefined)));
		await this.#leave(server);
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
		await Promise.all([...this.#links.values()].map((link) => link.stop()));
	}

	async #during(
		wanted: Pick<Session, 'server' | 'name' | 'idleMs'>,
		work: (link: Pick<KeeperLink, 'call'>) => Promise<KeeperReply>,
	): Promise<KeeperReply> {
		const link = this.#links.get(wanted.server);
		if (link === undefined) throw changedMeanwhile();
		const session = this.#take(wanted);
		session.running++;
		session.callOffIdle?.();
		try {
			return await work(link);
		} finally {
			session.running--;
			if (session.running === 0 && this.#open.get(keyOf(session)) === session) this.#rest(session);
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

	#rest(session: Session): void {
		if (this.#retired.has(session.server)) return void this.#close(session);
		session.callOffIdle = this.#options.clock.after(session.idleMs, () => void this.#close(session));
	}

	async #close(session: Session): Promise<void> {
		if (!this.#drop(session)) return;
		const link = this.#links.get(session.server);
		try {
			await link?.call({ kind: 'close', session: session.name }, { timeoutMs: CLOSE_TIMEOUT_MS });
		} catch {
			// A keeper that does not close it is gone, or will be: then it is closed, too.
		}
		if (this.#isUsed(session.server)) return;
		if (this.#retired.has(session.server)) return this.#leave(session.server);
		this.#rests.get(session.server)?.();
		this.#rests.set(
			session.server,
			this.#options.clock.after(KEEPER_REST_MS, () => {
				if (!this.#isUsed(session.server)) void link?.stop();
			}),
		);
	}

	/** The end of a way that was retired, once nothing goes over it. */
	async #leave(server: string): Promise<void> {
		if (this.#isUsed(server)) return;
		const link = this.#links.get(server);
		this.#links.delete(server);
		this.#retired.delete(server);
		this.#rests.get(server)?.();
		this.#rests.delete(server);
		await link?.stop();
	}

	#isUsed(server: string): boolean {
		return [...this.#open.values()].some((session) => session.server === server);
	}

	#drop(session: Session): boolean {
		session.callOffIdle?.();
		const key = keyOf(session);
		return this.#open.get(key) === session && this.#open.delete(key);
	}
}

type Link = Pick<KeeperLink, 'call' | 'stop'>;

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

function changedMeanwhile(): ToolError {
	return new ToolError('fetch-failed', 'The entry of the MCP server was changed or taken out meanwhile.', {
		hint: 'It is tried again by itself, with the entry as it is now.',
	});
}
