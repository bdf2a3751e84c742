import { join } from 'node:path';
import type { ICapabilitySource } from '@errand/core/ports/capability-source.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { KeeperLink } from './mcp/keeper-link.ts';
import { KnownTools } from './mcp/known-tools.ts';
import { McpSessions } from './mcp/mcp-sessions.ts';
import { McpSource, type OfferedServer } from './mcp/mcp-source.ts';
import type { McpServer, McpServersConfig } from './mcp/server-config.ts';

/** McpSourceOptions say which servers there are, and where what is remembered of them stands. */
export interface McpSourceOptions {
	readonly servers: McpServersConfig;
	readonly dataDir: string;
	/** For compiled code; in the data directory where left out. */
	readonly cacheDir?: string | undefined;
	/** Private `host:port` that servers over HTTP may send on to; their own addresses are the operator's choice. */
	readonly allowPrivateHosts: readonly string[];
	readonly clock: IClock;
	readonly log: ILogger;
	/** How long after the start the servers are asked what they offer. */
	readonly refreshAfterMs?: number;
}

/** McpServersSource offers the tools of MCP servers, and takes another list of them while it runs. */
export interface McpServersSource extends ICapabilitySource {
	/** Servers whose entry is as it was go on undisturbed. */
	update(servers: McpServersConfig): Promise<void>;
}

/** openMcpSource offers the tools of MCP servers. It starts none of them: that comes a moment later, and with the first call. */
export async function openMcpSource(options: McpSourceOptions): Promise<McpServersSource> {
	const { servers, clock, log } = options;
	const sessions = new McpSessions({ clock });
	const ways = new Ways(options, sessions, (name) => source.changed(name));
	const source = new McpSource(await ways.to(servers), { sessions, clock, log });
	source.start(options.refreshAfterMs ?? REFRESH_AFTER_MS);
	return Object.assign(source, {
		update: async (wanted: McpServersConfig) => source.replace(await ways.to(wanted)),
	});
}

/** The start of the server itself comes first. */
const REFRESH_AFTER_MS = 1_000;

/** Ways makes a new way to each server whose entry is new, or another than before. */
class Ways {
	readonly #options: McpSourceOptions;
	readonly #sessions: McpSessions;
	readonly #onChanged: (name: string) => void;
	#offered: ReadonlyMap<string, { readonly entry: string; readonly offered: OfferedServer }> = new Map();
	#made = 0;

	constructor(options: McpSourceOptions, sessions: McpSessions, onChanged: (name: string) => void) {
		this.#options = options;
		this.#sessions = sessions;
		this.#onChanged = onChanged;
	}

	async to({ servers }: McpServersConfig): Promise<readonly OfferedServer[]> {
		const made = await Promise.all(
			servers.map(async (server) => {
				const entry = JSON.stringify(server);
				const known = this.#offered.get(server.name);
				return known?.entry === entry ? known : { entry, offered: await this.#make(server) };
			}),
		);
		this.#offered = new Map(made.map((one) => [one.offered.server.name, one]));
		return made.map(({ offered }) => offered);
	}

	async #make(server: McpServer): Promise<OfferedServer> {
		const { dataDir, cacheDir = dataDir, allowPrivateHosts, clock, log } = this.#options;
		const { name } = server;
		const way = `${name}#${++this.#made}`;
		const link = new KeeperLink({
			init: { server, allowPrivateHosts, homeDir: join(dataDir, 'tools', `home-${name}`) },
			compileCacheDir: join(cacheDir, 'compile-cache'),
			...{ clock, log },
			onChanged: () => this.#onChanged(name),
			onGone: () => this.#sessions.forget(way),
		});
		this.#sessions.add(way, link);
		const known = new KnownTools(server, dataDir);
		return { server, way, known, remembered: await known.load() };
	}
}
