import { isAbsolute, relative, resolve } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { BacklogCommand } from '../../domain/backlog/commands.ts';
import type { Backlog } from '../../domain/backlog/state.ts';
import type { TasksFile } from '../../domain/backlog/tasks-file.ts';
import { CoreError } from '../../domain/errors.ts';
import type { PersonId, StreamId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IStreamIndex } from '../../ports/event-store.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { IProjectFiles, IProjectFolders } from '../../ports/project-files.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { BacklogSummary } from '../desks/backlog.ts';
import type { Principal } from '../desks/desk.ts';
import { refuseGuests } from '../people/refuse-guests.ts';
import { FileInStep } from './file-in-step.ts';
import { FilesBeside } from './files-beside.ts';
import { OpenProject } from './open-project.ts';
import { PROJECT_FILES } from './project-files-of.ts';
import {
	BACKLOG_PREFIX,
	backlogIdOf,
	backlogStream,
	isBacklogId,
	type MayOpen,
	nameOfFolder,
	openFolder,
} from './which-project.ts';

interface Dependencies {
	readonly backlogs: Pick<CommandHandler<Backlog, BacklogCommand, never>, 'handle' | 'state' | 'latest' | 'forget'>;
	readonly index: IStreamIndex;
	readonly files: IProjectFiles;
	readonly folders: IProjectFolders;
	readonly mayOpen: MayOpen;
	readonly clock: IClock;
	readonly log: ILogger;
	readonly parse: (text: string) => TasksFile;
	readonly render: (backlog: Backlog) => string;
}

/** ProjectArgs are the arguments of a call that say which backlog is meant. */
export interface ProjectArgs {
	readonly projectRoot?: unknown;
	readonly file?: unknown;
}

const PAGE = 500;
const LONGEST_PATH = 1_000;
const MOST_OPEN = 100;
/** So long (ms) without a call a project rests: what was made of its history and files is made again when it is needed. */
const REST_MS = 180_000;

