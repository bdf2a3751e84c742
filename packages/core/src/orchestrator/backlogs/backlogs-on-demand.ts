import type { StreamId } from '../../domain/ids.ts';
import type { Report, Task } from '../../domain/task/state.ts';
import type { IBacklogDesk } from '../desks/backlog.ts';
import type { BacklogStreams } from './backlog-streams.ts';
import { BACKLOG_PREFIX } from './which-project.ts';

/** BacklogsOnDemand are all backlogs, opened with the first call, stream or task of one: a server without any keeps no room for them. */
export class BacklogsOnDemand {
	readonly desk: IBacklogDesk;
	readonly driven: Pick<BacklogStreams['driven'], 'owns' | 'adopt' | 'letGo'>;
	readonly #load: () => Promise<BacklogStreams>;
	#opening: Promise<BacklogStreams> | undefined;
	/** What `#opening` resolved with. */
	#opened: BacklogStreams | undefined;
	#stopped = false;

	constructor(load: () => Promise<BacklogStreams>) {
		this.#load = load;
		const desk = async () => (await this.open()).desk;
		this.desk = {
			call: async (...given) => (await desk()).call(...given),
			operation: async (...given) => (await desk()).operation(...given),
			cancelOperation: async (...given) => (await desk()).cancelOperation(...given),
			list: async (...given) => (await desk()).list(...given),
			work: async (...given) => (await desk()).work(...given),
			follow: async (...given) => (await desk()).follow(...given),
		};
		this.driven = {
			owns: (stream) => stream.startsWith(BACKLOG_PREFIX),
			adopt: async (stream, dueAt) => (await this.open()).driven.adopt(stream, dueAt),
			letGo: () => this.#opened?.driven.letGo(),
		};
	}

	/** Opens them, if nobody has yet; tries again after it failed. */
	open(): Promise<BacklogStreams> {
		this.#opening ??= this.#openOnce().catch((error: unknown) => {
			this.#opening = undefined;
			throw error;
		});
		return this.#opening;
	}

	/** Takes in what a task reports, once; resolves when that is durable. Other tasks than those of backlogs change nothing. */
	async taskReported(task: Task, report: Report): Promise<void> {
		if (report.about.kind === 'end' && task.announced === true) await (await this.open()).taskReported(task, report);
	}

	/** Forgets what was folded, after a person's payloads were erased underneath. */
	forget(stream: StreamId): void {
		this.#opened?.forget(stream);
	}

	forgetAll(): void {
		this.#opened?.forgetAll();
	}

	/** Starts nothing more, and writes what is not in files yet; safe to call twice. */
	async stop(): Promise<void> {
		this.#stopped = true;
		await this.#opened?.stop();
	}

	async #openOnce(): Promise<BacklogStreams> {
		const streams = await this.#load();
		this.#opened = streams;
		if (this.#stopped) await streams.stop();
		return streams;
	}
}
