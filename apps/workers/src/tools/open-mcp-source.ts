import { join } from 'node:path';
import type { ICapabilitySource } from '@errand/core/ports/capability-source.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { KeeperLink } from './mcp/keeper-link.ts';
import { KnownTools } from './mcp/known-tools.ts';
import { McpSessions } from './mcp/mcp-sessions.ts';
import { McpSource } from './mcp/mcp-source.ts';
import type { McpServersConfig } from './mcp/server-config.ts';

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

/** openMcpSource offers the tools of MCP servers. It starts none of them: that comes a moment later, and with the first call. */
export async function openMcpSource(options: McpSourceOptions): Promise<ICapabilitySource> {
	const { servers, dataDir, cacheDir = dataDir, allowPrivateHosts, clock, log } = options;
	const links = new Map(
		servers.servers.map((server) => {
			const { name } = server;
			const link = new KeeperLink({
				init: { server, allowPrivateHosts, homeDir: join(dataDir, 'tools', `home-${name}`) },
				compileCacheDir: join(cacheDir, 'compile-cache'),
				...{ clock, log },
				onChanged: () => source.changed(name),
				onGone: () => sessions.forget(name),
			});
			return [name, link] as const;
		}),
	);
	const sessions = new McpSessions({ links, clock });
	const offered = await Promise.all(
		servers.servers.map(async (server) => {
			const known = new KnownTools(server, dataDir);
			return { server, known, remembered: await known.load() };
		}),
	);
	const source = new McpSource(offered, { sessions, clock, log });
	source.start(options.refreshAfterMs ?? REFRESH_AFTER_MS);
	return source;
}

/** The start of the server itself comes first. */
const REFRESH_AFTER_MS = 1_000;
