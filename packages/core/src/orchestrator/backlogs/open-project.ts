import type { Backlog } from '../../domain/backlog/state.ts';
import type { StreamId } from '../../domain/ids.ts';
import type { FileInStep } from './file-in-step.ts';
import type { FilesBeside } from './files-beside.ts';

/** OpenProject is a backlog that is in use, with its files; one without a folder has none. */
export class OpenProject {
	readonly id: string;
	readonly stream: StreamId;
	readonly root: string | undefined;
	readonly #file: FileInStep | undefined;
	readonly #beside: FilesBeside | undefined;
	#followers = 0;
	#stopWatching: (() => void) | undefined;

	constructor(
		place: { readonly id: string; readonly stream: StreamId; readonly root: string | undefined },
		files: { readonly file: FileInStep; readonly beside: FilesBeside } | undefined,
	) {
		this.id = place.id;
		this.stream = place.stream;
		this.root = place.root;
		this.#file = files?.file;
		this.#beside = files?.beside;
	}

	/** Takes over what others changed in the files. */
	async notice(): Promise<void> {
		await this.#file?.notice();
		await this.#beside?.notice();
	}

	/** Brings the files up to date after a change. */
	async keep(backlog: Backlog): Promise<void> {
		await Promise.all([this.#file?.keep(backlog), this.#beside?.keep(backlog)]);
	}

	/** Takes over what others change as they change it, as long as somebody looks on. Returns the way to stop. */
	watch(): () => void {
		this.#followers += 1;
		this.#stopWatching ??= this.#file?.watch(() => void this.notice().catch(() => undefined));
		let stopped = false;
		return () => {
			if (stopped) return;
			stopped = true;
			this.#followers -= 1;
			if (this.#followers > 0) return;
			this.#stopWatching?.();
			this.#stopWatching = undefined;
		};
	}

	/** What the person should know of the files, in sentences. */
	get warnings(): readonly string[] {
		return this.#file?.warnings ?? [];
	}

	/** Writes what is not in files yet. Resolves with whether all of it is in them and nobody looks on. Never rejects. */
	async settle(): Promise<boolean> {
		await this.#file?.flush();
		return this.#followers === 0 && this.#file?.isKept !== false && this.#beside?.isKept !== false;
	}

	async stop(): Promise<void> {
		this.#stopWatching?.();
		await this.#file?.stop();
	}
}
