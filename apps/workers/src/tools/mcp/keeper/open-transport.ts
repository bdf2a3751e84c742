import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { deserializeMessage, StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client';
import { parentDeathLauncher } from '../../../children/parent-death.ts';
import type { KeeperInit } from '../protocol.ts';
import type { HttpReach, StdioReach } from '../server-config.ts';
import { ToolError } from '../tool-error.ts';
import { findBwrap, foundProgram, JAIL_HOME, jailArguments, partsOf } from './jail.ts';
import { type JailProxy, openJailProxy } from './jail-proxy.ts';
import { BoundedStdioTransport, TOO_LARGE } from './stdio-transport.ts';

/** OpenTransport makes the way to the server anew, which has not been started yet; `why` tells how it ended, where that is known. */
export interface OpenTransport {
	readonly transport: Transport;
	why(): string | undefined;
}

/** transportOpener makes ways to one server; whether it can be jailed is found out once. */
export function transportOpener({ server, allowPrivateHosts, homeDir }: KeeperInit): () => Promise<OpenTransport> {
	const { reach, secrets } = server;
	if (reach.kind === 'http') return () => overHttp(reach, allowPrivateHosts);
	let bwrap: ReturnType<typeof findBwrap> | undefined;
	let proxy: ReturnType<typeof openJailProxy> | undefined;
	return async () => {
		const program = foundProgram(reach.command);
		if (program === undefined) throw noProgram(server.name, reach.command);
		bwrap ??= findBwrap();
		if (reach.jail && reach.network === 'guarded' && proxy === undefined) {
			proxy = openJailProxy(allowPrivateHosts);
			// What could not be opened now may be next time.
			proxy.catch(() => {
				proxy = undefined;
			});
		}
		const way = await proxy;
		const started = await startedBy(reach, { name: server.name, program, bwrap: await bwrap, homeDir, way });
		const env = { ...environment(program, reach.jail ? JAIL_HOME : homeDir), ...way?.env, ...reach.env };
		const { memoryMb } = reach;
		const transport = new BoundedStdioTransport({ ...started, env, memoryMb, secrets, parse: deserializeMessage });
		return { transport, why: () => transport.why };
	};
}

async function startedBy(
	reach: StdioReach,
	{
		name,
		program,
		bwrap,
		homeDir,
		way,
	}: { name: string; program: string; bwrap: string | undefined; homeDir: string; way: JailProxy | undefined },
): Promise<{ file: string; args: string[]; cwd: string | undefined }> {
	if (reach.keepHome || !reach.jail) await mkdir(homeDir, { recursive: true, mode: 0o700 });
	if (!reach.jail) {
		const { file, before } = await parentDeathLauncher(program);
		return { file, args: [...before, ...reach.args], cwd: reach.cwd ?? homeDir };
	}
	if (bwrap === undefined) throw noJail(name);
	const { before = [], socket } = way ?? {};
	const parts = [...new Set([program, ...before.slice(0, 1)].flatMap((one) => partsOf(one, reach.args)))];
	const jail = jailArguments({ reach, homeDir, parts, proxySocket: socket });
	return { file: bwrap, args: [...jail, ...before, program, ...reach.args], cwd: '/' };
}

/** Nothing of this process's own. */
function environment(program: string, home: string): Record<string, string> {
	return {
		PATH: `${dirname(program)}:/usr/local/bin:/usr/bin:/bin`,
		HOME: home,
		LANG: 'C.UTF-8',
		TZ: Intl.DateTimeFormat().resolvedOptions().timeZone,
	};
}

async function overHttp({ url, headers }: HttpReach, allowPrivateHosts: readonly string[]): Promise<OpenTransport> {
	const { boundedFetch } = await import('./bounded-fetch.ts');
	let why: string | undefined;
	const onTooLarge = () => {
		why = TOO_LARGE;
		void transport.close();
	};
	const transport = new StreamableHTTPClientTransport(new URL(url), {
		fetch: boundedFetch({ url, allowPrivateHosts, onTooLarge }),
		requestInit: { headers: { ...headers } },
		reconnectionOptions: {
			maxRetries: 3,
			initialReconnectionDelay: 1_000,
			maxReconnectionDelay: 10_000,
			reconnectionDelayGrowFactor: 2,
		},
	});
	return { transport, why: () => why };
}

function noProgram(server: string, command: string): ToolError {
	return new ToolError(
		'invalid-config',
		`The MCP server "${server}" cannot be started: there is no program "${command}".`,
		{
			hint: 'Give the absolute path of its program as "command".',
		},
	);
}

function noJail(server: string): ToolError {
	return new ToolError(
		'invalid-config',
		`The MCP server "${server}" is not started: programs cannot be jailed on this machine, because bubblewrap is missing or may not work.`,
		{
			hint: 'Install bubblewrap, or let this server run with all that Errand may do: {"errand": {"jail": false}} in its entry.',
		},
	);
}
