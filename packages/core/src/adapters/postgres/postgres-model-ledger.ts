import { CoreError, describeError } from '../../domain/errors.ts';
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
import { isToday, utcDay } from '../ledger/utc-days.ts';
import { ModelLedgerRows } from './model-ledger-rows.ts';
import type { PostgresLine } from './postgres-line.ts';

/** PostgresModelLedgerOptions say in which database the book stands. */
export interface PostgresModelLedgerOptions {
	readonly line: Pick<PostgresLine, 'query' | 'transaction'>;
	readonly clock: IClock;
	readonly log: ILogger;
}

/**
 * PostgresModelLedger keeps one book for all processes. Calls are written together twice a second, and the sums of the day are
 * read again when they are asked for and older than half a second: what others spent counts here within about a second.
 */
export class PostgresModelLedger implements IModelLedger {
	readonly #clock: IClock;
	readonly #log: ILogger;
	readonly #rows: ModelLedgerRows;
	readonly #forgotten = new Forgotten();
	/** What all had spent today when it was last read, and what this process spent beyond that. */
	#read: { readonly day: string; readonly totals: DayTotals; at: number } | undefined;
	#unread = new DayTotals();
	#unwritten: LedgerEntry[] = [];
	#synchronizing: Promise<void> | undefined;
	#callOffWrite: (() => void) | undefined;
	#callOffTidy: (() => void) | undefined;
	#broken = false;
	#closed = false;

	constructor({ line, clock, log }: PostgresModelLedgerOptions) {
		this.#clock = clock;
		this.#log = log;
		this.#rows = new ModelLedgerRows(line);
		this.#callOffTidy = clock.after(TIDY_EVERY_MS, () => this.#tidy());
	}

	record(call: ModelCall, transcript?: ModelTranscript): void {
		if (this.#closed) return;
		const entry = this.#forgotten.apply({ call, transcript });
		this.#unread.add(entry.call);
		this.#unwritten.push(entry);
		if (this.#unwritten.length > MAX_UNWRITTEN) this.#unwritten.shift();
		this.#callOffWrite ??= this.#clock.after(WRITE_EVERY_MS, () => void this.#writeNow());
	}

	async sums(query: SumsQuery): Promise<readonly Spending[]> {
		await this.#write();
		return this.#rows.sums(query);
	}

	async spent(query: SpendingQuery): Promise<number> {
		const now = this.#clock.now();
		if (query.taskId === undefined && isToday(query, now)) return this.#spentToday(now, query.person);
		await this.#write();
		return this.#rows.spent(query, now);
	}

	async calls(query: CallsQuery): Promise<readonly ModelCall[]> {
		await this.#write();
		return this.#rows.calls(query);
	}

	async transcript(call: string, person?: PersonId): Promise<ModelTranscript | undefined> {
		await this.#write();
		return this.#rows.transcript({ call, person, now: this.#clock.now() });
	}

	async eraseOf(person: PersonId): Promise<void> {
		const now = this.#clock.now();
		this.#forgotten.add(person, now);
		this.#unwritten = this.#unwritten.map((entry) => (entry.call.person === person ? blanked(entry) : entry));
		this.#unread.forget(person);
		await this.#write();
		await this.#rows.erase(person, now);
		this.#read?.totals.forget(person);
	}

	/** Writes what is left, as far as the database answers; a second call does nothing. */
	async close(): Promise<void> {
		if (this.#closed) return;
		this.#closed = true;
		this.#callOffTidy?.();
		this.#callOffWrite?.();
		await this.#writeNow();
	}

	async #spentToday(now: number, person: PersonId | undefined): Promise<number> {
		const day = utcDay(now);
		const isFresh = this.#read?.day === day && performance.now() - this.#read.at < READ_EVERY_MS;
		if (!isFresh) await this.#writeNow();
		// What was under way then may have been of the day before.
		if (this.#read?.day !== day && !this.#broken) await this.#writeNow();
		if (this.#read?.day !== day) {
			throw new CoreError('store-unreachable', 'Cannot tell what was spent on models today.', {
				hint: 'Check that the database runs. Errand goes on by itself once it answers.',
			});
		}
		return this.#read.totals.of(now, person) + this.#unread.of(now, person);
	}

	/** What is read was written before. */
	async #write(): Promise<void> {
		while (this.#unwritten.length > 0) {
			const before = this.#unwritten.length;
			await this.#writeNow();
			if (this.#broken && this.#unwritten.length >= before) return;
		}
	}

	/** One after the other, so that what was written is never counted twice. */
	#writeNow(): Promise<void> {
		this.#synchronizing ??= this.#synchronize().finally(() => {
			this.#synchronizing = undefined;
		});
		return this.#synchronizing;
	}

	async #synchronize(): Promise<void> {
		this.#callOffWrite?.();
		this.#callOffWrite = undefined;
		const batch = this.#unwritten;
		this.#unwritten = [];
		try {
			if (batch.length > 0) await this.#rows.add(batch);
		} catch (error) {
			this.#unwritten = [...batch, ...this.#unwritten].slice(-MAX_UNWRITTEN);
			this.#failed(error);
			return;
		}
		try {
			const now = this.#clock.now();
			const totals = new DayTotals();
			for (const total of await this.#rows.totalsOf(now)) totals.add(total);
			// What was recorded meanwhile is in no sum that was read.
			this.#unread = new DayTotals();
			for (const { call } of this.#unwritten) this.#unread.add(call);
			this.#read = { day: utcDay(now), totals, at: performance.now() };
			this.#broken = false;
		} catch (error) {
			this.#failed(error);
		}
	}

	/** What was known of the day goes on to count, with all that this process spent since. */
	#failed(error: unknown): void {
		if (!this.#broken) this.#log.error('model costs not written', { error: describeError(error) });
		this.#broken = true;
		if (this.#read !== undefined) this.#read.at = performance.now();
		if (!this.#closed) this.#callOffWrite ??= this.#clock.after(RETRY_MS, () => void this.#writeNow());
	}

	#tidy(): void {
		this.#rows.tidy(this.#clock.now()).catch((error: unknown) => {
			this.#log.warn('old model transcripts not deleted', { error: describeError(error) });
		});
		this.#callOffTidy = this.#clock.after(TIDY_EVERY_MS, () => this.#tidy());
	}
}

/** With the time until others have written, what they spent counts here after a second at most. */
const READ_EVERY_MS = 500;
const RETRY_MS = 2_000;
