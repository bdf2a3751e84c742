import { type ChildProcess, fork } from 'node:child_process';
import type { Launcher } from './parent-death.ts';

/** ForkedListener hears of one process; `gone` is called once, after every message. */
export interface ForkedListener<Told> {
	message(message: Told): void;
	gone(why: string): void;
}

/** ForkedOptions say which program is started, and what it has of this one: nothing of the environment, which holds tokens. */
export interface ForkedOptions {
	readonly main: string;
	readonly args?: readonly string[] | undefined;
	readonly launcher: Launcher;
	readonly memoryMb: number;
	readonly compileCacheDir: string;
	/** Variables that it has besides. */
	readonly env?: Readonly<Record<string, string>> | undefined;
	/** What is said of its end; `lastWords` are the last of what it wrote to standard error. */
	readonly endWords: (how: string, lastWords: string) => string;
	/** How long (ms) after its end what it started may hold its pipes open, for the last words; none are waited for where left out. */
	readonly pipesGraceMs?: number | undefined;
}

/** ForkedProcess is a process of ours that does what it is sent, and ends with this one. */
export class ForkedProcess<Sent extends object, Told> {
	readonly #process: ChildProcess;
	readonly #options: ForkedOptions;
	readonly #listener: ForkedListener<Told>;
	#lastWords = '';
	#gone = false;

	constructor(options: ForkedOptions, listener: ForkedListener<Told>) {
		const { main, args = [], launcher, memoryMb, compileCacheDir, env } = options;
		this.#options = options;
		this.#listener = listener;
		this.#process = fork(main, args, {
			execPath: launcher.file,
			execArgv: [...launcher.before, `--max-old-space-size=${memoryMb}`],
			serialization: 'advanced',
			stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
			env: {
				PATH: '/usr/local/bin:/usr/bin:/bin',
				LANG: 'C.UTF-8',
				NODE_COMPILE_CACHE: compileCacheDir,
				TZ: Intl.DateTimeFormat().resolvedOptions().timeZone,
				...env,
			},
		});
		this.#listen();
	}

	get pid(): number | undefined {
		return this.#process.pid;
	}

	send(message: Sent): void {
		// One that is about to be gone cannot be written to; `gone` tells of it.
		this.#process.send(message, () => {});
	}

	/** Lets it end by itself, with all it started. */
	leave(): void {
		if (this.#process.connected) this.#process.disconnect();
	}

	kill(): void {
		this.#process.kill('SIGKILL');
	}

	#listen(): void {
		const child = this.#process;
		const { endWords, pipesGraceMs } = this.#options;
		child.on('message', (message: Told) => this.#listener.message(message));
		child.stderr?.setEncoding('utf8').on('data', (text: string) => {
			this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS_LENGTH);
		});
		child.on('error', (error) => {
			if (child.pid === undefined) this.#end(error.message);
		});
		child.on('exit', (code, signal) => {
			const end = () => this.#end(endWords(signal ?? `code ${code}`, this.#lastWords));
			if (pipesGraceMs === undefined) return end();
			const timer = setTimeout(end, pipesGraceMs);
			child.on('close', () => {
				clearTimeout(timer);
				end();
			});
		});
	}

	#end(why: string): void {
		if (this.#gone) return;
		this.#gone = true;
		this.#listener.gone(why);
	}
}

const LAST_WORDS_LENGTH = 2_048;
