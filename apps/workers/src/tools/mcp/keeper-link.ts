import { describeError } from '@errand/core/domain/errors.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { parentDeathLauncher } from '../../children/parent-death.ts';
import { type KeeperProcess, startKeeper } from './keeper-process.ts';
import { type FromKeeper, type KeeperInit, type KeeperReply, PROTOCOL_VERSION, type ToKeeper } from './protocol.ts';
import { serverGone, stoppedCall, ToolError, toolError } from './tool-error.ts';

/** KeeperLinkOptions are what a keeper is started with. */
export interface KeeperLinkOptions {
	readonly init: KeeperInit;
	readonly compileCacheDir: string;
	readonly clock: IClock;
	readonly log: ILogger;
	/** The server said that its tools are others now. */
	readonly onChanged: () => void;
	/** All connections of a keeper went with it. */
	readonly onGone: () => void;
}

/** KeeperCall is a call without its number. */
export type KeeperCall =
	Exclude<ToKeeper, { kind: 'init' | 'abort' }> extends infer One
		? One extends ToKeeper
			? Omit<One, 'id'>
			: never
		: never;

/** CallHow says how long a call may take, what stops it and who hears how far it is. */
export interface CallHow {
	readonly timeoutMs: number;
	readonly signal?: AbortSignal | undefined;
	readonly onProgress?: (progress: { percent?: number; text?: string }) => void;
}

/**
 * KeeperLink is the way to the process that speaks with one MCP server: it starts one when there is something to call, and lets
 * every call fail at once when it dies. The next call starts another.
 */
export class KeeperLink {
	readonly #options: KeeperLinkOptions;
	#current: LiveKeeper | undefined;
	#calls = 0;

	constructor(options: KeeperLinkOptions) {
		this.#options = options;
	}

	/** Process id of the keeper, if there is one. */
	get pid(): number | undefined {
		return this.#current?.process?.pid;
	}

