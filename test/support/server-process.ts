import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** ServerStart says how a server that tests need is started, and what it writes once it takes connections. */
export interface ServerStart {
	readonly command: string;
	readonly args: readonly string[];
	readonly cwd: string;
	readonly user?: { readonly uid: number; readonly gid: number } | undefined;
	/** Besides this process's own. */
	readonly env?: Readonly<Record<string, string>>;
	readonly readyLine: string;
	/** The signal it gets when the process that started it dies, however that dies. */
	readonly orphanSignal: 'KILL' | 'QUIT';
}

/** ServerProcess is a server of somebody else's that does not outlive the process that started it. */
export interface ServerProcess {
	readonly pid: number;
	/** Resolves once it is gone; after `limitMs` it is killed. */
	end(signal: NodeJS.Signals, limitMs?: number): Promise<void>;
}

const SETPRIV = '/usr/bin/setpriv';
const START_LIMIT_MS = 60_000;

/** startServerProcess starts a server and resolves once it is ready; rejects with what it wrote if it exits instead. */
export async function startServerProcess(start: ServerStart): Promise<ServerProcess> {
	const whole = existsSync(SETPRIV)
		? [SETPRIV, '--pdeathsig', start.orphanSignal, '--', start.command, ...start.args]
		: [start.command, ...start.args];
	const [command = '', ...args] = whole;
	const env = { ...process.env, ...start.env };
	const child = spawn(command, args, { cwd: start.cwd, stdio: ['ignore', 'pipe', 'pipe'], env, ...start.user });
	const endWithUs = () => child.kill('SIGKILL');
	process.once('exit', endWithUs);
	const exited = new Promise<void>((resolve) => {
		child.once('exit', () => {
			process.off('exit', endWithUs);
			resolve();
		});
	});
	await saysReady(child, start);
	return {
		pid: child.pid ?? 0,
		end: async (signal, limitMs = 10_000) => {
			if (child.exitCode !== null || child.signalCode !== null) return;
			child.kill(signal);
			const late = new AbortController();
			const kill = wait(limitMs, undefined, { signal: late.signal }).then(
				() => child.kill('SIGKILL'),
				() => {},
			);
			await exited;
			late.abort();
			await kill;
		},
	};
}

/**
 * freePort names a loopback port that is free now, and that no system gives to whoever asks for any: a server can come back to it.
 * Nobody else who asks here gets it while this process lives, in whichever process they are.
 */
export async function freePort(): Promise<number> {
	for (;;) {
		const port = randomInt(FIRST_PORT, LAST_PORT);
		const unmark = await mark(port);
		if (unmark === undefined) continue;
		if (await isFree(port)) return port;
		unmark();
	}
}

// Linux gives ports from 32,768 on to connections and servers that name none, others from higher ones.
const FIRST_PORT = 12_000;
const LAST_PORT = 32_000;

/** What marks a port as given is the port for datagrams with its number, which no server here uses. */
function mark(port: number): Promise<(() => void) | undefined> {
	return new Promise((resolve) => {
		const socket = createSocket('udp4').unref();
		socket.once('error', () => {
			socket.close();
			resolve(undefined);
		});
		socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(() => socket.close()));
	});
}

function isFree(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const server = createServer().once('error', () => resolve(false));
		server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
	});
}

function saysReady(child: ChildProcess, { command, readyLine }: ServerStart): Promise<void> {
	return new Promise((resolve, reject) => {
		let said = '';
		const late = setTimeout(() => {
			child.kill('SIGKILL');
			reject(new Error(`${command} was not ready in ${START_LIMIT_MS / 1_000} s: ${said}`));
		}, START_LIMIT_MS);
		for (const stream of [child.stdout, child.stderr]) {
			stream?.on('data', (chunk: Buffer) => {
				if (said.length > 100_000) return;
				said += chunk.toString();
				if (!said.includes(readyLine)) return;
				clearTimeout(late);
				resolve();
			});
		}
		child.once('error', reject);
		child.once('exit', (code) => {
			clearTimeout(late);
			reject(new Error(`${command} exited with ${code}: ${said}`));
		});
	});
}
