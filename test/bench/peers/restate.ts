import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Context, createEndpointHandler, RestatePromise, service } from '@restatedev/restate-sdk';
import { freePort, startServerProcess } from '../../support/server-process.ts';
import type { StepLoop } from '../loops/step-loop.ts';

let begins: ((at?: number) => void) | undefined;
const noop = () => {
	begins?.();
	begins = undefined;
	return { ok: true };
};

const graphs = service({
	name: 'graphs',
	handlers: {
		run: async (context: Context, levels: number[]) => {
			for (const [level, width] of levels.entries()) {
				const steps = Array.from({ length: width }, (_, index) => context.run(`${level}-${index}`, noop));
				await RestatePromise.all(steps);
			}
		},
	},
});

/**
 * openLoop starts a Restate server as it comes, its files in a temporary folder; steps run in this process, which the server
 * calls, and a graph is called through the server.
 */
export async function openLoop(): Promise<StepLoop> {
	const folder = mkdtempSync(join(tmpdir(), 'errand-bench-restate-'));
	const [admin, ingress, node] = [await freePort(), await freePort(), await freePort()];
	const program = `@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`;
	const server = await startServerProcess({
		command: fileURLToPath(import.meta.resolve(program)),
		args: [],
		cwd: folder,
		env: {
			RESTATE_BASE_DIR: folder,
			RESTATE_BIND_ADDRESS: `127.0.0.1:${node}`,
			RESTATE_ADVERTISED_ADDRESS: `http://127.0.0.1:${node}`,
			RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
			RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
			RESTATE_DISABLE_TELEMETRY: 'true',
			RESTATE_LOG_FILTER: 'info',
		},
		readyLine: 'My Node ID is',
		orphanSignal: 'KILL',
	});
	const steps = createServer(createEndpointHandler({ services: [graphs] }));
	await new Promise<void>((resolve) => steps.listen(0, '127.0.0.1', resolve));
	const { port } = steps.address() as AddressInfo;
	await registered(admin, `http://127.0.0.1:${port}`);
	const agent = new Agent({ keepAlive: true, maxSockets: 64 });
	return {
		run: (levels, begun) => {
			begins = begun;
			return called({ agent, ingress, levels });
		},
		async close() {
			agent.destroy();
			await server.end('SIGKILL');
			steps.close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

async function registered(admin: number, uri: string): Promise<void> {
	const body = JSON.stringify({ uri });
	const headers = { 'Content-Type': 'application/json' };
	for (const until = Date.now() + READY_LIMIT_MS; ; ) {
		try {
			const response = await fetch(`http://127.0.0.1:${admin}/deployments`, { method: 'POST', headers, body });
			if (response.ok) return;
			throw new Error(`Restate did not take the service: ${await response.text()}`);
		} catch (error) {
			if (Date.now() > until) throw error;
		}
		await wait(50);
	}
}

function called({
	agent,
	ingress,
	levels,
}: {
	agent: Agent;
	ingress: number;
	levels: readonly number[];
}): Promise<void> {
	const body = JSON.stringify(levels);
	const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
	return new Promise((resolve, reject) => {
		const to = { host: '127.0.0.1', port: ingress, path: '/graphs/run', method: 'POST', agent, headers };
		const call = request(to, (response) => {
			response.resume();
			response.once('end', () => {
				if (response.statusCode === 200) resolve();
				else reject(new Error(`Restate answered ${response.statusCode}.`));
			});
		});
		call.once('error', reject);
		call.end(body);
	});
}

const READY_LIMIT_MS = 20_000;