	/**
	 * Resolves with the reply, or rejects: with the keeper's own error, `fetch-failed` if it dies, `timed-out` a moment after
	 * the deadline if it does not answer, `cancelled` the moment the signal fires.
	 */
	async call(message: KeeperCall, { timeoutMs, signal, onProgress }: CallHow): Promise<KeeperReply> {
		if (signal?.aborted) throw stoppedCall();
		const keeper = this.#current ?? this.#start();
		const { promise, resolve, reject } = Promise.withResolvers<KeeperReply>();
		const id = ++this.#calls;
		const callOff = this.#options.clock.after(timeoutMs + GRACE_MS, () => {
			reject(this.#noAnswer(timeoutMs));
			this.#examine(keeper);
		});
		const abort = () => {
			keeper.process?.send({ kind: 'abort', id });
			reject(stoppedCall());
		};
		signal?.addEventListener('abort', abort, { once: true });
		keeper.pending.set(id, { resolve, reject, onProgress });
		void keeper.ready.then(
			() => keeper.pending.has(id) && keeper.process?.send({ ...message, id }),
			() => undefined,
		);
		try {
			const reply = await promise;
			if (reply.kind === 'failed') throw toolError(reply.error);
			return reply;
		} finally {
			callOff();
			signal?.removeEventListener('abort', abort);
			keeper.pending.delete(id);
		}
	}

	/** Ends the keeper with all its connections; calls under way fail. Without one, nothing happens. */
	async stop(): Promise<void> {
		const keeper = this.#current;
		if (keeper === undefined) return;
		this.#current = undefined;
		keeper.isUnwanted = true;
		keeper.process?.leave();
		const callOff = this.#options.clock.after(STOP_GRACE_MS, () => keeper.process?.kill());
		await keeper.gone;
		callOff();
	}

	#start(): LiveKeeper {
		const ready = Promise.withResolvers<void>();
		const gone = Promise.withResolvers<void>();
		ready.promise.catch(() => undefined);
		const keeper: LiveKeeper = {
			pending: new Map(),
			ready: ready.promise,
			setReady: ready.resolve,
			failReady: ready.reject,
			gone: gone.promise,
			setGone: gone.resolve,
			process: undefined,
			callOffStart: undefined,
			isUnwanted: false,
		};
		this.#current = keeper;
		void this.#launch(keeper).catch((error: unknown) => this.#lost(keeper, describeError(error)));
		return keeper;
	}

	async #launch(keeper: LiveKeeper): Promise<void> {
		const { init, compileCacheDir, clock } = this.#options;
		const launcher = await parentDeathLauncher(process.execPath);
		if (keeper.isUnwanted) throw new TypeError('it was not wanted any more');
		keeper.callOffStart = clock.after(START_TIMEOUT_MS, () => keeper.process?.kill());
		keeper.process = startKeeper(launcher, compileCacheDir, {
			message: (message) => this.#heard(keeper, message),
			gone: (why) => this.#lost(keeper, why),
		});
		keeper.process.send({ kind: 'init', ...init });
	}

	#heard(keeper: LiveKeeper, message: FromKeeper): void {
		switch (message.kind) {
			case 'ready':
				keeper.callOffStart?.();
				if (message.version === PROTOCOL_VERSION) return keeper.setReady();
				return keeper.process?.kill();
			case 'changed':
				return this.#options.onChanged();
			case 'progress': {
				const { id: _, kind: __, ...progress } = message;
				return keeper.pending.get(message.id)?.onProgress?.(progress);
			}
			default:
				return keeper.pending.get(message.id)?.resolve(message);
		}
	}

	#lost(keeper: LiveKeeper, why: string): void {
		keeper.callOffStart?.();
		const { log, init, onGone } = this.#options;
		if (!keeper.isUnwanted) log.warn('keeper of an MCP server ended', { server: init.server.name, why });
		const error = serverGone(init.server.name, why, true);
		keeper.failReady(error);
		for (const { reject } of keeper.pending.values()) reject(error);
		if (this.#current === keeper) {
			this.#current = undefined;
			onGone();
		}
		keeper.setGone();
	}

	/** A keeper that let a deadline pass may hang: it has to say something, or is replaced. */
	#examine(keeper: LiveKeeper): void {
		if (this.#current !== keeper || keeper.process === undefined) return;
		const id = ++this.#calls;
		const callOff = this.#options.clock.after(PING_TIMEOUT_MS, () => {
			keeper.pending.delete(id);
			keeper.process?.kill();
		});
		const answered = () => {
			callOff();
			keeper.pending.delete(id);
		};
		keeper.pending.set(id, { resolve: answered, reject: answered, onProgress: undefined });
		keeper.process.send({ kind: 'ping', id });
	}

	#noAnswer(timeoutMs: number): ToolError {
		const { name } = this.#options.init.server;
		return new ToolError(
			'timed-out',
			`The MCP server "${name}" did not answer within ${Math.ceil(timeoutMs / 1_000)} s.`,
			{
				hint: 'It is tried again by itself. Give the server a larger errand.timeoutMs, or less to do at once.',
				isOpen: true,
			},
		);
	}
}

interface LiveKeeper {
	readonly pending: Map<number, Pending>;
	readonly ready: Promise<void>;
	readonly setReady: () => void;
	readonly failReady: (error: unknown) => void;
	readonly gone: Promise<void>;
	readonly setGone: () => void;
	process: KeeperProcess | undefined;
	callOffStart: (() => void) | undefined;
	isUnwanted: boolean;
}

interface Pending {
	resolve(reply: KeeperReply): void;
	reject(error: unknown): void;
	readonly onProgress: CallHow['onProgress'] | undefined;
}

/** The keeper keeps deadlines itself; this is for the way there and back. */
const GRACE_MS = 2_000;
const START_TIMEOUT_MS = 20_000;
const PING_TIMEOUT_MS = 5_000;
const STOP_GRACE_MS = 2_000;
