import { resolve } from 'node:path';
import { z } from 'zod';

const file = z
	.string()
	.transform((path) => resolve(path))
	.optional();

/** TOOL_VARIABLES are the variables of the environment that name what brings capabilities of its own. */
export const TOOL_VARIABLES = {
	/** A JSON file of MCP servers, `{"mcpServers": {…}}`; `mcp.json` in the data directory where left out. */
	ERRAND_MCP_SERVERS: file,
	/** A YAML or JSON file of agents that are reached over A2A. */
	ERRAND_AGENTS: file,
	/** Modules with capabilities and workflows: files, or folders of them, separated by commas. */
	ERRAND_CAPABILITIES: z
		.string()
		.transform((text) =>
			text
				.split(',')
				.map((entry) => entry.trim())
				.filter(Boolean)
				.map((path) => resolve(path)),
		)
		.default([]),
} as const;
export type ToolVariables = Readonly<z.output<z.ZodObject<typeof TOOL_VARIABLES>>>;
