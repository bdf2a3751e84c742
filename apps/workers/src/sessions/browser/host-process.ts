import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Launcher } from '../../children/parent-death.ts';
import type { FromHost, HostInit, ToHost } from './protocol.ts';

/** HostListener hears of one browser host; `gone` is called once, after every message. */
export interface HostListener {
	message(message: FromHost): void;
	gone(why: string): void;
}

/** HostProcess is one browser host as the worker host sees it. */
export class HostProcess {
	readonly #process: ChildProcess;
	readonly #listener: HostListener;
	#lastWords = '';
	#gone = false;

	constructor(options: { init: HostInit; launcher: Launcher; compileCacheDir: string }, listener: HostListener) {
		const { init, launcher, compileCacheDir } = options;
		this.#listener = listener;
		this.#process = fork(HOST_MAIN, [JSON.stringify(init)], {
			execPath: launcher.file,
			execArgv: [...launcher.before, `--max-old-space-size=${MEMORY_MB}`],
			serialization: 'advanced',
			stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
			// Nothing of the server's environment, which holds tokens. What browsers write anywhere goes to the host's folder.
			env: {
				PATH: '/usr/local/bin:/usr/bin:/bin',
				HOME: init.hostDir,
				TMPDIR: init.hostDir,
				LANG: 'C.UTF-8',
				NODE_COMPILE_CACHE: compileCacheDir,
				TZ: Intl.DateTimeFormat().resolvedOptions().timeZone,
			},
		});
		this.#listen();
	}

	get pid(): number | undefined {
		return this.#process.pid;
	}

	send(message: ToHost): void {
		// A host that is about to be gone cannot be written to; `gone` tells of it.
		this.#process.send(message, () => {});
	}

	kill(): void {
		this.#process.kill('SIGKILL');
	}

	#listen(): void {
		const child = this.#process;
		child.on('message', (message: FromHost) => this.#listener.message(message));
		child.stderr?.setEncoding('utf8').on('data', (text: string) => {
			this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS_LENGTH);
		});
		child.on('error', (error) => {
			if (child.pid === undefined) this.#end(error.message);
		});
		child.on('exit', (code, signal) => {
			const end = () => this.#end(`it ended with ${signal ?? `code ${code}`}. ${this.#lastWords.trim()}`);
			// A browser may hold its pipe open for a moment longer.
			const timer = setTimeout(end, PIPES_GRACE_MS);
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

const HOST_MAIN = fileURLToPath(new URL('./host/main.ts', import.meta.url));
const MEMORY_MB = 512;
const LAST_WORDS_LENGTH = 2_048;
const PIPES_GRACE_MS = 250;
