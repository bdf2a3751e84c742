import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CoreError } from '../../domain/errors.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ILogger } from '../../ports/logger.ts';
import { cancelled, unavailable } from '../model-fault.ts';
import type { FromLlama, LlamaInit, ToLlama } from './llama-protocol.ts';

/** LlamaProcessOptions say which model runs, and for how long it stays loaded without being asked. */
export interface LlamaProcessOptions {
	readonly name: string;
	readonly init: LlamaInit;
	readonly idleMs: number;
	readonly clock: IClock;
	readonly log: ILogger;
}

type Asked = ToLlama extends infer One ? (One extends { type: 'cancel' } ? never : Omit<One, 'id'>) : never;
type Answered = Exclude<FromLlama, { type: 'piece' } | { type: 'failed' }>;

interface Waiting {
	readonly onPiece: ((text: string) => void) | undefined;
	readonly resolve: (answer: Answered) => void;
	readonly reject: (error: Error) => void;
}

/**
 * LlamaProcess is the process of one model: started by the first request, ended after a while without one. It is a process
 * rather than a thread because native code that crashes takes its whole process with it, and leaves memory behind when unloaded.
 */
export class LlamaProcess {
	readonly #options: LlamaProcessOptions;
	readonly #waiting = new Map<number, Waiting>();
	#child: ChildProcess | undefined;
	#lastWords = '';
	#nextId = 1;
	#stopIdle: (() => void) | undefined;
	#stopped = false;

	constructor(options: LlamaProcessOptions) {
		this.#options = options;
	}

	/** Whether the model's process is there. */
	get isLoaded(): boolean {
		return this.#child !== undefined;
	}

	/** Asks the process, which answers one request after the other; rejects with CoreError. */
	async ask(
		message: Asked,
		{ signal, onPiece }: { signal: AbortSignal; onPiece?: ((text: string) => void) | undefined },
	): Promise<Answered> {
		if (signal.aborted) throw cancelled(this.#options.name);
		const child = this.#start();
		const id = this.#nextId++;
		this.#stopIdle?.();
		this.#stopIdle = undefined;
		const onAbort = () => {
			this.#send({ type: 'cancel', id });
			this.#waiting.get(id)?.reject(cancelled(this.#options.name));
		};
		try {
			return await new Promise<Answered>((resolve, reject) => {
				this.#waiting.set(id, { onPiece, resolve, reject });
				signal.addEventListener('abort', onAbort, { once: true });
				child.ref();
				child.channel?.ref();
				this.#send({ ...message, id } as ToLlama);
			});
		} finally {
			signal.removeEventListener('abort', onAbort);
			this.#waiting.delete(id);
			if (this.#waiting.size === 0) this.#rest();
		}
	}

	/** Ends the process; what waits for it fails. A second call does nothing. */
	async stop(): Promise<void> {
		this.#stopped = true;
		this.#stopIdle?.();
		await this.#end();
	}

	#start(): ChildProcess {
		if (this.#stopped) throw unavailable(`${this.#options.name} has been stopped`, 'Ask again after the next start.');
		if (this.#child !== undefined) return this.#child;
		const { init, log, name } = this.#options;
		log.info('model process started', { model: name });
		this.#lastWords = '';
		const child = fork(CHILD_MAIN, [JSON.stringify(init)], {
			execArgv: [],
			serialization: 'advanced',
			stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
			// Nothing of the server's environment: it holds keys.
			env: {},
		});
		this.#child = child;
		child.on('message', (message: FromLlama) => this.#hear(message));
		child.stderr?.on('data', (lot: Buffer) => {
			this.#lastWords = (this.#lastWords + lot.toString()).slice(-1_000);
		});
		child.on('error', () => this.#gone(child));
		child.on('exit', () => this.#gone(child));
		return child;
	}

	#hear(message: FromLlama): void {
		const waiting = this.#waiting.get(message.id);
		if (waiting === undefined) return;
		if (message.type === 'piece') waiting.onPiece?.(message.text);
		else if (message.type === 'failed') waiting.reject(this.#failure(message));
		else waiting.resolve(message);
	}

	#failure({ refused, message }: { refused: boolean; message: string }): CoreError {
		const { name } = this.#options;
		if (refused) {
			return new CoreError('model-refused', `The language model ${name} does not take the request: ${message}`, {
				hint: 'Choose another model for this.',
			});
		}
		return unavailable(
			`${name} cannot be run: ${message.slice(0, 300)}`,
			'“npm run model -- list” shows the file and whether what runs it is installed; “npm run model -- try” says more.',
		);
	}

	#gone(child: ChildProcess): void {
		if (this.#child !== child) return;
		this.#child = undefined;
		const words = this.#lastWords.trim().slice(-300);
		const error = unavailable(
			`${this.#options.name} ended in the middle of its work${words === '' ? '' : ` (${words})`}`,
			'It is started anew for the next request. A model that is too large for the memory ends like this.',
		);
		for (const { reject } of this.#waiting.values()) reject(error);
	}

	#send(message: ToLlama): void {
		if (this.#child?.connected === true) this.#child.send(message, () => undefined);
	}

	/** An idle process does not keep this one alive, and goes after a while. */
	#rest(): void {
		this.#child?.unref();
		this.#child?.channel?.unref();
		const { clock, idleMs, log, name } = this.#options;
		if (this.#stopped || this.#child === undefined) return;
		this.#stopIdle = clock.after(idleMs, () => {
			log.info('model process ended', { model: name, why: 'idle' });
			void this.#end();
		});
	}

	async #end(): Promise<void> {
		const child = this.#child;
		if (child === undefined) return;
		// An idle one was let go of, and nothing else may be left to wait for.
		child.ref();
		const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
		child.kill('SIGKILL');
		await ended;
	}
}

const CHILD_MAIN = fileURLToPath(new URL('llama-child.ts', import.meta.url));
