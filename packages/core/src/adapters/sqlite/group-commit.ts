import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { CoreError } from '../../domain/errors.ts';
import { translateSqliteError } from './sqlite-errors.ts';

/** CommitHooks let the owner of derived state take part in a commit. */
export interface CommitHooks {
	/** Inside the transaction, after all work of the batch. */
	beforeCommit(): void;
	/** The batch was undone: whatever was remembered from it is wrong. */
	afterRollback(): void;
	/** The batch failed with this error, after `afterRollback`. */
	failed(error: CoreError): void;
}

interface Pending {
	readonly work: () => void;
	readonly resolve: () => void;
	readonly reject: (error: CoreError) => void;
}

/**
 * GroupCommit runs all work of one event-loop turn in one transaction and resolves each caller, in the order of the calls,
 * once that transaction is on disk. If anything in it throws, all of it is undone and all callers are rejected.
 */
export class GroupCommit {
	readonly #db: DatabaseSync;
	readonly #hooks: CommitHooks;
	readonly #begin: StatementSync;
	readonly #commit: StatementSync;
	#pending: Pending[] = [];
	#closed = false;

	constructor(db: DatabaseSync, hooks: CommitHooks) {
		this.#db = db;
		this.#hooks = hooks;
		this.#begin = db.prepare('BEGIN IMMEDIATE');
		this.#commit = db.prepare('COMMIT');
	}

	/** Queues synchronous work for this turn's commit. */
	enqueue<Result>(work: () => Result): Promise<Result> {
		if (this.#closed) return Promise.reject(closedError());
		return new Promise((resolve, reject) => {
			let result: Result;
			const pending = {
				work: () => {
					result = work();
				},
				resolve: () => resolve(result),
				reject,
			};
			if (this.#pending.push(pending) === 1) setImmediate(this.#flush);
		});
	}

	/** Commits what is queued and takes nothing more. */
	close(): void {
		this.#closed = true;
		this.#flush();
	}

	readonly #flush = (): void => {
		const batch = this.#pending;
		if (batch.length === 0) return;
		this.#pending = [];
		try {
			this.#rollBack();
			this.#begin.run();
			for (const { work } of batch) work();
			this.#hooks.beforeCommit();
			this.#commit.run();
		} catch (error) {
			this.#undo(batch, error);
			return;
		}
		for (const { resolve } of batch) resolve();
	};

	#undo(batch: readonly Pending[], cause: unknown): void {
		const error = translateSqliteError(cause, 'write history');
		for (const { reject } of batch) reject(error);
		this.#rollBack();
		this.#hooks.afterRollback();
		this.#hooks.failed(error);
	}

	/** Some errors, SQLITE_FULL among them, make SQLite roll back by itself. If this fails too, the next batch tries again. */
	#rollBack(): void {
		try {
			if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
		} catch {
			// The disk is in trouble, and the callers were told.
		}
	}
}

function closedError(): CoreError {
	return new CoreError('shutting-down', 'Cannot write history: the store was closed.', {
		hint: 'Start Errand again and repeat the request.',
	});
}
