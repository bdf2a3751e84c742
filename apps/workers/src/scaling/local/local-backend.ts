import { type ChildProcess, spawn } from 'node:child_process';
import { hostname } from 'node:os';
import { CoreError, describeError } from '@errand/core/domain/errors.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { IScalingBackend, ScaleOptions, WorkerPlace } from '@errand/core/ports/scaling-backend.ts';
import type { WorkerCommand } from '../scaling-config.ts';
import { chooseSurplus } from '../surplus.ts';

/** LocalBackendOptions is what workers on this machine take. */
export interface LocalBackendOptions {
	/** What a worker of a pool is started with; the file is run by this process's own Node. */
	readonly command: (pool: string) => WorkerCommand;
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** One that was told to end and has not after this long is killed. */
	readonly drainMs: number;
	readonly clock: IClock;
	readonly log: ILogger;
}

/**
 * LocalBackend runs workers as child processes. They end with this process, however it ends; one that ends by itself is not
 * started again unless more are asked for.
 */
export class LocalBackend implements IScalingBackend {
	readonly drains = false;
	readonly #options: LocalBackendOptions;
	readonly #members = new Set<Member>();
	#closing: Promise<void> | undefined;

	constructor(options: LocalBackendOptions) {
		this.#options = options;
	}

	describe(): string {
		return 'processes of this machine';
	}

	async current(pool: string): Promise<number> {
		return this.#of(pool).length;
	}

	async scaleTo(pool: string, count: number, options: ScaleOptions): Promise<void> {
		if (options.signal.aborted || this.#closing !== undefined) return;
		const members = this.#of(pool);
		await Promise.all(Array.from({ length: Math.max(0, count - members.length) }, () => this.#start(pool)));
		for (const member of chooseSurplus(members, members.length - count, options, isAt)) this.#end(member);
	}

	runs({ host, pid }: WorkerPlace): boolean {
		return host === hostname() && [...this.#members].some(({ child }) => child.pid === pid);
	}

	close(): Promise<void> {
		this.#closing ??= this.#endAll();
		return this.#closing;
	}

	async #endAll(): Promise<void> {
		for (const member of this.#members) this.#end(member);
		await Promise.all([...this.#members].map(({ gone }) => gone));
	}

	#of(pool: string): readonly Member[] {
		return [...this.#members].filter((member) => member.pool === pool);
	}

	async #start(pool: string): Promise<void> {
		const { command, environment, clock, log } = this.#options;
		const { file, arguments: args } = command(pool);
		const child = spawn(process.execPath, ['--import', END_WITH_PARENT, file, ...args], {
			env: environment,
			stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
		});
		const { promise: gone, resolve: went } = Promise.withResolvers<void>();
		const member: Member = { pool, child, startedAt: clock.now(), gone, callOffKill: undefined };
		this.#members.add(member);
		child.once('exit', (code, signal) => {
			this.#members.delete(member);
			member.callOffKill?.();
			log.info('worker process ended', { pool, pid: child.pid, code, signal });
			went();
		});
		await new Promise<void>((resolve, reject) => {
			child.once('spawn', resolve);
			child.once('error', (error) => {
				this.#members.delete(member);
				went();
				reject(
					new CoreError('not-possible', `A worker process could not be started: ${describeError(error)}.`, {
						hint: 'Look at the limits of this machine (processes, memory) and at the pool’s max in ERRAND_SCALING.',
						cause: error,
					}),
				);
			});
		});
	}

	/** Told once; the kill is called off when it ends. */
	#end(member: Member): void {
		if (member.callOffKill !== undefined) return;
		const { clock, drainMs, log } = this.#options;
		const { child, pool } = member;
		child.kill('SIGTERM');
		member.callOffKill = clock.after(drainMs, () => {
			log.warn('worker process is killed, it did not end in time', { pool, pid: child.pid });
			child.kill('SIGKILL');
		});
	}
}

interface Member {
	readonly pool: string;
	readonly child: ChildProcess;
	readonly startedAt: number;
	readonly gone: Promise<void>;
	callOffKill: (() => void) | undefined;
}

function isAt({ child }: Member, { host, pid }: WorkerPlace): boolean {
	return child.pid === pid && host === hostname();
}

const END_WITH_PARENT = new URL('end-with-parent.ts', import.meta.url).href;
