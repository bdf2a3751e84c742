import { type FSWatcher, watch } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError } from '../../domain/errors.ts';
import { WORKFLOW_LIMITS } from '../../domain/workflow/definition.ts';
import { ChangeListeners } from '../../ports/change-listeners.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { IWorkflowFiles, WorkflowFile } from '../../ports/workflow-files.ts';
import { hasCode } from './durable-file.ts';

interface Options {
	readonly folder: string;
	/** Of files that come with the program: they are read once. */
	readonly fixed?: boolean | undefined;
	readonly clock: IClock;
	readonly log: ILogger;
}

interface Read {
	/** Changes when the file does. */
	readonly stamp: string;
	readonly file: WorkflowFile;
}

/** An editor writes a file in several goes. */
const CALM_MS = 60;
/** Watching misses things on network drives, and where the folder comes later. */
const POLL_MS = 3_000;
const MAX_FILES = 1_000;

/** WatchedWorkflowFiles reads the workflows of a folder, and reads again what changes. */
export class WatchedWorkflowFiles implements IWorkflowFiles {
	readonly #options: Options;
	readonly #listeners = new ChangeListeners();
	#known = new Map<string, Read>();
	#files: readonly WorkflowFile[] = [];
	#first: Promise<void> | undefined;
	#scanning: Promise<void> = Promise.resolve();
	#watcher: FSWatcher | undefined;
	#callOffPoll: (() => void) | undefined;
	#callOffScan: (() => void) | undefined;
	#stopped = false;

	constructor(options: Options) {
		this.#options = options;
	}

	async list(): Promise<readonly WorkflowFile[]> {
		this.#first ??= this.#begin();
		await this.#first;
		return this.#files;
	}

	onChange(listener: () => void): () => void {
		return this.#listeners.add(listener);
	}

	stop(): void {
		this.#stopped = true;
		this.#watcher?.close();
		this.#callOffPoll?.();
		this.#callOffScan?.();
		this.#listeners.clear();
	}

	async #begin(): Promise<void> {
		if (this.#options.fixed !== true) this.#watch();
		await this.#scan();
		if (this.#options.fixed !== true) this.#pollLater();
	}

	#watch(): void {
		if (this.#watcher !== undefined || this.#stopped) return;
		const { folder, clock } = this.#options;
		try {
			const watcher = watch(folder, { persistent: false }, () => {
				this.#callOffScan?.();
				this.#callOffScan = clock.after(CALM_MS, () => void this.#scan());
			});
			// It goes away with its folder; the poll begins a new one.
			watcher.on('error', () => this.#unwatch(watcher));
			this.#watcher = watcher;
		} catch {
			// The folder is not there, or watching is not possible here: the poll does.
		}
	}

	#unwatch(watcher: FSWatcher): void {
		watcher.close();
		if (this.#watcher === watcher) this.#watcher = undefined;
	}

	#pollLater(): void {
		if (this.#stopped) return;
		this.#callOffPoll = this.#options.clock.after(POLL_MS, () => {
			this.#watch();
			void this.#scan().finally(() => this.#pollLater());
		});
	}

	/** One after the other: an older look never replaces a newer one. */
	#scan(): Promise<void> {
		this.#scanning = this.#scanning.then(() => this.#look());
		return this.#scanning;
	}

	async #look(): Promise<void> {
		const { folder, log } = this.#options;
		if (this.#stopped) return;
		try {
			const names = (await namesIn(folder)).slice(0, MAX_FILES);
			if (this.#watcher !== undefined && names.length === 0 && !(await exists(folder))) this.#unwatch(this.#watcher);
			const read = await Promise.all(names.map((name) => this.#read(name)));
			const next = new Map(read.flatMap((one) => (one === undefined ? [] : [[one.file.path, one] as const])));
			const changed = next.size !== this.#known.size || [...next].some(([path, one]) => this.#known.get(path) !== one);
			this.#known = next;
			if (!changed) return;
			this.#files = [...next.values()].map(({ file }) => file);
			this.#listeners.tell();
		} catch (error) {
			log.warn('workflow files not read', { folder, error: describeError(error) });
		}
	}

	async #read(path: string): Promise<Read | undefined> {
		const full = join(this.#options.folder, path);
		try {
			const { mtimeMs, size, ino } = await stat(full);
			const stamp = `${mtimeMs} ${size} ${ino}`;
			const known = this.#known.get(path);
			if (known?.stamp === stamp) return known;
			if (size > WORKFLOW_LIMITS.maxBytes) {
				const problem = `The file has ${size} bytes; at most ${WORKFLOW_LIMITS.maxBytes} are read.`;
				return { stamp, file: { path, text: '', problem } };
			}
			return { stamp, file: { path, text: await readFile(full, 'utf8') } };
		} catch (error) {
			// Removed in between.
			if (hasCode(error, 'ENOENT')) return undefined;
			return {
				stamp: 'unread',
				file: { path, text: '', problem: `The file cannot be read: ${describeError(error)}.` },
			};
		}
	}
}

async function namesIn(folder: string): Promise<string[]> {
	try {
		const entries = await readdir(folder, { withFileTypes: true });
		return entries.flatMap((entry) => (isWorkflow(entry.name) && !entry.isDirectory() ? entry.name : [])).toSorted();
	} catch (error) {
		if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return [];
		throw error;
	}
}

/** Not the drafts that editors lay beside, nor the schema they check against. */
function isWorkflow(name: string): boolean {
	return /^[^.~#].*\.(?:ya?ml|json)$/i.test(name) && !/\.schema\.json$/i.test(name);
}

async function exists(folder: string): Promise<boolean> {
	return stat(folder).then(
		() => true,
		() => false,
	);
}
