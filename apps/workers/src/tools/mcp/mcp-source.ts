import { describeError, isCoreError } from '@errand/core/domain/errors.ts';
import type { TaskId } from '@errand/core/domain/ids.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import type { ICapabilitySource } from '@errand/core/ports/capability-source.ts';
import { ChangeListeners } from '@errand/core/ports/change-listeners.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { KnownTools } from './known-tools.ts';
import type { McpSessions } from './mcp-sessions.ts';
import type { ReadTools } from './read-tools.ts';
import type { McpServer } from './server-config.ts';
import { type CallTool, toolCapability } from './tool-capability.ts';
import { capabilityNames } from './tool-names.ts';

/** OfferedServer is a server with what was remembered of it. */
export interface OfferedServer {
	readonly server: McpServer;
	/** What the sessions call the way to it; another one where its entry became another. */
	readonly way: string;
	readonly known: Pick<KnownTools, 'save'>;
	readonly remembered: ReadTools | undefined;
}

/**
 * McpSource offers the tools of MCP servers as capabilities: those remembered at once, what the servers say now a moment later.
 * A server that cannot be asked offers nothing until it can; it is asked again, less and less often.
 */
export class McpSource implements ICapabilitySource {
	readonly name = 'mcp';
	readonly #sessions: McpSessions;
	readonly #clock: IClock;
	readonly #log: ILogger;
	readonly #servers = new Map<string, ServerState>();
	readonly #listeners = new ChangeListeners();
	#capabilities: readonly ICapability[] = [];
	#missing: ReadonlyMap<string, string> = new Map();
	#callOffStart: (() => void) | undefined;
	#isStopped = false;

	constructor(
		servers: readonly OfferedServer[],
		{ sessions, clock, log }: { readonly sessions: McpSessions; readonly clock: IClock; readonly log: ILogger },
	) {
		this.#sessions = sessions;
		this.#clock = clock;
		this.#log = log;
		for (const offered of servers) this.#add(offered);
		this.#gather();
	}

	capabilities(): readonly ICapability[] {
		return this.#capabilities;
	}

	missing(): ReadonlyMap<string, string> {
		return this.#missing;
	}

	onChange(listener: () => void): () => void {
		return this.#listeners.add(listener);
	}

	async endTask(task: TaskId): Promise<void> {
		await this.#sessions.endTask(task);
	}

	async stop(): Promise<void> {
		this.#isStopped = true;
		this.#callOffStart?.();
		for (const { callOff } of this.#servers.values()) callOff?.();
		await this.#sessions.stop();
	}

	/** Asks every server what it offers, a few at once, so many milliseconds from now. */
	start(afterMs: number): void {
		this.#callOffStart = this.#clock.after(afterMs, () => void this.#askAll());
	}

	/**
	 * Offers these servers from now on. Those whose entry is as it was go on undisturbed; of one that became another, what it offered
	 * before stays until it is known what it offers now. Calls under way are let end.
	 */
	replace(servers: readonly OfferedServer[]): void {
		const wanted = new Map(servers.map(({ server, way }) => [server.name, way]));
		for (const state of [...this.#servers.values()]) {
			if (wanted.has(state.server.name)) continue;
			this.#servers.delete(state.server.name);
			this.#leave(state);
		}
		for (const offered of servers) {
			const before = this.#servers.get(offered.server.name);
			if (before?.way === offered.way) continue;
			const state = this.#add(offered, before);
			this.#askLater(state, 0);
		}
		this.#gather();
	}

	/** The server said that it offers something else now. It is asked soon; one that says so all the time, less and less often. */
	changed(name: string): void {
		const state = this.#servers.get(name);
		if (state === undefined || this.#isStopped) return;
		const now = this.#clock.now();
		if (now - state.changedAt > CALM_MS) state.changes = 0;
		state.changedAt = now;
		if (state.isWaiting) return;
		state.isWaiting = true;
		this.#askLater(state, Math.min(MAX_WAIT_MS, 500 * 2 ** state.changes));
		state.changes++;
	}

	async #askAll(): Promise<void> {
		const left = this.#servers.values();
		const askSome = async () => {
			for (const state of left) await this.#ask(state);
		};
		await Promise.all(Array.from({ length: ASKED_AT_ONCE }, askSome));
	}

	/** In place of another of that name, it begins with what that one offered. */
	#add({ server, way, known, remembered }: OfferedServer, before?: ServerState): ServerState {
		const { capabilities = [], refused = {}, problem } = before ?? {};
		const state: ServerState = { server, way, known, ...NEW, capabilities, refused, problem, before };
		before?.callOff?.();
		this.#servers.set(server.name, state);
		if (remembered !== undefined) this.#learn(state, remembered);
		return state;
	}

	/** What was there before is not needed any more. */
	#leave({ way, callOff, before }: ServerState): void {
		callOff?.();
		if (before !== undefined) this.#leave(before);
		void this.#sessions.retire(way);
	}

