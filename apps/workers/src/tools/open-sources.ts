import { join } from 'node:path';
import type { ICapabilitySource } from '@errand/core/ports/capability-source.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { McpFileSource } from './mcp-file-source.ts';
import type { McpVariables } from './read-mcp-servers.ts';
import type { ToolVariables } from './tool-variables.ts';

/** SourcesOptions say what the operator named, and where it may keep something. */
export interface SourcesOptions {
	readonly tools: ToolVariables;
	/** Variables that the file of MCP servers may name. */
	readonly mcpVariables?: McpVariables | undefined;
	readonly dataDir: string;
	/** Folders of this process and of this machine; in the data directory where left out. */
	readonly localDir?: string | undefined;
	readonly cacheDir?: string | undefined;
	readonly allowPrivateHosts: readonly string[];
	/** Leave out what was not given to these workers in particular. */
	readonly modulesOnly?: boolean | undefined;
	/** Programs that take part over Redis, where there is one. */
	readonly programs?: (() => Promise<ICapabilitySource>) | undefined;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** openSources opens what brings capabilities to workers of this process; what nobody named is not even loaded. */
export async function openSources(options: SourcesOptions): Promise<readonly ICapabilitySource[]> {
	const { tools, dataDir, localDir = dataDir, cacheDir = dataDir, programs, log } = options;
	const { ERRAND_CAPABILITIES: modules, ERRAND_MCP_SERVERS: servers = join(dataDir, 'mcp.json') } = tools;
	const opened: ICapabilitySource[] = [];
	try {
		if (modules.length > 0) {
			const { openModuleSource } = await import('./open-module-source.ts');
			opened.push(await openModuleSource({ modules, localDir, cacheDir, log }));
		}
		if (options.modulesOnly === true) return opened;
		const mcp = new McpFileSource({ ...options, path: servers });
		opened.push(mcp);
		await mcp.start();
		if (tools.ERRAND_AGENTS !== undefined) {
			const [{ readAgents }, { openA2aSource }] = await Promise.all([
				import('./a2a/agent-config.ts'),
				import('./a2a/open-a2a-source.ts'),
			]);
			opened.push(openA2aSource({ ...options, agents: readAgents(tools.ERRAND_AGENTS) }));
		}
		if (programs !== undefined) opened.push(await programs());
		return opened;
	} catch (error) {
		await Promise.all(opened.map((source) => source.stop()));
		throw error;
	}
}
