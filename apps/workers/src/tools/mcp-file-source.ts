import { type StatWatcher, unwatchFile, watchFile } from 'node:fs';
import { describeError, isCoreError } from '@errand/core/domain/errors.ts';
import type { TaskId } from '@errand/core/domain/ids.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import type { ICapabilitySource } from '@errand/core/ports/capability-source.ts';
import { ChangeListeners } from '@errand/core/ports/change-listeners.ts';
import type { McpServersConfig } from './mcp/server-config.ts';
import type { McpServersSource, McpSourceOptions } from './open-mcp-source.ts';
import type { McpVariables } from './read-mcp-servers.ts';

/** McpFileOptions say where the file of MCP servers is, and what its values may name. */
export interface McpFileOptions extends Omit<McpSourceOptions, 'servers'> {
	readonly path: string;
	readonly mcpVariables?: McpVariables | undefined;
	/** How often the file is looked at. */
	readonly lookEveryMs?: number;
}

/**
 * McpFileSource offers the tools of the MCP servers in the operator's file, as it is now: what changes is read again. A file that cannot
 * be used any more leaves everything as it was, and says so. Without servers, nothing else is loaded.
 */
export class McpFileSource implements ICapabilitySource {
	readonly name = 'mcp';
	readonly #options: McpFileOptions;
	readonly #listeners = new ChangeListeners();
	#source: McpServersSource | undefined;
	#problem: string | undefined;
	#missing: ReadonlyMap<string, string> = new Map();
	#watcher: StatWatcher | undefined;
	/** One after the other: what was read first is never put in place of what was read later. */
	#reading: Promise<void> = Promise.resolve();
	#isStopped = false;

	constructor(options: McpFileOptions) {
		this.#options = options;
	}

	/** Reads the file, and watches it from then on. Throws CoreError `invalid-config` where it cannot be used. */
	async start(): Promise<void> {
		// A folder's watch would wake with every write beside it; in the data directory there are many.
		this.#watcher = watchFile(
			this.#options.path,
			{ interval: this.#options.lookEveryMs ?? LOOK_EVERY_MS, persistent: false },
			this.#again,
		);
		await this.#read();
	}

	capabilities(): readonly ICapability[] {
		return this.#source?.capabilities() ?? NONE;
	}

	missing(): ReadonlyMap<string, string> {
		return this.#missing;
	}

	onChange(listener: () => void): () => void {
		return this.#listeners.add(listener);
	}

	async endTask(task: TaskId): Promise<void> {
		await this.#source?.endTask(task);
	}

	async stop(): Promise<void> {
		this.#isStopped = true;
		if (this.#watcher !== undefined) unwatchFile(this.#options.path, this.#again);
		await this.#reading;
		await this.#source?.stop();
	}

	readonly #again = (): void => {
		this.#reading = this.#reading.then(async () => {
			try {
				await this.#read();
				this.#say(undefined);
			} catch (error) {
				this.#options.log.warn('MCP servers not read again', { error: describeError(error) });
				const why = isCoreError(error) ? `${error.message} ${error.hint}` : describeError(error);
				this.#say(`What it said before stays in use. ${why}`);
			}
		});
	};

	async #read(): Promise<void> {
		const { path, mcpVariables } = this.#options;
		const { readMcpServers } = await import('./read-mcp-servers.ts');
		if (this.#isStopped) return;
		const servers = readMcpServers(path, mcpVariables);
		if (this.#source !== undefined) return this.#source.update(servers);
		if (servers.servers.length > 0) await this.#open(servers);
	}

	async #open(servers: McpServersConfig): Promise<void> {
		const { openMcpSource } = await import('./open-mcp-source.ts');
		const source = await openMcpSource({ ...this.#options, servers });
		this.#source = source;
		source.onChange(() => this.#gather());
		this.#gather();
	}

	#say(problem: string | undefined): void {
		if (problem === this.#problem) return;
		this.#problem = problem;
		this.#gather();
	}

	#gather(): void {
		const missing = new Map(this.#source?.missing());
		if (this.#problem !== undefined) missing.set(this.name, this.#problem);
		this.#missing = missing;
		this.#listeners.tell();
	}
}

const NONE: readonly ICapability[] = [];
const LOOK_EVERY_MS = 2_000;
