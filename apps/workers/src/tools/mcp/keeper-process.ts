import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Launcher } from '../../children/parent-death.ts';
import type { FromKeeper, ToKeeper } from './protocol.ts';

/** KeeperListener hears of one keeper; `gone` is called once, after every message. */
export interface KeeperListener {
	message(message: FromKeeper): void;
	gone(why: string): void;
}

/** KeeperProcess is the process that holds the connections to one MCP server, as the worker host sees it. */
export class KeeperProcess {
	readonly #process: ChildProcess;
	readonly #listener: KeeperListener;
	#lastWords = '';
	#gone = false;

	constructor(launcher: Launcher, compileCacheDir: string, listener: KeeperListener) {
		this.#listener = listener;
		this.#process = fork(KEEPER_MAIN, [], {
			execPath: launcher.file,
			execArgv: [...launcher.before, `--max-old-space-size=${MEMORY_MB}`],
			serialization: 'advanced',
			stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
			// Nothing of the server's environment, which holds tokens.
			env: {
				PATH: '/usr/local/bin:/usr/bin:/bin',
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

	send(message: ToKeeper): void {
		// A keeper that is about to be gone cannot be written to; `gone` tells of it.
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
		child.on('message', (message: FromKeeper) => this.#listener.message(message));
		child.stderr?.setEncoding('utf8').on('data', (text: string) => {
			this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS_LENGTH);
		});
		child.on('error', (error) => {
			if (child.pid === undefined) this.#end(error.message);
		});
		child.on('exit', (code, signal) => this.#end(this.#endWords(code, signal)));
	}

	#endWords(code: number | null, signal: NodeJS.Signals | null): string {
		if (this.#lastWords.includes('JavaScript heap out of memory')) return 'what it sent took too much memory to read';
		return `the process that speaks with it ended with ${signal ?? `code ${code}`}`;
	}

	#end(why: string): void {
		if (this.#gone) return;
		this.#gone = true;
		this.#listener.gone(why);
	}
}

const KEEPER_MAIN = fileURLToPath(new URL('./keeper/main.ts', import.meta.url));
const MEMORY_MB = 384;
const LAST_WORDS_LENGTH = 2_048;
