import { memoryStream, type PersonId, type StreamId } from '../../domain/ids.ts';
import type { MemoryCommand } from '../../domain/memory/commands.ts';
import type { RecordedMemoryFact } from '../../domain/memory/facts.ts';
import { type MemoryWork, pendingMemoryWork } from '../../domain/memory/pending-memory-work.ts';
import { resultToNote } from '../../domain/memory/result-to-note.ts';
import type { Memory } from '../../domain/memory/state.ts';
import type { Report, Task } from '../../domain/task/state.ts';
import type { IHistoryAudit } from '../../ports/event-store.ts';
import type { FoundMemory, IEmbedder, IMemoryIndex } from '../../ports/memory.ts';
import { DrivenStreams, type DrivingPorts } from '../commands/driven-streams.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { Principal } from '../desks/desk.ts';
import { memoryDecider } from './memory-decider.ts';
import { MemoryDesk } from './memory-desk.ts';
import { MemoryEntries } from './memory-entries.ts';
import { MemoryIndexing } from './memory-indexing.ts';
import { MemorySearch } from './memory-search.ts';
import { MemoryWorker } from './memory-work.ts';

interface Dependencies extends DrivingPorts {
	readonly audit: Pick<IHistoryAudit, 'eraseFacts'>;
	readonly index: IMemoryIndex;
	readonly embedder: IEmbedder;
	readonly roleOf: (person: PersonId) => Promise<Principal['role'] | undefined>;
}

const PREFIX = 'memory-';

/** MemoryStreams are what is remembered of all people: their desk, what plans recall of it, and the index it is found by. */
export class MemoryStreams {
	readonly desk: MemoryDesk;
	readonly driven: DrivenStreams<Memory, MemoryCommand, RecordedMemoryFact, MemoryWork>;
	readonly #deps: Dependencies;
	readonly #handler: CommandHandler<Memory, MemoryCommand, RecordedMemoryFact>;
	readonly #indexing: MemoryIndexing;
	readonly #search: MemorySearch;

	constructor(deps: Dependencies) {
		const { store, clock } = deps;
		this.#deps = deps;
		this.driven = new DrivenStreams(deps, {
			prefix: PREFIX,
			decider: memoryDecider,
			pending: pendingMemoryWork,
			carryOut: (stream, work) => worker.carryOut(stream, work),
		});
		this.#handler = this.driven.handler;
		const latest = this.#handler.latest.bind(this.#handler);
		const entries = new MemoryEntries(store);
		this.#indexing = new MemoryIndexing({ ...deps, latest, entries });
		this.#search = new MemorySearch({ ...deps, latest, entries, indexing: this.#indexing });
		this.desk = new MemoryDesk({ memories: this.#handler, entries, search: this.#search, clock });
		const worker = new MemoryWorker({ ...deps, memories: this.#handler, entries, indexing: this.#indexing });
	}

	/** What is remembered of a person that may bear on a text, best first; quick, never rejects, and loads nothing for those of whom nothing is remembered. */
	recall(person: PersonId, text: string, limit: number): Promise<readonly FoundMemory[]> {
		return this.#search.recall(person, text, limit);
	}

	/** Notes what a task reports, where that is worth remembering, once however often it is handed over; resolves when it is durable. */
	async noteResult(task: Task, report: Report): Promise<void> {
		const noted = resultToNote(task, report);
		if (noted === undefined) return;
		const { person } = task;
		const role = await this.#deps.roleOf(person);
		if (role === undefined || role === 'guest') return;
		const command = { type: 'NoteResult', at: this.#deps.clock.now(), person, ...noted } as const;
		await this.#handler.handle(memoryStream(person), command, `memory:${task.id}/${report.seq}`);
	}

	/** Takes a person's entries out of the index and of what the embedder kept, after their payloads were erased underneath. */
	async eraseOf(person: PersonId): Promise<void> {
		this.forget(memoryStream(person));
		await this.#indexing.eraseOf(person);
		await this.#deps.embedder.forget();
	}

	/** Forgets what was folded, after payloads were erased underneath. */
	forget(stream: StreamId): void {
		this.#handler.forget(stream);
	}

	/** Another process erased somebody: drops all that was folded, and all vectors kept here. */
	async forgetAll(): Promise<void> {
		this.#handler.forgetAll();
		await this.#deps.embedder.forget();
	}

	/** Starts nothing more and breaks off what is under way; safe to call twice. */
	stop(): void {
		this.driven.stop();
		this.#indexing.stop();
		this.#search.stop();
	}
}
