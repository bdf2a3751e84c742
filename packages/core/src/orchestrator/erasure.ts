import { describeError } from '../domain/errors.ts';
import type { PersonId, StreamId } from '../domain/ids.ts';
import type { TaskCommand } from '../domain/task/commands.ts';
import type { Task } from '../domain/task/state.ts';
import type { IArtifactStore } from '../ports/artifact-store.ts';
import type { IClock } from '../ports/clock.ts';
import type { IHistoryAudit, IStreamIndex } from '../ports/event-store.ts';
import type { ILogger } from '../ports/logger.ts';
import type { IResultCache } from '../ports/result-cache.ts';
import type { ISecretVault } from '../ports/secret-vault.ts';
import type { ISessionPool } from '../ports/session-pool.ts';
import type { CommandHandler } from './commands/handle-command.ts';
import type { MemoryStreams } from './memories/memory-streams.ts';
import { cancelTasksOf } from './tasks/cancel-tasks-of.ts';
import type { StoredOutputs } from './tasks/stored-outputs.ts';

/** Folds keeps what was folded from streams, and forgets it once payloads were erased underneath. */
interface Folds {
	forget(stream: StreamId): void;
	forgetAll(): void;
}

interface Dependencies {
	readonly index: Pick<IStreamIndex, 'list'>;
	readonly audit: Pick<IHistoryAudit, 'erase'>;
	readonly artifacts: Pick<IArtifactStore, 'eraseOf'>;
	readonly cache: Pick<IResultCache, 'eraseOf'>;
	readonly vault: Pick<ISecretVault, 'deleteUnder'>;
	readonly sessions: Pick<ISessionPool, 'closeAll'>;
	readonly clock: IClock;
	readonly log: ILogger;
	readonly tasks: Pick<CommandHandler<Task, TaskCommand, never>, 'handle'>;
	readonly memories: Pick<MemoryStreams, 'eraseOf' | 'forgetAll'>;
	readonly outputs: Pick<StoredOutputs, 'clear'>;
	/** All that hold folded states in this process. */
	readonly folds: readonly Folds[];
}

/** Erasure takes away what there is of a person: in history and beside it, and what this process has of it at hand. */
export class Erasure {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	/** Resolves with the number of streams that are blank now. */
	async forget(person: PersonId): Promise<number> {
		const { audit, artifacts, cache, vault, memories, folds, outputs } = this.#deps;
		await cancelTasksOf(person, this.#deps);
		const streams = await audit.erase(person);
		for (const stream of streams) for (const fold of folds) fold.forget(stream);
		outputs.clear();
		await Promise.all([
			artifacts.eraseOf(person),
			cache.eraseOf(person),
			vault.deleteUnder(`${person}/`),
			memories.eraseOf(person),
		]);
		return streams.length;
	}

	/** Somebody was forgotten at another process, which does not say who. */
	forgottenElsewhere(): void {
		const { memories, log, folds, outputs } = this.#deps;
		for (const fold of folds) fold.forgetAll();
		void memories.forgetAll().catch((error: unknown) => {
			log.warn('vectors not forgotten', { error: describeError(error) });
		});
		outputs.clear();
	}
}
