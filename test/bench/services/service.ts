import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { endsWithUs } from './ends-with-us.ts';

/** Service is a server that a peer needs, started for the bench on loopback with its data in a temporary folder. */
export interface Service {
	readonly url: string;
	stop(): Promise<void>;
}

interface Start {
	readonly command: string;
	readonly args: readonly string[];
	readonly cwd: string;
	readonly user?: { readonly uid: number; readonly gid: number } | undefined;
	/** What it writes once it takes connections. */
	readonly readyLine: string;
	readonly stopSignal: NodeJS.Signals;
}

/** startService starts a server and resolves with its way to stop it once it says that it is ready. */
export async function startService({
	command,
	args,
	cwd,
	user,
	readyLine,
	stopSignal,
}: Start): Promise<Service['stop']> {
	const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], ...user });
	endsWithUs(child);
	await saysReady(child, command, readyLine);
	return async () => {
		const exited = once(child, 'exit');
		child.kill(stopSignal);
		await Promise.race([exited, wait(5_000, undefined, { ref: false }).then(() => child.kill('SIGKILL'))]);
	};
}

function saysReady(child: ChildProcess, command: string, readyLine: string): Promise<void> {
	return new Promise((resolve, reject) => {
		let said = '';
		for (const stream of [child.stdout, child.stderr]) {
			stream?.on('data', (chunk: Buffer) => {
				if (said.length > 100_000) return;
				said += chunk.toString();
				if (said.includes(readyLine)) resolve();
			});
		}
		child.once('error', reject);
		child.once('exit', (code) => reject(new Error(`${command} exited with ${code}: ${said}`)));
	});
}

/** freePort names a loopback port that is free now. */
export async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	return port;
}
