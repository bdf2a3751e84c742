import { LRUCache } from 'lru-cache';
import type { BacklogCommand } from '../../domain/backlog/commands.ts';
import type { RecordedBacklogFact } from '../../domain/backlog/facts.ts';
import { parseTasksFile } from '../../domain/backlog/parse-tasks-file.ts';
import { type BacklogWork, pendingBacklogWork } from '../../domain/backlog/pending-backlog-work.ts';
import { renderTasksFile } from '../../domain/backlog/render-tasks-file.ts';
import type { Backlog, Notice } from '../../domain/backlog/state.ts';
import { CoreError } from '../../domain/errors.ts';
import { asStreamId, type StreamId, type TaskId } from '../../domain/ids.ts';
import type { Report, Task } from '../../domain/task/state.ts';
import type { IArtifactStore } from '../../ports/artifact-store.ts';
import type { IBacklogWork } from '../../ports/backlog-work.ts';
import type { IStreamIndex } from '../../ports/event-store.ts';
import type { IProjectFiles, IProjectFolders } from '../../ports/project-files.ts';
import { DrivenStreams, type DrivingPorts } from '../commands/driven-streams.ts';
import { FactRelay } from '../commands/fact-relay.ts';
import type { ITaskDesk } from '../desks/desk.ts';
import { StoredOutputs } from '../tasks/stored-outputs.ts';
import { backlogDecider } from './backlog-decider.ts';
import { BacklogDesk } from './backlog-desk.ts';
import type { DeskTool } from './desk-tools.ts';
import type { ModelChoice } from './model-settings.ts';
import type { OpenProject } from './open-project.ts';
import { BacklogOperations } from './operations.ts';
import { Projects } from './projects.ts';
import { ItemRuns } from './runs.ts';
import { BACKLOG_PREFIX, type MayOpen } from './which-project.ts';

/** ProjectParts is where backlogs have their files, who may open which folder, and what work on them is. */
export interface ProjectParts {
	readonly files: IProjectFiles;
	readonly folders: IProjectFolders;
	readonly mayOpen: MayOpen;
	/** What is to be done for a tool that takes work, and what came of it. */
	readonly work: IBacklogWork;
	/** Undefined where no model is set up. */
	readonly models?: ModelChoice | undefined;
	/** Tools of kind `desk` beside those that are here. */
	readonly tools?: Readonly<Record<string, DeskTool>> | undefined;
}

/** BacklogPorts is what backlogs work through. */
export interface BacklogPorts extends DrivingPorts {
	readonly index: IStreamIndex;
	readonly artifacts: IArtifactStore;
	readonly tasks: Pick<ITaskDesk, 'submit' | 'view' | 'cancel' | 'follow'>;
	/** Tells somebody what changed in a backlog they watch; once for each notice, however often it is called. */
	readonly tell: (notice: Notice) => Promise<void>;
}

type Dependencies = BacklogPorts & ProjectParts;

const REMEMBERED_TASKS = 10_000;
/** So long (ms) after a task was submitted its backlog may not know of it yet. */
const KNOWN_AFTER_MS = 60_000;

/** BacklogStreams are all backlogs: their desk, their files, the tasks that work for them, and what their watchers are told. */
export class BacklogStreams {
	readonly desk: BacklogDesk;
	readonly driven: DrivenStreams<Backlog, BacklogCommand, RecordedBacklogFact, BacklogWork>;
	readonly #deps: Dependencies;
	readonly #projects: Projects;
	readonly #operations: BacklogOperations;
	readonly #runs: ItemRuns;
	readonly #relay: FactRelay;
	readonly #outputs: StoredOutputs;
	/** Which backlog a task works for. */
	readonly #ofTask = new LRUCache<TaskId, StreamId>({ max: REMEMBERED_TASKS });

