import { CoreError, describeError } from '@errand/core/domain/errors.ts';
import type { TaskId } from '@errand/core/domain/ids.ts';
import type { BrowserAction, BrowserRun, BrowserSight, IBrowser } from '@errand/core/ports/browser.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { ISecretVault } from '@errand/core/ports/secret-vault.ts';
import type { ISessionPool } from '@errand/core/ports/session-pool.ts';
import { Fences } from './fences.ts';
import { HostLink } from './host-link.ts';
import type { HostReply } from './protocol.ts';
import { type BrowserStates, SavedStates } from './saved-states.ts';

/** BrowserSessionsOptions say which browser there is, and where its sessions may go and be kept. */
export interface BrowserSessionsOptions {
	/** The browser's program; without one every action is refused. */
	readonly browserPath: string | undefined;
	readonly dataDir: string;
	readonly allowPrivateHosts: readonly string[];
	/** Keeps cookies and storage of open tasks, so that they outlive a browser that dies. */
	readonly vault?: ISecretVault | undefined;
	/** Keeps them in another way. */
	readonly states?: BrowserStates | undefined;
	/** Folders for what only this process uses, and for what all of this machine may; the data directory where left out. */
	readonly localDir?: string | undefined;
	readonly cacheDir?: string | undefined;
	readonly clock: IClock;
	readonly log: ILogger;
	/** How long the browser host stays when no task has a browser. */
	readonly idleMs?: number;
	/** How long it stays when tasks have browsers but no run uses them; only with a vault. */
	readonly restMs?: number;
	readonly spareMs?: number;
}

/**
 * BrowserSessions gives each task a browser of its own, in a separate process (the browser host) that is started when
 * the first task needs it and goes when none does. What a browser remembers outlives its death, until the task is closed.
 */
export class BrowserSessions implements IBrowser, ISessionPool {
	readonly #options: BrowserSessionsOptions;
	readonly #link: HostLink | undefined = undefined;
	readonly #states: BrowserStates;
	readonly #fences = new Fences();
	readonly #tasks = new Map<TaskId, OpenTask>();
	#underWay = 0;
	#callOffRest: (() => void) | undefined;
	#stopped = false;

	constructor(options: BrowserSessionsOptions) {
		const { browserPath, dataDir, localDir = dataDir, cacheDir = dataDir, spareMs = DEFAULT_SPARE_MS } = options;
		this.#options = options;
		this.#states = options.states ?? new SavedStates(options.vault, options.clock);
		if (browserPath === undefined) return;
		this.#link = new HostLink({ ...options, browserPath, localDir, cacheDir, spareMs });
	}

	/** What keeps browsers from outliving their host, for the log: `bwrap`, `setpriv` or `plain`; known once a browser was needed. */
	get launcherName(): string | undefined {
		return this.#link?.launcherName;
	}

	/** Process id of the browser host, while there is one. */
	get hostPid(): number | undefined {
		return this.#link?.pid;
	}

