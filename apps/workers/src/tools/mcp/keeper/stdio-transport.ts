import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { plainWords, withoutSecrets } from '../plain-words.ts';
import { LineReader } from './line-reader.ts';
import { watchMemory } from './memory-watch.ts';

/** ServerProgram is a server's process as it is to be started. */
export interface ServerProgram {
	readonly file: string;
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	readonly cwd: string | undefined;
	readonly memoryMb: number;
	readonly secrets: readonly string[];
	/** Makes a message of a line, or throws. */
	readonly parse: (line: string) => JSONRPCMessage;
}

/**
 * BoundedStdioTransport speaks with a process over its standard input and output, and ends it when it sends a line that is too
 * long, too many of them at once, or too much that is no message.
 */
export class BoundedStdioTransport implements Transport {
	onclose?: () => void;
	onerror?: (error: Error) => void;
	onmessage?: Transport['onmessage'];
	readonly #program: ServerProgram;
	readonly #lines = new LineReader(MAX_LINE_BYTES);
	#process: ChildProcessWithoutNullStreams | undefined;
	#stopWatch: (() => void) | undefined;
	#lastWords = '';
	#garbage = 0;
	#window = { since: 0, messages: 0, bytes: 0 };
	#why: string | undefined;
	#isClosed = false;

	constructor(program: ServerProgram) {
		this.#program = program;
	}

	/** How the server ended the connection, for people; undefined where it did not. */
	get why(): string | undefined {
		return this.#why === CLOSED ? undefined : this.#why;
	}

	get pid(): number | undefined {
		return this.#process?.pid;
	}

	start(): Promise<void> {
		const { file, args, env, cwd, memoryMb } = this.#program;
		const child = spawn(file, [...args], { env: { ...env }, cwd, stdio: 'pipe' });
		this.#process = child;
		child.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
		child.stderr.setEncoding('utf8').on('data', (text: string) => {
			this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS_LENGTH);
		});
		// A server that has gone cannot be written to; its exit tells of it.
		child.stdin.on('error', () => {});
		child.on('exit', (code, signal) => {
			// What it wrote last may be read after its exit.
			setTimeout(() => this.#end(`it ended with ${signal ?? `code ${code}`}${this.#said()}`), PIPES_GRACE_MS);
		});
		return new Promise((resolve, reject) => {
			child.once('spawn', () => {
				this.#stopWatch = watchMemory(child.pid ?? 0, memoryMb, (held) =>
					this.#end(`it held ${held} MB of memory, and ${memoryMb} MB are allowed`),
				);
				resolve();
			});
			child.once('error', (error) => {
				this.#end(`it could not be started: ${error.message}`);
				reject(error);
			});
		});
	}

	async send(message: JSONRPCMessage): Promise<void> {
		const input = this.#process?.stdin;
		if (input === undefined || this.#isClosed)
			throw new TypeError(`It cannot be asked: ${this.#why ?? 'it was not started'}.`);
		if (input.writableLength > MAX_UNREAD_BYTES) this.#end('it does not read what it is sent');
		else input.write(`${JSON.stringify(message)}\n`);
	}

	async close(): Promise<void> {
		this.#end(CLOSED);
	}

	#read(chunk: Buffer): void {
		if (this.#isClosed) return;
		if (!this.#isBearable(chunk.length, 0)) return this.#end('it sends more than can be read');
		const lines = this.#lines.add(chunk);
		if (lines === undefined) return this.#end(TOO_LARGE);
		for (const line of lines) {
			if (this.#isClosed) return;
			if (!this.#isBearable(0, 1)) return this.#end('it floods the connection with messages');
			this.#take(line);
		}
	}

	#take(line: string): void {
		if (line.trim() === '') return;
		let message: JSONRPCMessage;
		try {
			message = this.#program.parse(line);
		} catch {
			this.#garbage++;
			if (this.#garbage > MAX_GARBAGE) this.#end('it writes what is no message on its standard output');
			return;
		}
		this.onmessage?.(message);
	}

	/** Whether what came within the last second is not too much. */
	#isBearable(bytes: number, messages: number): boolean {
		const now = Date.now();
		if (now - this.#window.since > 1_000) this.#window = { since: now, messages: 0, bytes: 0 };
		this.#window.bytes += bytes;
		this.#window.messages += messages;
		return this.#window.bytes <= MAX_BYTES_A_SECOND && this.#window.messages <= MAX_MESSAGES_A_SECOND;
	}

	#end(why: string): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		this.#why = why;
		this.#stopWatch?.();
		const child = this.#process;
		child?.stdout.destroy();
		child?.stdin.end();
		// Time to end by itself; the jail takes everything it started with it.
		if (child !== undefined && child.exitCode === null && child.signalCode === null) {
			const timer = setTimeout(() => child.kill('SIGKILL'), why === CLOSED ? END_GRACE_MS : 0);
			child.once('exit', () => clearTimeout(timer));
		}
		this.onclose?.();
	}

	#said(): string {
		const words = plainWords(withoutSecrets(this.#lastWords.slice(-600), this.#program.secrets), 300);
		return words === '' ? '' : `, and said: ${words}`;
	}
}

const MAX_LINE_BYTES = 10 * 1024 * 1024;
/** TOO_LARGE is how a connection ends over an answer that would be as large the next time. */
export const TOO_LARGE = `it sent a message of more than ${MAX_LINE_BYTES / 1024 / 1024} MB`;
const CLOSED = 'it was closed';
const MAX_UNREAD_BYTES = 20 * 1024 * 1024;
const MAX_BYTES_A_SECOND = 100 * 1024 * 1024;
const MAX_MESSAGES_A_SECOND = 2_000;
const MAX_GARBAGE = 200;
const LAST_WORDS_LENGTH = 4_096;
const PIPES_GRACE_MS = 50;
const END_GRACE_MS = 500;