	#isCurrent(state: ServerState): boolean {
		return !this.#isStopped && this.#servers.get(state.server.name) === state;
	}

	#askLater(state: ServerState, delayMs: number): void {
		if (this.#isStopped) return;
		state.callOff?.();
		state.callOff = this.#clock.after(delayMs, () => void this.#ask(state));
	}

	async #ask(state: ServerState): Promise<void> {
		if (!this.#isCurrent(state) || state.isAsking) return;
		state.callOff?.();
		state.isWaiting = false;
		state.isAsking = true;
		try {
			const reply = await this.#sessions.list(state.way, state.server.startMs + LIST_TIMEOUT_MS);
			if (reply.kind !== 'tools' || !this.#isCurrent(state)) return;
			this.#learn(state, reply.read);
			state.problem = undefined;
			state.failures = 0;
			this.#gather();
			await state.known.save(reply.read).catch((error: unknown) => {
				this.#log.warn('tools of an MCP server not remembered', this.#fields(state, error));
			});
		} catch (error) {
			if (!this.#isCurrent(state)) return;
			this.#log.warn('MCP server not usable', this.#fields(state, error));
			this.#settle(state);
			state.problem = isCoreError(error) ? `${error.message} ${error.hint}` : describeError(error);
			this.#gather();
			this.#askLater(state, Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** state.failures));
			state.failures++;
		} finally {
			state.isAsking = false;
		}
	}

	#fields({ server }: ServerState, error: unknown) {
		return { server: server.name, error: describeError(error) };
	}

	/** Tools that are as they were keep their capability. */
	#learn(state: ServerState, read: ReadTools): void {
		this.#settle(state);
		const said = JSON.stringify(read);
		if (said === state.said) return;
		const { server } = state;
		const names = capabilityNames(
			server.name,
			read.tools.map(({ name }) => name),
		);
		const call: CallTool = (_server, ...rest) => this.#sessions.call(state.way, ...rest);
		state.said = said;
		state.refused = read.refused;
		state.capabilities = read.tools.map((tool) =>
			toolCapability(tool, { name: names.get(tool.name) ?? tool.name, server, call }),
		);
	}

	#settle(state: ServerState): void {
		if (state.before !== undefined) this.#leave(state.before);
		state.before = undefined;
	}

	/** Puts together what there is now, and tells if that is something else. */
	#gather(): void {
		const states = [...this.#servers.values()];
		const capabilities = states.flatMap((state) => (state.problem === undefined ? state.capabilities : []));
		const missing = new Map(states.flatMap(missingOf));
		const isSame =
			capabilities.length === this.#capabilities.length &&
			capabilities.every((one, index) => one === this.#capabilities[index]) &&
			JSON.stringify([...missing]) === JSON.stringify([...this.#missing]);
		if (isSame) return;
		this.#capabilities = capabilities;
		this.#missing = missing;
		this.#listeners.tell();
	}
}

interface ServerState {
	readonly server: McpServer;
	readonly way: string;
	readonly known: OfferedServer['known'];
	/** The server in whose place it comes, as long as it is not known what this one offers. */
	before: ServerState | undefined;
	said: string | undefined;
	capabilities: readonly ICapability[];
	refused: Readonly<Record<string, string>>;
	/** Why it offers nothing now. */
	problem: string | undefined;
	failures: number;
	changes: number;
	changedAt: number;
	isAsking: boolean;
	/** It is to be asked because it said that it changed. */
	isWaiting: boolean;
	callOff: (() => void) | undefined;
}

const NEW = {
	...{ said: undefined, capabilities: [], refused: {}, problem: undefined, callOff: undefined },
	...{ failures: 0, changes: 0, changedAt: 0, isAsking: false, isWaiting: false },
} as const;
const ASKED_AT_ONCE = 3;
const LIST_TIMEOUT_MS = 30_000;
const FIRST_WAIT_MS = 5_000;
const MAX_WAIT_MS = 600_000;
/** A server that said nothing of changes for so long is heard at once again. */
const CALM_MS = 1_200_000;

function missingOf({ server, capabilities, refused, problem }: ServerState): (readonly [string, string])[] {
	if (problem !== undefined) {
		const names = capabilities.length > 0 ? capabilities.map(({ name }) => name) : [`mcp.${server.name}`];
		return names.map((name) => [name, problem] as const);
	}
	const tools = Object.keys(refused);
	const names = capabilityNames(server.name, tools);
	return Object.entries(refused).map(([tool, why]) => [
		names.get(tool) ?? tool,
		`The tool "${tool}" of the MCP server "${server.name}" cannot be used: ${why}.`,
	]);
}
