import { type ChildProcess, fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Launcher } from './parent-death.ts';
import type { ChildInit, FromChild, ToChild } from './protocol.ts';

/** ChildOptions say how handler children are started. */
export interface ChildOptions {
	readonly init: ChildInit;
	readonly launcher: Launcher;
	readonly memoryMb: number;
	/** Folder of the compile cache, so that a later child starts quicker. */
	readonly compileCacheDir: string;
}

/** ChildEnd is what a child left behind when it was gone. */
export interface ChildEnd {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	/** The last it wrote to stderr. */
	readonly lastWords: string;
	readonly ranOutOfHeap: boolean;
	/** It could not be started at all. */
	readonly startError?: Error | undefined;
}

/** ChildListener hears of one child; `gone` is called once, after every message. */
export interface ChildListener {
	message(message: FromChild): void;
	gone(end: ChildEnd): void;
}

/** HandlerChild is one child process that runs handlers. */
export class HandlerChild {
	readonly #process: ChildProcess;
	readonly #listener: ChildListener;
	#lastWords = '';
	#gone = false;

	constructor(options: ChildOptions, listener: ChildListener) {
		const { launcher, memoryMb, init, compileCacheDir } = options;
		this.#listener = listener;
		this.#process = fork(CHILD_MAIN, [JSON.stringify(init)], {
			execPath: launcher.file,
			execArgv: [...launcher.before, `--max-old-space-size=${memoryMb}`],
			serialization: 'advanced',
			stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
			// Nothing of the host's environment: it holds tokens, and children parse what strangers wrote.
			env: { NODE_COMPILE_CACHE: compileCacheDir, TZ: Intl.DateTimeFormat().resolvedOptions().timeZone },
		});
		yieldToHost(this.#process.pid);
		this.#listen();
	}

	get pid(): number | undefined {
		return this.#process.pid;
	}

	send(message: ToChild): void {
		// A child that is about to be gone cannot be written to; `gone` tells of it.
		this.#process.send(message, () => {});
	}

	kill(): void {
		this.#process.kill('SIGKILL');
	}

	#listen(): void {
		const child = this.#process;
		child.on('message', (message: FromChild) => this.#listener.message(message));
		child.stderr?.setEncoding('utf8').on('data', (text: string) => {
			this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS_LENGTH);
		});
		child.on('error', (error) => {
			if (child.pid === undefined) this.#end(null, null, error);
		});
		// What it wrote last may be read after its exit; something it started may hold its pipes open for ever.
		child.on('exit', (code, signal) => {
			const timer = setTimeout(() => this.#end(code, signal), PIPES_GRACE_MS);
			child.on('close', () => {
				clearTimeout(timer);
				this.#end(code, signal);
			});
		});
	}

	#end(code: number | null, signal: NodeJS.Signals | null, startError?: Error): void {
		if (this.#gone) return;
		this.#gone = true;
		const lastWords = this.#lastWords.trim();
		const ranOutOfHeap = lastWords.includes('JavaScript heap out of memory');
		this.#listener.gone({ code, signal, lastWords, ranOutOfHeap, startError });
	}
}

const CHILD_MAIN = fileURLToPath(new URL('./child-main.ts', import.meta.url));
const LAST_WORDS_LENGTH = 4_096;
const PIPES_GRACE_MS = 250;

/** How far handlers stand back (nice) when processors are scarce: the host renews locks and leases, which cannot wait. */
const NICENESS = 5;

function yieldToHost(pid: number | undefined): void {
	if (pid === undefined) return;
	try {
		setPriority(pid, NICENESS);
	} catch {
		// It is gone already, or the system has no such thing.
	}
}