	constructor(deps: Dependencies) {
		this.#deps = deps;
		this.driven = new DrivenStreams(deps, {
			prefix: BACKLOG_PREFIX,
			decider: backlogDecider,
			pending: pendingBacklogWork,
			carryOut: (stream, work) => this.#carryOut(stream, work),
		});
		const backlogs = this.driven.handler;
		this.#relay = new FactRelay(deps);
		this.#outputs = new StoredOutputs(deps.artifacts);
		const began = (task: TaskId, { stream }: OpenProject) => void this.#ofTask.set(task, stream);
		const parts = { ...deps, backlogs, relay: this.#relay, outputs: this.#outputs, began };
		this.#projects = new Projects({ ...parts, parse: parseTasksFile, render: renderTasksFile });
		this.#operations = new BacklogOperations({ ...parts, projects: this.#projects });
		this.#runs = new ItemRuns(parts);
		const { tools: more } = deps;
		const [projects, operations, runs] = [this.#projects, this.#operations, this.#runs];
		this.desk = new BacklogDesk({ ...parts, projects, operations, runs, more });
	}

	/** Takes in what a task reports, once; resolves when that is durable. Other tasks than those of backlogs change nothing. */
	async taskReported(task: Task, { about }: Report): Promise<void> {
		if (about.kind !== 'end' || task.announced !== true || task.end === undefined) return;
		const stream = this.#ofTask.get(task.id) ?? (await this.#streamOf(task));
		const project = stream === undefined ? undefined : await this.#projects.ofStream(stream);
		const backlog = project === undefined ? undefined : await this.driven.handler.latest(project.stream);
		if (project === undefined || backlog === undefined) return this.#notYet(task);
		const operation = backlog.operations.find(({ taskId }) => taskId === task.id);
		const run = backlog.runs.find(({ taskId }) => taskId === task.id);
		// Of what ended before, only the end of a retry says more; that is for the backlog to decide.
		if (operation !== undefined) await this.#operations.apply(project, operation, task);
		else if (run !== undefined) await this.#runs.end(project, task.id, task.end);
		else this.#notYet(task);
	}

	/** Forgets what was folded, after a person's payloads were erased underneath. */
	forget(stream: StreamId): void {
		this.driven.handler.forget(stream);
		this.#projects.forget(stream);
		this.#ofTask.clear();
		this.#outputs.clear();
	}

	forgetAll(): void {
		this.driven.handler.forgetAll();
		this.#projects.forgetAll();
		this.#ofTask.clear();
		this.#outputs.clear();
	}

	/** Starts nothing more, and writes what is not in files yet; safe to call twice. */
	async stop(): Promise<void> {
		this.driven.stop();
		await this.#projects.stop();
		this.#relay.stop();
	}

	async #carryOut(stream: StreamId, work: BacklogWork): Promise<void> {
		await this.#deps.tell(work.notice);
		const noticeId = work.notice.id;
		await this.driven.handler.handle(stream, { type: 'NoticeHandedOver', at: this.#deps.clock.now(), noticeId });
	}

	/** The index says which tasks each backlog waits for; of a task that was retried, only backlogs themselves know. */
	async #streamOf({ id, person }: Task): Promise<StreamId | undefined> {
		let before: number | undefined;
		do {
			const rows = await this.#deps.index.list({ prefix: BACKLOG_PREFIX, person, before, limit: 500 });
			const found = rows.find(({ summary }) =>
				String(summary['open'] ?? '')
					.split(' ')
					.includes(id),
			);
			if (found !== undefined) return asStreamId(found.stream);
			for (const { stream } of rows) {
				const backlog = await this.driven.handler.latest(asStreamId(stream));
				if ([...(backlog?.operations ?? []), ...(backlog?.runs ?? [])].some((one) => one.taskId === id)) {
					return asStreamId(stream);
				}
			}
			before = rows.length === 500 ? rows.at(-1)?.position : undefined;
		} while (before !== undefined);
		return undefined;
	}

	/** Its backlog is just being told of it, perhaps by another process: the report comes again. */
	#notYet({ id, planBy, createdAt }: Task): void {
		if (!planBy.startsWith('workflow:backlog.') || this.#deps.clock.now() - createdAt > KNOWN_AFTER_MS) return;
		throw new CoreError('internal', `No backlog knows of the task ${id} yet.`, {
			hint: 'It is told again in a while.',
		});
	}
}
