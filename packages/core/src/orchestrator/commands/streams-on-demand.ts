import type { StreamId } from '../../domain/ids.ts';
import type { Report, Task } from '../../domain/task/state.ts';
import type { DrivenStreams } from './driven-streams.ts';

/** StreamsOfAKind are all streams of one kind, with the desk that callers reach them by. */
export interface StreamsOfAKind<Desk> {
	readonly desk: Desk;
	readonly driven: Driven;
	/** Takes in what a task reports, once however often it is called; resolves when that is durable. */
	taskReported(task: Task, report: Report): Promise<void>;
	/** Forgets what was folded, after a person's payloads were erased underneath. */
	forget(stream: StreamId): void;
	forgetAll(): void;
	/** Starts nothing more; safe to call twice. */
	stop(): void | Promise<void>;
}
export type Driven = Pick<DrivenStreams<never, never, never, never>, 'owns' | 'adopt' | 'letGo'>;

interface Kind<Desk, Streams extends StreamsOfAKind<Desk>> {
	/** Every stream of this kind begins so. */
	readonly prefix: string;
	/** Every call of the desk. */
	readonly calls: Readonly<Record<keyof Desk, true>>;
	/** Whether they want to hear this. */
	readonly concerns: (task: Task, report: Report) => boolean;
	readonly load: () => Promise<Streams>;
}

/** StreamsOnDemand are opened with the first call, stream or task of one: a server without any keeps no room for them. */
export class StreamsOnDemand<Desk extends object, Streams extends StreamsOfAKind<Desk> = StreamsOfAKind<Desk>> {
	readonly desk: Desk;
	readonly driven: Driven;
	readonly #kind: Kind<Desk, Streams>;
	#opening: Promise<Streams> | undefined;
	/** What `#opening` resolved with. */
	#opened: Streams | undefined;
	#stopped = false;

	constructor(kind: Kind<Desk, Streams>) {
		this.#kind = kind;
		this.desk = deskOnDemand(kind.calls, async () => (await this.open()).desk);
		this.driven = {
			owns: (stream) => stream.startsWith(kind.prefix),
			adopt: async (stream, dueAt) => (await this.open()).driven.adopt(stream, dueAt),
			letGo: () => this.#opened?.driven.letGo(),
		};
	}

	/** Opens them, if nobody has yet; tries again after it failed. */
	open(): Promise<Streams> {
		this.#opening ??= this.#openOnce().catch((error: unknown) => {
			this.#opening = undefined;
			throw error;
		});
		return this.#opening;
	}

	async taskReported(task: Task, report: Report): Promise<void> {
		if (this.#kind.concerns(task, report)) await (await this.open()).taskReported(task, report);
	}

	forget(stream: StreamId): void {
		this.#opened?.forget(stream);
	}

	forgetAll(): void {
		this.#opened?.forgetAll();
	}

	/** Starts nothing more; safe to call twice. */
	async stop(): Promise<void> {
		this.#stopped = true;
		await this.#opened?.stop();
	}

	async #openOnce(): Promise<Streams> {
		const streams = await this.#kind.load();
		this.#opened = streams;
		if (this.#stopped) await streams.stop();
		return streams;
	}
}

/** All calls of a desk give promises, so that a desk that is not there yet can take them. */
function deskOnDemand<Desk extends object>(calls: Readonly<Record<keyof Desk, true>>, open: () => Promise<Desk>): Desk {
	const desk = Object.keys(calls).map((name) => [
		name,
		async (...given: unknown[]) => {
			const there = (await open()) as Record<string, (...given: unknown[]) => unknown>;
			return there[name]?.(...given);
		},
	]);
	return Object.fromEntries(desk) as Desk;
}
