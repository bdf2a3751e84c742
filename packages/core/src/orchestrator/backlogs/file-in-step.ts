import { createHash } from 'node:crypto';
import type { BacklogCommand } from '../../domain/backlog/commands.ts';
import { countItems } from '../../domain/backlog/item-list.ts';
import type { Backlog } from '../../domain/backlog/state.ts';
import type { TasksFile } from '../../domain/backlog/tasks-file.ts';
import { CoreError, describeError, isCoreError } from '../../domain/errors.ts';
import type { StreamId } from '../../domain/ids.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { FileMark, IProjectFiles, ProjectFile } from '../../ports/project-files.ts';
import type { CommandHandler } from '../commands/handle-command.ts';

interface Dependencies {
	readonly backlogs: Pick<CommandHandler<Backlog, BacklogCommand, never>, 'handle' | 'state'>;
	readonly files: IProjectFiles;
	readonly clock: IClock;
	readonly log: ILogger;
	/** Throws where the text is no tasks file. */
	readonly parse: (text: string) => TasksFile;
	readonly render: (backlog: Backlog) => string;
}

/** FilePlace says which file belongs to which backlog. */
export interface FilePlace {
	readonly stream: StreamId;
	readonly root: string;
	readonly path: string;
}

/** Up to so many items the file is written before a change is answered. */
const FEW_ITEMS = 500;
/** How long (ms) changes of a big file are gathered; as a share of its time, writing stays below a fifth. */
const GATHER_MS = 150;
const SHARE = 4;
const RETRY_MS = 5_000;
/** So long (ms) whoever changed the backlog is left to write the file. */
const LEFT_MS = 1_000;
const MOST_TRIES = 8;
/** Somebody else may be in the middle of writing: how often and how long (ms) that is waited for. */
const PATIENCE = 4;
const PAUSE_MS = 40;

/**
 * FileInStep keeps one tasks.json in step with its backlog. What others changed in the file is taken over before anything is
 * answered; what changed here is written whole, and never over something that was not taken over yet.
 */
export class FileInStep {
	readonly #deps: Dependencies;
	readonly #place: FilePlace;
	/** The file's mark when it was last read or written; undefined where there was none. */
	#seen: FileMark | undefined;
	#looked = false;
	#turn: Promise<unknown> = Promise.resolve();
	#next: Promise<void> | undefined;
	#cancelTimer: (() => void) | undefined;
	#writingMs = 0;
	#trouble: string | undefined;
	#broken: string | undefined;
	/** The file is to be written although nothing changed. */
	#owes = false;
	#stopped = false;

	constructor(deps: Dependencies, place: FilePlace) {
		this.#deps = deps;
		this.#place = place;
	}

