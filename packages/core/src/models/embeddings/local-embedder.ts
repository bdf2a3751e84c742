import { type ChildProcess, fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { CoreError } from '../../domain/errors.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { BareEmbedder } from './bare-embedder.ts';
import type { FromEmbeddingChild, ToEmbeddingChild } from './child-protocol.ts';

interface LocalEmbedderOptions {
	readonly clock: IClock;
	readonly log: ILogger;
	/** How long the child stays with nothing to do. */
	readonly idleMs?: number | undefined;
}

interface Waiting {
	readonly resolve: (vectors: readonly Float32Array[]) => void;
	readonly reject: (error: CoreError) => void;
}

const CHILD = fileURLToPath(new URL('./embedding-child.ts', import.meta.url));
const IDLE_MS = 30_000;
/** Texts in one call: more at once take more memory and are no quicker. */
const BATCH = 4;
/** What one batch may take (ms), the child's start included. */
const BATCH_MS = 30_000;
const NICENESS = 10;

/**
 * LocalEmbedder makes vectors of 512 dimensions with the English model that comes along, without any network. A child process does
 * it, which starts with the first text and ends when it has had nothing to do for a while.
 */
export class LocalEmbedder implements BareEmbedder {
	readonly name = 'local/universal-sentence-encoder-lite';
	/** The time it takes grows with the text, and what a text is about stands at its beginning. */
	readonly maxCharacters = 600;
	readonly #options: LocalEmbedderOptions;
	readonly #waiting = new Map<number, Waiting>();
	#child: ChildProcess | undefined;
	#lastId = 0;
	#cancelIdle: (() => void) | undefined;
	#stopped = false;
	#line: Promise<unknown> = Promise.resolve();

	constructor(options: LocalEmbedderOptions) {
		this.#options = options;
	}

	/** The child's process id, while there is one. */
	get pid(): number | undefined {
		return this.#child?.pid;
	}

	async embed(texts: readonly string[], { signal }: { readonly signal: AbortSignal }): Promise<Float32Array[]> {
		const all: Float32Array[] = [];
		for (let place = 0; place < texts.length; place += BATCH) {
			const batch = texts.slice(place, place + BATCH);
			// Batches of different callers take turns.
			const mine = this.#line.then(() => this.#embed(batch, signal));
			this.#line = mine.catch(() => undefined);
			all.push(...(await mine));
		}
		return all;
	}

	async stop(): Promise<void> {
		this.#stopped = true;
		this.#end();
	}

	async #embed(texts: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]> {
		if (signal.aborted || this.#stopped) throw cancelled();
		this.#cancelIdle?.();
		const child = this.#child ?? this.#start();
		const id = ++this.#lastId;
		const { promise, resolve, reject } = Promise.withResolvers<readonly Float32Array[]>();
		this.#waiting.set(id, { resolve, reject });
		const giveUp = () => this.#settle(id)?.reject(cancelled());
		signal.addEventListener('abort', giveUp, { once: true });
		const callOff = this.#options.clock.after(BATCH_MS, () => child.kill('SIGKILL'));
		const message: ToEmbeddingChild = { id, texts };
		child.send(message, () => {});
		try {
			return await promise;
		} finally {
			callOff();
			signal.removeEventListener('abort', giveUp);
			if (!this.#stopped)
				this.#cancelIdle = this.#options.clock.after(this.#options.idleMs ?? IDLE_MS, () => this.#end());
		}
	}

	#start(): ChildProcess {
		const child = fork(CHILD, [], {
			execArgv: [],
			serialization: 'advanced',
			stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
			// Nothing of this process's environment: it holds tokens.
			env: {},
		});
		this.#child = child;
		standBack(child.pid);
		child.on('message', (message: FromEmbeddingChild) => {
			const waiting = this.#settle(message.id);
			if ('vectors' in message) waiting?.resolve(message.vectors);
			else waiting?.reject(unavailable(message.trouble));
		});
		child.on('error', (error) => this.#lost(child, error.message));
		child.on('exit', (code, signal) => this.#lost(child, `it ended with ${signal ?? code}`));
		this.#options.log.debug('embedding child started', { pid: child.pid ?? 0 });
		return child;
	}

	#settle(id: number): Waiting | undefined {
		const waiting = this.#waiting.get(id);
		this.#waiting.delete(id);
		return waiting;
	}

	#lost(child: ChildProcess, seen: string): void {
		if (this.#child !== child) return;
		this.#child = undefined;
		for (const id of [...this.#waiting.keys()])
			this.#settle(id)?.reject(this.#stopped ? cancelled() : unavailable(seen));
	}

	#end(): void {
		this.#cancelIdle?.();
		this.#cancelIdle = undefined;
		const child = this.#child;
		if (child === undefined) return;
		this.#lost(child, 'it was ended');
		child.kill('SIGKILL');
	}
}

function unavailable(seen: string): CoreError {
	return new CoreError('model-unavailable', `The built-in embedding model did not answer: ${seen}.`, {
		hint: 'Errand tries again; until then it searches by words. If it goes on, run `npm install` again.',
	});
}

function cancelled(): CoreError {
	return new CoreError('cancelled', 'The text was not embedded: it is no longer wanted.', { hint: 'Try again.' });
}

/** Nobody waits long for vectors, so whatever else runs goes first. */
function standBack(pid: number | undefined): void {
	if (pid === undefined) return;
	try {
		setPriority(pid, NICENESS);
	} catch {
		// It is gone already, or the system has no such thing.
	}
}
