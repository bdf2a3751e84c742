import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreError, describeError } from '@errand/core/domain/errors.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { parentDeathLauncher } from '../../children/parent-death.ts';
import { type HostProcess, startHost } from './host-process.ts';
import { type FromHost, type HostInit, type HostReply, PROTOCOL_VERSION, type ToHost } from './protocol.ts';
import { browserFailed, cancelledCall, heardError } from './told-error.ts';

/** HostLinkOptions are what a browser host is started with. */
export interface HostLinkOptions
	extends Pick<HostInit, 'browserPath' | 'dataDir' | 'cacheDir' | 'allowPrivateHosts' | 'spareMs'> {
	/** Where the folders of this process's hosts stand. */
	readonly localDir: string;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** HostCall is a call without its number. */
export type HostCall = ToHost extends infer Message ? (Message extends ToHost ? Omit<Message, 'id'> : never) : never;

/**
 * HostLink is the way to the browser host: it starts one when there is something to call, carries calls and replies, and
 * lets every call fail at once when the host dies. The next call starts another.
 */
export class HostLink {
	readonly #options: HostLinkOptions;
	readonly #root: string;
	#current: LiveHost | undefined;
	#calls = 0;
	#launcherName: string | undefined;

	constructor(options: HostLinkOptions) {
		this.#options = options;
		this.#root = join(options.localDir, 'browsers');
	}

	/** What browsers are started through, once the first host said so. */
	get launcherName(): string | undefined {
		return this.#launcherName;
	}

	/** Process id of the host, if there is one. */
	get pid(): number | undefined {
		return this.#current?.process?.pid;
	}

	get isOpen(): boolean {
		return this.#current !== undefined;
	}

	/**
	 * Resolves with the reply, or rejects: with the host's own error, `browser-failed` if it dies, `timed-out` a moment
	 * after the deadline if it does not answer, `cancelled` the moment the signal fires.
	 */
	async call(message: HostCall, how: { timeoutMs: number; signal?: AbortSignal }): Promise<HostReply> {
		if (how.signal?.aborted) throw cancelledCall();
		const host = this.#current ?? this.#start();
		const { promise, resolve, reject } = Promise.withResolvers<HostReply>();
		const id = ++this.#calls;
		const { clock } = this.#options;
		const callOff = clock.after(how.timeoutMs + GRACE_MS, () => {
			reject(noAnswer(how.timeoutMs));
			this.#examine(host);
		});
		const abort = () => {
			host.process?.send({ kind: 'abort', id });
			reject(cancelledCall());
		};
		how.signal?.addEventListener('abort', abort, { once: true });
		host.pending.set(id, { resolve, reject });
		void host.ready.then(
			() => host.pending.has(id) && host.process?.send({ ...message, id }),
			() => undefined,
		);
		try {
			const reply = await promise;
			if (reply.kind === 'failed') throw heardError(reply.error);
			return reply;
		} finally {
			callOff();
			how.signal?.removeEventListener('abort', abort);
			host.pending.delete(id);
		}
	}

	/** Ends the host and all its browsers; a second call, or one without a host, does nothing. */
	async stop(): Promise<void> {
		const host = this.#current;
		if (host === undefined) return;
		this.#current = undefined;
		const id = ++this.#calls;
		const callOff = this.#options.clock.after(STOP_GRACE_MS, () => host.process?.kill());
		host.stopping = true;
		await host.ready.then(
			() => host.process?.send({ kind: 'stop', id }),
			() => undefined,
		);
		await host.gone;
		callOff();
	}

	/** Kills the host with all its browsers, wherever it is in its life; calls under way fail. */
	kill(): void {
		const host = this.#current;
		if (host === undefined) return;
		this.#current = undefined;
		host.stopping = true;
		if (host.process === undefined) host.unwanted = true;
		else host.process.kill();
	}

	/** Removes what hosts before this one left behind. Returns how many folders there were. */
	async sweep(): Promise<number> {
		const names = await readdir(this.#root).catch(() => []);
		const left = names.filter((name) => name !== this.#current?.name);
		for (const name of left) await removeFolder(join(this.#root, name));
		return left.length;
	}

	#start(): LiveHost {
		const ready = Promise.withResolvers<void>();
		const gone = Promise.withResolvers<void>();
		ready.promise.catch(() => undefined);
		const host: LiveHost = {
			name: `host-${randomUUID()}`,
			pending: new Map(),
			ready: ready.promise,
			setReady: ready.resolve,
			failReady: ready.reject,
			gone: gone.promise,
			setGone: gone.resolve,
			stopping: false,
			unwanted: false,
			process: undefined,
			callOffStart: undefined,
		};
		this.#current = host;
		void this.#launch(host).catch((error: unknown) => this.#lost(host, `it did not start: ${describeError(error)}`));
		return host;
	}

	async #launch(host: LiveHost): Promise<void> {
		const { browserPath, dataDir, cacheDir, allowPrivateHosts, spareMs, clock } = this.#options;
		const hostDir = join(this.#root, host.name);
		const [launcher] = await Promise.all([
			parentDeathLauncher(process.execPath),
			mkdir(hostDir, { recursive: true, mode: 0o700 }),
		]);
		if (host.unwanted) throw new TypeError('it was not wanted any more');
		host.callOffStart = clock.after(START_TIMEOUT_MS, () => host.process?.kill());
		host.process = startHost(
			{
				init: { browserPath, dataDir, cacheDir, hostDir, allowPrivateHosts, spareMs },
				launcher,
				compileCacheDir: join(cacheDir, 'compile-cache'),
			},
			{
				message: (message) => this.#heard(host, message),
				gone: (why) => this.#lost(host, why),
			},
		);
	}

	#heard(host: LiveHost, message: FromHost): void {
		const { log } = this.#options;
		if (message.kind === 'ready') {
			host.callOffStart?.();
			if (message.version !== PROTOCOL_VERSION) return this.#mismatched(host, message.version);
			this.#launcherName = message.launcher;
			log.info('browser host started', { pid: host.process?.pid, launcher: message.launcher });
			return host.setReady();
		}
		host.pending.get(message.id)?.resolve(message);
	}

	#mismatched(host: LiveHost, version: number): void {
		const error = new CoreError(
			'browser-failed',
			`The browser host speaks version ${version} of the protocol, this server version ${PROTOCOL_VERSION}.`,
			{ hint: 'Errand was updated while it ran: restart it.' },
		);
		for (const { reject } of host.pending.values()) reject(error);
		host.process?.kill();
	}

	#lost(host: LiveHost, why: string): void {
		host.callOffStart?.();
		if (this.#current === host) this.#current = undefined;
		if (!host.stopping) this.#options.log.warn('browser host ended', { pid: host.process?.pid, why });
		const error = browserFailed(`the process that owns it is gone: ${why}`);
		host.failReady(error);
		for (const { reject } of host.pending.values()) reject(error);
		// Its browsers die with it, but may still write for a moment.
		void removeFolder(join(this.#root, host.name)).finally(host.setGone);
	}

	/** A host that let a deadline pass may hang: it has to say something, or is replaced. */
	#examine(host: LiveHost): void {
		if (this.#current !== host || host.process === undefined) return;
		const id = ++this.#calls;
		const callOff = this.#options.clock.after(PING_TIMEOUT_MS, () => {
			host.pending.delete(id);
			host.process?.kill();
		});
		const answered = () => {
			callOff();
			host.pending.delete(id);
		};
		host.pending.set(id, { resolve: answered, reject: answered });
		host.process.send({ kind: 'ping', id });
	}
}

interface LiveHost {
	readonly name: string;
	readonly pending: Map<number, { resolve(reply: HostReply): void; reject(error: unknown): void }>;
	readonly ready: Promise<void>;
	readonly setReady: () => void;
	readonly failReady: (error: unknown) => void;
	readonly gone: Promise<void>;
	readonly setGone: () => void;
	process: HostProcess | undefined;
	callOffStart: (() => void) | undefined;
	stopping: boolean;
	/** Killed before it was a process. */
	unwanted: boolean;
}

/** The host keeps deadlines itself; this is for the way there and back. */
const GRACE_MS = 2_000;
const START_TIMEOUT_MS = 20_000;
const PING_TIMEOUT_MS = 5_000;
const STOP_GRACE_MS = 4_000;

async function removeFolder(path: string): Promise<void> {
	await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }).catch(() => undefined);
}

function noAnswer(timeoutMs: number): CoreError {
	return new CoreError('timed-out', `The browser did not answer within ${Math.ceil(timeoutMs / 1_000)} s.`, {
		hint: 'The site may be slow: try again, or give the step more time.',
	});
}
