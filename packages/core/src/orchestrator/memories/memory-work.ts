import { randomUUID } from 'node:crypto';
import { memoryStream, type PersonId, type StreamId } from '../../domain/ids.ts';
import type { MemoryCommand } from '../../domain/memory/commands.ts';
import type { MemoryWork } from '../../domain/memory/pending-memory-work.ts';
import type { Memory } from '../../domain/memory/state.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IHistoryAudit } from '../../ports/event-store.ts';
import type { IEmbedder } from '../../ports/memory.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { MemoryEntries } from './memory-entries.ts';
import type { MemoryIndexing } from './memory-indexing.ts';

interface Dependencies {
	readonly memories: Pick<CommandHandler<Memory, MemoryCommand, never>, 'handle' | 'latest' | 'forget'>;
	readonly audit: Pick<IHistoryAudit, 'eraseFacts'>;
	readonly entries: MemoryEntries;
	readonly indexing: MemoryIndexing;
	readonly embedder: IEmbedder;
	readonly clock: IClock;
}

/** MemoryWorker carries out what is owed to what is remembered; every result comes back as a command. */
export class MemoryWorker {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	async carryOut(stream: StreamId, work: MemoryWork): Promise<void> {
		const memory = await this.#deps.memories.latest(stream);
		if (memory?.person === undefined) return;
		const { person } = memory;
		switch (work.kind) {
			case 'erase':
				return this.#erase(person, memory, work.through);
			case 'make-room': {
				const at = this.#deps.clock.now();
				// Alone in its append, so that nothing else goes when words are erased.
				await this.#deps.memories.handle(stream, { type: 'Forget', at, person, id: work.id }, `memory:${randomUUID()}`);
				return;
			}
			case 'index': {
				const through = await this.#deps.indexing.bring(person);
				const { name: embedder } = this.#deps.embedder;
				await this.#tell({ type: 'RecordIndexing', at: this.#deps.clock.now(), person, through, embedder });
				return;
			}
			case 'wait':
				return;
		}
	}

	/** Out of the index and the embedder's keeping first, then out of history: as long as that is owed, the rest is done again. */
	async #erase(person: PersonId, memory: Memory, through: number): Promise<void> {
		const { indexing, embedder, audit, memories } = this.#deps;
		const stream = memoryStream(person);
		const superseded = memory.superseded.filter(({ by }) => by <= through).map(({ seq }) => seq);
		const ids = memory.forgotten.filter(({ by }) => by <= through).map(({ id }) => id);
		const words = superseded.map((seq) => ({ id: '', kind: 'fact', seq, at: 0 }) as const);
		await embedder.forget((await this.#deps.entries.read(person, words)).map(({ text }) => text));
		if (ids.length > 0) await indexing.remove(person, ids);
		if (superseded.length > 0) await audit.eraseFacts(stream, superseded);
		memories.forget(stream);
		await this.#tell({ type: 'RecordErasure', at: this.#deps.clock.now(), person, through });
	}

	async #tell(command: MemoryCommand): Promise<void> {
		await this.#deps.memories.handle(memoryStream(command.person), command);
	}
}
