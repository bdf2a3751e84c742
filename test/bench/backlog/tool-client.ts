import { join } from 'node:path';
import { asPersonId } from '@errand/core/domain/ids.ts';
import type { JsonObject } from '@errand/core/domain/json.ts';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { ErrandProcess } from '../../harness/errand-process.ts';
import { startInProcess } from '../../harness/in-process-errand.ts';

/** ToolClient calls tools on one project's backlog. */
export interface ToolClient {
	/** Resolves once it is answered; rejects on a refusal, and where no answer comes in `timeoutMs`. */
	call(tool: string, args?: JsonObject, timeoutMs?: number): Promise<void>;
	close(): Promise<void>;
}

/** StdioProgram is an MCP server as an editor's entry names it. */
export interface StdioProgram {
	readonly command: string;
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
}

/** StdioClient is connected to a process of its own. */
export interface StdioClient extends ToolClient {
	readonly pid: number;
	readonly tools: number;
	/** From the start of the process until it has answered what tools there are, ms. */
	readonly readyMs: number;
}

const PROGRAM = join(import.meta.dirname, '../../../apps/gateway/bin/errand-mcp.mjs');
const PATIENT_MS = 120_000;

/** openDesk opens Errand's backlogs in this process, without any server. */
export async function openDesk(projectRoot: string): Promise<ToolClient> {
	const errand = await startInProcess({ catalogue: [] });
	const ann = { person: asPersonId('ann'), role: 'owner' } as const;
	return {
		call: async (tool, args) => {
			await errand.orchestrator.backlogs.desk.call(ann, { tool, args: { projectRoot, ...args } });
		},
		close: () => errand.stop(),
	};
}

/** openHttp connects to a server's `/mcp`. */
export async function openHttp({ url, token }: ErrandProcess, projectRoot: string): Promise<ToolClient> {
	const client = new Client({ name: 'bench', version: '1' });
	const requestInit = { headers: { authorization: `Bearer ${token}` } };
	await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', url), { requestInit }));
	return toolsOf(client, projectRoot);
}

/** openStdio starts a program in the project's folder, as an editor does, and asks it for its tools. */
export async function openStdio({ command, args, env }: StdioProgram, projectRoot: string): Promise<StdioClient> {
	const from = performance.now();
	const client = new Client({ name: 'bench', version: '1' });
	const inherited = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' };
	const transport = new StdioClientTransport({
		...{ command, args: [...args], cwd: projectRoot, stderr: 'ignore' },
		env: { ...inherited, ...env },
	});
	await client.connect(transport, { timeout: PATIENT_MS });
	const { tools } = await client.listTools({}, { timeout: PATIENT_MS });
	const readyMs = performance.now() - from;
	return { ...toolsOf(client, projectRoot), pid: transport.pid ?? 0, tools: tools.length, readyMs };
}

/** errandProgram is Errand's entry for editors; it uses the server on the data directory, or starts one with the first call. */
export function errandProgram(dataDir: string): StdioProgram {
	return {
		command: process.execPath,
		args: [PROGRAM],
		env: { ERRAND_DATA_DIR: dataDir, ERRAND_LOG_LEVEL: 'warn', OLLAMA_HOST: '127.0.0.1:9' },
	};
}

function toolsOf(client: Client, projectRoot: string): ToolClient {
	return {
		call: async (tool, args, timeoutMs = PATIENT_MS) => {
			const named = { name: tool, arguments: { projectRoot, ...args } };
			const answer = await client.callTool(named, { timeout: timeoutMs });
			if (answer.isError === true) throw new Error(`${tool}: ${JSON.stringify(answer.content)}`);
		},
		close: () => client.close(),
	};
}