	async act(
		run: BrowserRun,
		call: { readonly context: string; readonly action: BrowserAction; readonly timeoutMs: number },
		options: { readonly signal: AbortSignal },
	): Promise<BrowserSight> {
		const link = this.#link;
		if (link === undefined || this.#stopped) throw noBrowser(this.#stopped);
		this.#fences.admit(run);
		const task = this.#taskOf(run.taskId);
		const page = `${run.stepId}/${run.attempt}.${run.run}/${call.context}`;
		const deadline = this.#options.clock.now() + call.timeoutMs;
		const send = (state: string | null | undefined): Promise<HostReply> => {
			const timeoutMs = Math.max(1, deadline - this.#options.clock.now());
			const epoch = task.epochs.get(page);
			return link.call(
				{ kind: 'act', run, ...call, timeoutMs, epoch, ...(state !== undefined && { state }) },
				{ timeoutMs, signal: options.signal },
			);
		};
		return await this.#during(async () => {
			let reply = await send(undefined);
			if (reply.kind === 'wants-state') reply = await send(await this.#states.get(run.taskId, call.context));
			if (reply.kind !== 'seen') throw new TypeError(`The browser host answered "${reply.kind}" to an action.`);
			task.epochs.set(page, reply.epoch);
			return reply.sight;
		});
	}

	async endRun(run: BrowserRun): Promise<void> {
		this.#fences.end(run);
		const task = this.#tasks.get(run.taskId);
		if (task === undefined) return;
		const prefix = `${run.stepId}/${run.attempt}.${run.run}/`;
		for (const page of task.epochs.keys()) if (page.startsWith(prefix)) task.epochs.delete(page);
		const link = this.#link;
		if (link === undefined || !link.isOpen) return;
		await this.#during(async () => {
			try {
				const reply = await link.call({ kind: 'end', run }, { timeoutMs: END_TIMEOUT_MS });
				if (reply.kind !== 'done') return;
				await this.#states.save(run.taskId, reply.states, () => this.#tasks.get(run.taskId) === task);
			} catch (error) {
				this.#options.log.warn('browser run not closed', { ...idsOf(run), why: describeError(error) });
			}
		});
	}

	async closeAll(taskId: TaskId, how = { keepState: false }): Promise<void> {
		this.#fences.endTask(taskId);
		const link = this.#link;
		if (this.#tasks.delete(taskId) && link?.isOpen === true) {
			await this.#during(async () => {
				try {
					await link.call({ kind: 'close', taskId }, { timeoutMs: END_TIMEOUT_MS });
				} catch (error) {
					this.#options.log.warn('browser of a task not closed', { taskId, why: describeError(error) });
				}
			});
		}
		await this.#states.forget(taskId, how);
	}

	/** Kills every browser at once: somebody else may have the tasks in a moment. What they remembered when a run last ended is kept. */
	abandon(): void {
		this.#tasks.clear();
		this.#link?.kill();
	}

	/** Removes what browsers of earlier processes left on disk, and what was kept for too long; to be called at start. Returns how many hosts there were. */
	async sweep(): Promise<number> {
		await this.#states.sweep();
		return (await this.#link?.sweep()) ?? 0;
	}

	/** Ends every browser; their saved state stays for the next start. Safe to call twice. */
	async stop(): Promise<void> {
		this.#stopped = true;
		this.#callOffRest?.();
		this.#states.stop();
		await this.#link?.stop();
	}

	#taskOf(id: TaskId): OpenTask {
		const known = this.#tasks.get(id);
		if (known !== undefined) return known;
		const task = { epochs: new Map<string, string>() };
		this.#tasks.set(id, task);
		return task;
	}

	async #during<T>(work: () => Promise<T>): Promise<T> {
		this.#underWay++;
		this.#callOffRest?.();
		try {
			return await work();
		} finally {
			this.#underWay--;
			this.#restSoon();
		}
	}

	/** Ends the host once nobody has used it for long enough. */
	#restSoon(): void {
		if (this.#underWay > 0 || this.#stopped || this.#link?.isOpen !== true) return;
		const { clock, idleMs = DEFAULT_IDLE_MS, restMs = DEFAULT_REST_MS } = this.#options;
		const inUse = [...this.#tasks.values()].some(({ epochs }) => epochs.size > 0);
		if (inUse || (this.#tasks.size > 0 && !this.#states.isKept)) return;
		this.#callOffRest = clock.after(this.#tasks.size > 0 ? restMs : idleMs, () => {
			if (this.#underWay === 0) void this.#link?.stop();
		});
	}
}

/** An open task that has, or had, a browser; `epochs` names the pages its runs have seen. */
interface OpenTask {
	readonly epochs: Map<string, string>;
}

const DEFAULT_SPARE_MS = 10_000;
const DEFAULT_IDLE_MS = 60_000;
const DEFAULT_REST_MS = 600_000;
const END_TIMEOUT_MS = 10_000;

function idsOf({ taskId, stepId, attempt, run }: BrowserRun) {
	return { taskId, stepId, attempt, run };
}

function noBrowser(stopped: boolean): CoreError {
	return stopped
		? new CoreError('browser-failed', 'The browser was asked to act while Errand is stopping.', {
				hint: 'The step runs again after the restart.',
			})
		: new CoreError('browser-failed', 'There is no browser on this machine.', {
				hint: 'Get one with `npm run setup-browser`, or set CHROMIUM_PATH to a Chromium or headless shell, then restart.',
			});
}
