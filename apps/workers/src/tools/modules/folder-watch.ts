import { type FSWatcher, watch } from 'node:fs';
import { describeError } from '@errand/core/domain/errors.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';

/** FolderWatch calls back a moment after something changed in any of some folders. */
export class FolderWatch {
	readonly #onChange: () => void;
	readonly #log: ILogger;
	readonly #watchers = new Map<string, FSWatcher>();
	#timer: NodeJS.Timeout | undefined;

	constructor(onChange: () => void, log: ILogger) {
		this.#onChange = onChange;
		this.#log = log;
	}

	/** Watches these from now on, and no others. */
	watch(folders: ReadonlySet<string>): void {
		for (const [folder, watcher] of this.#watchers) {
			if (folders.has(folder)) continue;
			watcher.close();
			this.#watchers.delete(folder);
		}
		for (const folder of folders) if (!this.#watchers.has(folder)) this.#begin(folder);
	}

	stop(): void {
		clearTimeout(this.#timer);
		this.watch(new Set());
	}

	#begin(folder: string): void {
		try {
			// Nobody stays for the sake of a watch.
			const watcher = watch(folder, { persistent: false }, () => this.#soon());
			watcher.on('error', () => {
				watcher.close();
				this.#watchers.delete(folder);
			});
			this.#watchers.set(folder, watcher);
		} catch (error) {
			this.#log.warn('folder not watched', { folder, error: describeError(error) });
		}
	}

	/** Editors write in several steps. */
	#soon(): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(this.#onChange, SETTLE_MS);
	}
}

const SETTLE_MS = 150;