	/** What the person should know of the file, in sentences. */
	get warnings(): readonly string[] {
		return [this.#broken, this.#trouble].filter((text) => text !== undefined);
	}

	/** Whether nothing is left to be written or put right, as far as is known. */
	get isKept(): boolean {
		return this.warnings.length === 0 && !this.#owes && this.#cancelTimer === undefined && this.#next === undefined;
	}

	/** Takes over what others changed; cheap where they changed nothing. What is not in the file is written in a while: whoever changed it may have died. */
	async notice(): Promise<void> {
		const { files, backlogs } = this.#deps;
		const { root, path, stream } = this.#place;
		const mark = await files.markOf(root, path);
		if (!this.#isSeen(mark) || (mark?.fresh === false && this.#seen?.fresh === true)) {
			await this.#exclusively(() => this.#takeOver());
		}
		const backlog = await backlogs.state(stream);
		if (backlog !== undefined && this.#isBehind(backlog)) this.#writeSoon(LEFT_MS);
	}

	/** Brings the file up to date after a change: at once where it is small, soon where it is not. */
	async keep(backlog: Backlog): Promise<void> {
		if (!this.#isBehind(backlog)) return;
		if (this.#isSmall(backlog)) await this.#writeNext();
		else this.#writeSoon();
	}

	/** Calls back when somebody may have changed the file. Returns the way to stop. */
	watch(changed: () => void): () => void {
		const { root, path } = this.#place;
		return this.#deps.files.watch(root, path, changed);
	}

	/** Writes what has not been written yet. */
	async flush(): Promise<void> {
		this.#cancelTimer?.();
		this.#cancelTimer = undefined;
		await this.#writeNext();
	}

	async stop(): Promise<void> {
		if (this.#stopped) return;
		await this.flush();
		this.#stopped = true;
		this.#cancelTimer?.();
	}

	#isSeen(mark: FileMark | undefined): boolean {
		return this.#looked && mark?.id === this.#seen?.id;
	}

	#isSmall({ tags }: Backlog): boolean {
		return tags.reduce((sum, { items }) => sum + countItems(items), 0) <= FEW_ITEMS;
	}

	#exclusively<T>(work: () => Promise<T>): Promise<T> {
		const done = this.#turn.then(work);
		this.#turn = done.catch(() => undefined);
		return done;
	}

	/** Whoever comes while a write waits for its turn shares it. */
	#writeNext(): Promise<void> {
		this.#next ??= this.#exclusively(() => {
			this.#next = undefined;
			return this.#write();
		});
		return this.#next;
	}

	#writeSoon(waitMs = Math.max(GATHER_MS, this.#writingMs * SHARE)): void {
		if (this.#stopped) return;
		this.#cancelTimer ??= this.#deps.clock.after(waitMs, () => {
			this.#cancelTimer = undefined;
			void this.#writeNext();
		});
	}

	/** Never rejects: the change is durable without the file, which is written later. */
	async #write(): Promise<void> {
		const { backlogs, log } = this.#deps;
		const { stream } = this.#place;
		try {
			for (let tries = 0; tries < MOST_TRIES; tries++) {
				const backlog = await backlogs.state(stream);
				if (backlog === undefined || !this.#isBehind(backlog)) return;
				if (await this.#writeAsOf(backlog)) {
					this.#trouble = undefined;
					return;
				}
				await this.#takeOver();
			}
			this.#writeSoon(RETRY_MS);
		} catch (error) {
			if (this.#stopped) return;
			const hint = error instanceof CoreError ? ` ${error.hint}` : '';
			this.#trouble = `The change is kept, but not yet in the file: ${describeError(error)}${hint}`;
			log.warn('tasks file not written', { stream, error: describeError(error), retryInMs: RETRY_MS });
			this.#writeSoon(RETRY_MS);
		}
	}

	/** False where somebody else changed the file in between. */
	async #writeAsOf(backlog: Backlog): Promise<boolean> {
		const { files, render } = this.#deps;
		const { root, path } = this.#place;
		const begun = performance.now();
		if (!this.#looked || (this.#seen?.fresh === true && !(await this.#isUnchanged(backlog)))) return false;
		const text = render(backlog);
		const hash = hashOf(text);
		const isThere = !this.#owes && this.#seen !== undefined && hash === backlog.file.mark?.hash;
		const mark = isThere ? this.#seen : await files.write(root, path, text, { over: this.#seen?.id ?? null });
		if (mark === undefined) return false;
		this.#hasSeen(mark);
		this.#owes = false;
		await this.#tell({ type: 'NoteFile', at: this.#now(), mark: { hash }, seq: backlog.seq });
		this.#writingMs = performance.now() - begun;
		return true;
	}

	/** The mark is from the very moment of a change, so it tells too little. */
	async #isUnchanged(backlog: Backlog): Promise<boolean> {
		const { root, path } = this.#place;
		const file = await this.#deps.files.read(root, path);
		return file === undefined || hashOf(file.text) === backlog.file.mark?.hash;
	}

	async #takeOver(): Promise<void> {
		const { backlogs, files } = this.#deps;
		const { stream, root, path } = this.#place;
		for (let tries = 0; ; tries++) {
			// First what is known of the file, then the file: it is as new as that, or newer.
			const before = await backlogs.state(stream);
			const file = await files.read(root, path);
			if (file === undefined) return this.#gone();
			const hash = hashOf(file.text);
			if (hash === before?.file.mark?.hash) return this.#hasSeen(file.mark);
			const read = this.#parsed(file);
			if (read.ok) {
				const over = before?.file.mark?.hash ?? '';
				await this.#tell({ type: 'MergeFile', at: this.#now(), file: read.file, mark: { hash }, over });
				const after = await backlogs.state(stream);
				// Another process wrote the file, or took it over, meanwhile.
				if (after?.file.mark?.hash !== hash) continue;
				this.#broken = undefined;
				this.#hasSeen(file.mark);
				if (after !== undefined && this.#isBehind(after)) this.#writeSoon(0);
				return;
			}
			if (tries >= PATIENCE || !read.mayPass) return this.#putAside(file, read.problem, before);
			await new Promise<void>((resolve) => void this.#deps.clock.after(PAUSE_MS, resolve));
		}
	}

	/** What nobody can read is kept beside; with a backlog the file is made whole again, without one there is nothing to go by. */
	async #putAside(file: ProjectFile, problem: string, backlog: Backlog | undefined): Promise<void> {
		const { root, path } = this.#place;
		if (backlog?.file.mark === undefined) {
			throw new CoreError('unreadable-document', `"${path}" cannot be read: ${problem}`, {
				hint: 'Mend it by hand, or move it away to begin anew. Nothing was changed in it.',
			});
		}
		const aside = path.replace(/(\.json)?$/, `.broken-${hashOf(file.text).slice(0, 8)}.json`);
		await this.#deps.files.write(root, aside, file.text);
		this.#broken = `"${path}" could not be read (${problem}). It was kept as "${aside}" and written anew.`;
		this.#deps.log.warn('broken tasks file put aside', { stream: this.#place.stream, aside });
		this.#hasSeen(file.mark);
		this.#owes = true;
		this.#writeSoon(0);
	}

	/** Somebody removed it; it is written again with the next change. */
	#gone(): void {
		this.#hasSeen(undefined);
	}

	#hasSeen(mark: FileMark | undefined): void {
		this.#seen = mark;
		this.#looked = true;
	}

	#parsed({ text }: ProjectFile): { ok: true; file: TasksFile } | { ok: false; problem: string; mayPass: boolean } {
		try {
			return { ok: true, file: this.#deps.parse(text) };
		} catch (error) {
			// Nobody is in the middle of writing what is whole, and too much.
			return { ok: false, problem: describeError(error), mayPass: !isCoreError(error, 'too-large') };
		}
	}

	/** One that has just begun holds nothing that a file could want. */
	#isBehind({ contentSeq, file }: Backlog): boolean {
		return this.#owes || (contentSeq > 1 && contentSeq > file.seq);
	}

	async #tell(command: BacklogCommand): Promise<void> {
		await this.#deps.backlogs.handle(this.#place.stream, command);
	}

	#now(): number {
		return this.#deps.clock.now();
	}
}

function hashOf(text: string): string {
	return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
