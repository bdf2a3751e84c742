import type { DatabaseSync } from 'node:sqlite';
import { describeError } from '../../domain/errors.ts';
import type { PersonId } from '../../domain/ids.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ILogger } from '../../ports/logger.ts';
import type {
	CallsQuery,
	IModelLedger,
	ModelCall,
	ModelTranscript,
	Spending,
	SpendingQuery,
	SumsQuery,
} from '../../ports/model-ledger.ts';
import { DayTotals } from '../ledger/day-totals.ts';
import {
	blanked,
	Forgotten,
	type LedgerEntry,
	MAX_UNWRITTEN,
	TIDY_EVERY_MS,
	WRITE_EVERY_MS,
} from '../ledger/ledger-entry.ts';
import { isToday } from '../ledger/utc-days.ts';
import { openLedgerFile } from './model-ledger-file.ts';
import { LedgerRows } from './model-ledger-rows.ts';
import { translateSqliteError } from './sqlite-errors.ts';

/** SqliteModelLedgerOptions say where the book is kept. */
export interface SqliteModelLedgerOptions {
	/** A file of its own, `models.db`, or `:memory:`. */
	readonly path: string;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** SqliteModelLedger keeps the book of one server in a file: calls are written together twice a second, today's sums are at hand. */
export class SqliteModelLedger implements IModelLedger {
	readonly #clock: IClock;
	readonly #log: ILogger;
	readonly #db: DatabaseSync;
	readonly #rows: LedgerRows;
	readonly #totals = new DayTotals();
	readonly #forgotten = new Forgotten();
	#unwritten: LedgerEntry[] = [];
	#callOffWrite: (() => void) | undefined;
	#callOffTidy: (() => void) | undefined;
	#broken = false;
	#closed = false;

	constructor({ path, clock, log }: SqliteModelLedgerOptions) {
		this.#clock = clock;
		this.#log = log;
		this.#db = openLedgerFile(path);
		this.#rows = new LedgerRows(this.#db);
		for (const total of this.#rows.totalsOf(clock.now())) this.#totals.add(total);
		this.#tidy();
	}

	record(call: ModelCall, transcript?: ModelTranscript): void {
		if (this.#closed) return;
		const entry = this.#forgotten.apply({ call, transcript });
		this.#totals.add(entry.call);
		this.#unwritten.push(entry);
		if (this.#unwritten.length > MAX_UNWRITTEN) this.#unwritten.shift();
		this.#callOffWrite ??= this.#clock.after(WRITE_EVERY_MS, () => this.#write());
	}

	async sums(query: SumsQuery): Promise<readonly Spending[]> {
		return this.#reading(() => this.#rows.sums(query));
	}

	async spent(query: SpendingQuery): Promise<number> {
		const now = this.#clock.now();
		if (query.taskId === undefined && isToday(query, now)) return this.#totals.of(now, query.person);
		return this.#reading(() => this.#rows.spent(query, now));
	}

	async calls(query: CallsQuery): Promise<readonly ModelCall[]> {
		return this.#reading(() => this.#rows.calls(query));
	}

	async transcript(call: string, person?: PersonId): Promise<ModelTranscript | undefined> {
		return this.#reading(() => this.#rows.transcript({ call, person, now: this.#clock.now() }));
	}

	async eraseOf(person: PersonId): Promise<void> {
		this.#forgotten.add(person, this.#clock.now());
		this.#unwritten = this.#unwritten.map((entry) => (entry.call.person === person ? blanked(entry) : entry));
		this.#totals.forget(person);
		this.#reading(() => this.#inTransaction(() => this.#rows.erase(person)));
	}

	/** Writes what is left; a second call does nothing. */
	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#callOffTidy?.();
		this.#write();
		this.#db.close();
	}

	/** What is read was written before. */
	#reading<Result>(read: () => Result): Result {
		this.#write();
		try {
			return read();
		} catch (error) {
			throw translateSqliteError(error, 'read what models cost');
		}
	}

	#write(): void {
		this.#callOffWrite?.();
		this.#callOffWrite = undefined;
		this.#totals.keepOnly(this.#clock.now());
		if (this.#unwritten.length === 0) return;
		try {
			this.#inTransaction(() => this.#rows.add(this.#unwritten));
			this.#unwritten = [];
			this.#broken = false;
		} catch (error) {
			if (!this.#broken) this.#log.error('model costs not written', { error: describeError(error) });
			this.#broken = true;
			if (!this.#closed) this.#callOffWrite = this.#clock.after(RETRY_MS, () => this.#write());
		}
	}

	#tidy(): void {
		try {
			this.#rows.tidy(this.#clock.now());
		} catch (error) {
			this.#log.warn('old model transcripts not deleted', { error: describeError(error) });
		}
		this.#callOffTidy = this.#clock.after(TIDY_EVERY_MS, () => this.#tidy());
	}

	#inTransaction(work: () => void): void {
		this.#db.exec('BEGIN IMMEDIATE');
		try {
			work();
			this.#db.exec('COMMIT');
		} catch (error) {
			// Some errors, a full disk among them, make SQLite roll back by itself.
			if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
			throw error;
		}
	}
}

const RETRY_MS = 5_000;
