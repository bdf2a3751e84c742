import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { FolderArtifactStore } from '@errand/core/adapters/files/folder-artifact-store.ts';
import { allowedHosts, checkedUrl } from '@errand/core/adapters/network/checked-url.ts';
import type { GuardProxy, ProxyRefusal } from '@errand/core/adapters/network/guard-proxy.ts';
import { CoreError, isCoreError } from '@errand/core/domain/errors.ts';
import type { TaskId } from '@errand/core/domain/ids.ts';
import type { BrowserAction, BrowserRun, BrowserSight } from '@errand/core/ports/browser.ts';
import { Fences } from '../fences.ts';
import type { ActCall, ContextState, HostInit } from '../protocol.ts';
import { browserFailed, firstLine } from '../told-error.ts';
import { actOnPage } from './act-on-page.ts';
import { describeAction } from './action-error.ts';
import { type BrowserKit, launchBrowser } from './launch-browser.ts';
import type { RunPage } from './run-page.ts';
import { SpareBrowser } from './spare-browser.ts';
import { type ReadyBrowser, TaskBrowser } from './task-browser.ts';
import { timeLimit } from './time-limit.ts';
import { Turnstile } from './turnstile.ts';

/** HostParts are what a browser host is built from; each may still be on its way. */
export interface HostParts {
	readonly init: HostInit;
	readonly program: Promise<Pick<BrowserKit, 'chromium' | 'launcher'>>;
	readonly openProxy: (onRefused: (refusal: ProxyRefusal) => void) => Promise<GuardProxy>;
}

/** Seen is what an action showed, and on which page. */
export interface Seen {
	readonly sight: BrowserSight;
	readonly epoch: string;
}

/** BrowserHost owns the browsers of its machine: one for each task that needs one, and a spare while there is work. */
export class BrowserHost {
	readonly #parts: HostParts;
	readonly #proxy: Promise<GuardProxy>;
	readonly #artifacts: FolderArtifactStore;
	readonly #allowed: ReadonlySet<string>;
	readonly #fences = new Fences();
	readonly #tasks = new Map<TaskId, TaskBrowser>();
	/** By their names at the proxy. */
	readonly #users = new Map<string, TaskBrowser>();
	readonly #spare: SpareBrowser;
	readonly #turns = new Turnstile(2 * availableParallelism());
	#browsers = 0;
	#epochs = 0;

	constructor(parts: HostParts) {
		const { dataDir, allowPrivateHosts, spareMs } = parts.init;
		this.#parts = parts;
		this.#proxy = parts.openProxy(({ user, ...refusal }) => this.#users.get(user)?.refusals.add(refusal));
		this.#proxy.catch(() => undefined);
		this.#artifacts = new FolderArtifactStore(join(dataDir, 'artifacts'));
		this.#allowed = allowedHosts(allowPrivateHosts);
		this.#spare = new SpareBrowser(() => this.#start(), spareMs);
	}