/** Projects knows which backlog a call means, and keeps those in use open with their files. */
export class Projects {
	readonly #deps: Dependencies;
	readonly #open = new LRUCache<StreamId, OpenProject>({
		max: MOST_OPEN,
		dispose: (project, _stream, reason) => {
			if (reason === 'evict') this.#leave(project);
		},
	});
	/** Those that are open no more, until what is of them is in files. */
	readonly #leaving = new Map<OpenProject, Promise<unknown>>();
	readonly #usedAt = new WeakMap<OpenProject, number>();
	#cancelTimer: (() => void) | undefined;
	#stopped = false;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	/** The project that a call means; a folder that is not known yet becomes one. */
	async open(principal: Principal, { projectRoot, file }: ProjectArgs): Promise<OpenProject> {
		refuseGuests(principal, 'Guests have no backlogs.');
		const named = typeof projectRoot === 'string' ? projectRoot.trim() : '';
		if (isAbsolute(named)) return this.#ofFolder(principal, named, file);
		return this.#known(principal, await this.#idOf(principal, named));
	}

	/** One that is the person's own; `not-found` for any other. */
	async #known(principal: Principal, id: string): Promise<OpenProject> {
		const backlog = await this.#deps.backlogs.latest(backlogStream(id));
		if (backlog === undefined || backlog.person !== principal.person) throw unknownBacklog(id);
		const { root } = backlog;
		if (root !== undefined) await openFolder(this.#deps, principal, root);
		return this.#opened(backlog);
	}

	/** The backlog of a stream, for what it is owed: nobody asks for it. Undefined where it is gone. */
	async ofStream(stream: StreamId): Promise<OpenProject | undefined> {
		const backlog = await this.#deps.backlogs.state(stream);
		return backlog === undefined ? undefined : this.#opened(backlog);
	}

	/** All of a person's, those that began last first. */
	async list(person: PersonId): Promise<BacklogSummary[]> {
		const found: BacklogSummary[] = [];
		let before: number | undefined;
		do {
			const rows = await this.#deps.index.list({ prefix: BACKLOG_PREFIX, person, before, limit: PAGE });
			found.push(...rows.map(({ summary }) => summaryFrom(summary)));
			before = rows.length === PAGE ? rows.at(-1)?.position : undefined;
		} while (before !== undefined);
		return found;
	}

	/** Writes what is not in files yet. */
	async stop(): Promise<void> {
		this.#stopped = true;
		this.#cancelTimer?.();
		await Promise.all([...this.#open.values()].map((project) => project.stop()));
		await Promise.all(this.#leaving.values());
	}

	forget(stream: StreamId): void {
		this.#open.delete(stream);
	}

	forgetAll(): void {
		this.#open.clear();
	}

	async #ofFolder(principal: Principal, named: string, file: unknown): Promise<OpenProject> {
		const { backlogs, clock } = this.#deps;
		const root = await openFolder(this.#deps, principal, named);
		const path = fileIn(root, file);
		const id = backlogIdOf(principal.person, root, path);
		const stream = backlogStream(id);
		let backlog = await backlogs.latest(stream);
		if (backlog === undefined) {
			const name = nameOf(root, path);
			const { person } = principal;
			const made = await backlogs.handle(stream, {
				type: 'CreateBacklog',
				at: clock.now(),
				backlogId: id,
				person,
				root,
				name,
			});
			backlog = made.state;
		}
		if (backlog === undefined) throw unknownBacklog(id);
		return this.#opened(backlog);
	}

	/** What people call a project by: its id, its name, or nothing where there is only one. */
	async #idOf({ person }: Principal, named: string): Promise<string> {
		if (isBacklogId(named)) return named;
		const all = await this.list(person);
		const wanted = named.toLowerCase();
		const fitting = all.filter(({ name }) => wanted === '' || name.toLowerCase() === wanted);
		const [only, ...more] = fitting;
		if (only !== undefined && more.length === 0) return only.id;
		if (named !== '' && only === undefined) throw unknownBacklog(named);
		const known = all.map(({ name, projectRoot }) => projectRoot ?? name).slice(0, 20);
		throw new CoreError('invalid-input', 'It is not said which project is meant.', {
			hint:
				known.length === 0
					? 'Give "projectRoot", the absolute path of the project’s folder.'
					: `Give "projectRoot": ${known.join(', ')}.`,
		});
	}

	async #opened(backlog: Backlog): Promise<OpenProject> {
		const { id, root } = backlog;
		const stream = backlogStream(id);
		const known = this.#open.get(stream);
		if (known !== undefined) return this.#used(known);
		const path = root === undefined ? undefined : (ownFile(backlog, root) ?? (await this.#usualFile(root)));
		const files = root === undefined || path === undefined ? undefined : this.#filesOf({ stream, root, path });
		const project = this.#open.get(stream) ?? new OpenProject({ id, stream, root }, files);
		this.#open.set(stream, project);
		return this.#used(project);
	}

	#used(project: OpenProject): OpenProject {
		this.#usedAt.set(project, this.#deps.clock.now());
		if (!this.#stopped) this.#cancelTimer ??= this.#deps.clock.after(REST_MS, () => void this.#letRest());
		return project;
	}

	/** Lets go of those that nobody called or looked at for a while, and of what is known of their streams. */
	async #letRest(): Promise<void> {
		for (const project of [...this.#open.values()]) {
			const usedAt = this.#usedAt.get(project) ?? 0;
			if (this.#deps.clock.now() - usedAt < REST_MS || !(await project.settle())) continue;
			if (this.#usedAt.get(project) !== usedAt || this.#open.peek(project.stream) !== project) continue;
			this.#open.delete(project.stream);
			this.#deps.backlogs.forget(project.stream);
		}
		this.#cancelTimer = undefined;
		if (this.#open.size > 0 && !this.#stopped) {
			this.#cancelTimer = this.#deps.clock.after(REST_MS, () => void this.#letRest());
		}
	}

	/** A call that still holds it finds it working. */
	#leave(project: OpenProject): void {
		this.#leaving.set(
			project,
			project.settle().finally(() => this.#leaving.delete(project)),
		);
	}

	#filesOf(place: { readonly stream: StreamId; readonly root: string; readonly path: string }) {
		return { file: new FileInStep(this.#deps, place), beside: new FilesBeside(this.#deps, place) };
	}

	async #usualFile(root: string): Promise<string> {
		const { files } = this.#deps;
		const { tasks, oldTasks } = PROJECT_FILES;
		if ((await files.markOf(root, tasks)) !== undefined) return tasks;
		return (await files.markOf(root, oldTasks).catch(() => undefined)) === undefined ? tasks : oldTasks;
	}
}

/** Undefined for the project's own tasks file, however its path is written. */
function fileIn(root: string, file: unknown): string | undefined {
	if (typeof file !== 'string' || file.trim() === '') return undefined;
	const path = relative(root, resolve(root, file.trim()));
	// Refused before anything is kept of it.
	if (path.includes('\0') || path.length > LONGEST_PATH || /^\.\.(?:[/\\]|$)/.test(path) || isAbsolute(path)) {
		throw new CoreError('forbidden', `"${file.slice(0, 200)}" is not in the project's folder ${root}.`, {
			hint: 'Name a file below the project’s folder.',
		});
	}
	return path === PROJECT_FILES.tasks || path === PROJECT_FILES.oldTasks || path === 'tasks.json' ? undefined : path;
}

/** A backlog of another file than the usual one has that in its name. */
function nameOf(root: string, path: string | undefined): string {
	return path === undefined ? nameOfFolder(root) : `${nameOfFolder(root)} (${path})`;
}

function ownFile({ id, person, name }: Backlog, root: string): string | undefined {
	const path = name.slice(nameOfFolder(root).length + 2, -1);
	return id === backlogIdOf(person, root, path) ? path : undefined;
}

function unknownBacklog(id: string): CoreError {
	return new CoreError('not-found', `You have no backlog "${id.slice(0, 100)}".`, {
		hint: 'Name the project by the absolute path of its folder; list_backlogs shows those there are.',
	});
}

/** The index holds what the decider wrote there; a forgotten person's is blank. */
function summaryFrom(summary: JsonObject): BacklogSummary {
	const { id, name, projectRoot, currentTag, items, done } = summary;
	return {
		id: String(id),
		name: String(name),
		...(typeof projectRoot === 'string' ? { projectRoot } : {}),
		currentTag: String(currentTag),
		items: Number(items),
		done: Number(done),
	};
}
