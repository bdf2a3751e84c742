import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** ProgramStart says which of Errand's programs to start, and what it is told. */
export interface ProgramStart {
	readonly entry: string;
	readonly args?: readonly string[];
	/** All of its environment. */
	readonly env: Readonly<Record<string, string | undefined>>;
	/** It belongs to the process group of whoever starts it, and writes where that writes; otherwise it has a group of its own. */
	readonly inGroup?: boolean;
}

/** Program is a running program of Errand's. */
export interface Program {
	readonly pid: number;
	/** What it wrote to its outputs so far; nothing where these are those of whoever started it. */
	output(): string;
	running(): boolean;
	/** Its exit code, once it is gone; `null` after a signal. */
	readonly exited: Promise<number | null>;
	/** SIGKILL to it and all of its group; resolves when it is gone. */
	kill(): Promise<void>;
	/** SIGTERM; resolves with the exit code. */
	stop(): Promise<number | null>;
	/** To it alone: SIGSTOP and SIGCONT freeze and thaw it. */
	signal(signal: NodeJS.Signals): void;
}

const SETPRIV = '/usr/bin/setpriv';
/** Where Node keeps it anyway: programs of the tests start in half the time. */
const NODE_COMPILE_CACHE = join(tmpdir(), 'node-compile-cache');

/** startProgram starts one; whether it is ready is for the caller to find out. */
export function startProgram({ entry, args = [], env, inGroup = false }: ProgramStart): Program {
	const own = [process.execPath, entry, ...args];
	// It dies with whoever starts it, whatever that dies of.
	const [command = '', ...rest] = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL', '--', ...own] : own;
	const child = spawn(command, rest, {
		detached: !inGroup,
		stdio: inGroup ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
		env: { NODE_COMPILE_CACHE, ...env },
	});
	const said: string[] = [];
	for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
	const exited = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
	const running = () => isRunning(child);
	return {
		pid: child.pid ?? 0,
		output: () => said.join(''),
		running,
		exited,
		kill: async () => {
			if (running() && child.pid !== undefined) process.kill(inGroup ? child.pid : -child.pid, 'SIGKILL');
			await exited;
		},
		stop: async () => {
			if (running()) child.kill('SIGTERM');
			return exited;
		},
		signal: (signal) => {
			if (running()) child.kill(signal);
		},
	};
}

function isRunning(child: ChildProcess): boolean {
	return child.exitCode === null && child.signalCode === null;
}