	/** Does one action; `wants-state` if a context has to be opened and nobody looked whether there is saved state. */
	async act(call: ActCall, signal: AbortSignal): Promise<Seen | 'wants-state'> {
		const { run, action, timeoutMs } = call;
		const deadline = Date.now() + timeoutMs;
		if (this.#fences.admit(run)) this.#tasks.get(run.taskId)?.dropOlder(run);
		const begins = BEGINNINGS.has(action.do);
		// An address that is refused is not worth a browser.
		if (action.do === 'open') checkedUrl(action.url, this.#allowed);
		if (begins) {
			if (call.state === undefined && !this.#tasks.get(run.taskId)?.hasContext(call.context)) return 'wants-state';
		}
		const task = this.#tasks.get(run.taskId) ?? (begins ? this.#openTask(run.taskId) : undefined);
		const limit = timeLimit(signal, timeoutMs, describeAction(action));
		// Whatever goes on in the page of a run that was stopped ends with the page.
		const abort = () => void task?.dropRun(run);
		signal.addEventListener('abort', abort, { once: true });
		try {
			const page = await limit.race(pageFor(task, call));
			const sight = await limit.race(
				actOnPage(page, action.do === 'continue' ? await addressLeft(task, call) : action, {
					timeoutMs,
					deadline,
					signal,
					checkUrl: (url) => checkedUrl(url, this.#allowed),
					inTurn: (work) => this.#turns.pass(signal, work),
					save: (file) => this.#artifacts.put({ ...file, owner: { person: run.person, task: run.taskId } }),
					isOthers: (place) => task?.isOthers(page, place) ?? false,
				}),
			);
			return { sight, epoch: page.epoch };
		} catch (error) {
			// A newer run has closed the page meanwhile: that is the reason, not what it led to.
			this.#fences.admit(run);
			throw error;
		} finally {
			limit.end();
			signal.removeEventListener('abort', abort);
		}
	}

	/** Closes the page of a run, and says what its contexts remember if that has changed. */
	async endRun(run: BrowserRun): Promise<ContextState[]> {
		this.#fences.end(run);
		return (await this.#tasks.get(run.taskId)?.endRun(run)) ?? [];
	}

	/** Ends the browser of a task, which may have none. */
	async close(taskId: TaskId): Promise<void> {
		this.#fences.endTask(taskId);
		const task = this.#tasks.get(taskId);
		if (task === undefined) return;
		this.#forget(taskId, task);
		await task.close();
	}

	async stop(): Promise<void> {
		const tasks = [...this.#tasks.values()];
		this.#tasks.clear();
		await Promise.all([this.#spare.stop(), ...tasks.map((task) => task.close())]);
		await (await this.#proxy.catch(() => undefined))?.stop();
	}

	#openTask(id: TaskId): TaskBrowser {
		const ready = this.#spare.take();
		const task = new TaskBrowser(ready, () => `${process.pid}.${++this.#epochs}`);
		this.#tasks.set(id, task);
		const lost = () => this.#forget(id, task);
		ready.then(({ launched: { user, browser } }) => {
			this.#users.set(user, task);
			browser.once('disconnected', () => {
				this.#users.delete(user);
				lost();
			});
			this.#spare.keep();
		}, lost);
		return task;
	}

	#forget(id: TaskId, task: TaskBrowser): void {
		if (this.#tasks.get(id) !== task) return;
		this.#tasks.delete(id);
		if (this.#tasks.size === 0) this.#spare.release();
	}

	async #start(): Promise<ReadyBrowser> {
		const [program, proxy] = await Promise.all([this.#parts.program, this.#proxy]);
		const { hostDir, cacheDir } = this.#parts.init;
		const kit = { ...program, proxy, hostDir, cacheDir: join(cacheDir, 'browser-cache') };
		try {
			const launched = await launchBrowser(kit, ++this.#browsers);
			try {
				return { launched, first: await launched.openContext() };
			} catch (error) {
				await launched.close();
				throw error;
			}
		} catch (error) {
			throw isCoreError(error) ? error : browserFailed(`it did not start: ${firstLine(error)}`, error);
		}
	}
}

/** What a run may begin with. */
const BEGINNINGS: ReadonlySet<BrowserAction['do']> = new Set(['open', 'continue']);

/** The page an action is meant for; a beginning gets a new one where there is none. */
async function pageFor(task: TaskBrowser | undefined, call: ActCall): Promise<RunPage> {
	const { run, context, action, epoch } = call;
	const page = await task?.pageOf(run, context).catch(() => undefined);
	if (BEGINNINGS.has(action.do) && task !== undefined) {
		return page?.isAlive === true ? page : await task.openPage(run, context, call.state ?? null);
	}
	if (page === undefined && epoch === undefined) throw nothingOpen(action);
	if (page === undefined || (epoch !== undefined && epoch !== page.epoch)) {
		throw browserFailed('the page that this step had opened is gone, its browser ended meanwhile');
	}
	return page;
}

/** To go on is to open what the latest step before left open. */
async function addressLeft(task: TaskBrowser | undefined, { run, context }: ActCall): Promise<BrowserAction> {
	const url = await task?.addressFor(run.stepId, context);
	if (url !== undefined) return { do: 'open', url };
	throw new CoreError('invalid-input', `Cannot go on: no earlier step left a page open in the session "${context}".`, {
		hint: 'Name the address to open, or the session of the step before.',
	});
}

function nothingOpen(action: BrowserAction): CoreError {
	return new CoreError('invalid-input', `Cannot ${describeAction(action)}: no page was opened before.`, {
		hint: 'Begin with opening an address.',
	});
}
