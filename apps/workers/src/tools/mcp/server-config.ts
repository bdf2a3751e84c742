import type { Effects } from '@errand/core/domain/capability.ts';

/** McpServersConfig is what the operator's file says about MCP servers. */
export interface McpServersConfig {
	readonly servers: readonly McpServer[];
}

/** McpServer is one server as the operator wrote it, with values in place of variables. */
export interface McpServer {
	readonly name: string;
	readonly reach: StdioReach | HttpReach;
	/** Its tools that are offered; all where left out. */
	readonly tools?: readonly string[] | undefined;
	/** What tools do to the world, where the operator knows better than the server. */
	readonly effects: Readonly<Record<string, Effects>>;
	/** How long one call may take. */
	readonly timeoutMs: number;
	/** How long it may take until it can be asked. */
	readonly startMs: number;
	/** What must not stand in logs, results and facts. */
	readonly secrets: readonly string[];
}

/** StdioReach is a server that is started here, in a jail, and spoken to over its standard input and output. */
export interface StdioReach {
	readonly kind: 'stdio';
	readonly command: string;
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	readonly cwd?: string | undefined;
	/** None, what the guard lets through, or all that this machine reaches. */
	readonly network: 'none' | 'guarded' | 'host';
	/** Folders of this machine that it sees, besides the system's programs. */
	readonly folders: readonly JailFolder[];
	/** It is ended when all of its processes hold more. */
	readonly memoryMb: number;
	/** `false`: the operator lets it run without a jail. */
	readonly jail: boolean;
	/** It finds in its home folder what it left there, whichever task it was for. */
	readonly keepHome: boolean;
}

/** JailFolder is a folder that a jailed server sees under its own path. */
export interface JailFolder {
	readonly path: string;
	readonly write: boolean;
}

/** HttpReach is a server that runs elsewhere and is spoken to over streamable HTTP. */
export interface HttpReach {
	readonly kind: 'http';
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
}
