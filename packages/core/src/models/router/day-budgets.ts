import { CoreError, describeError } from '../../domain/errors.ts';
import type { PersonId } from '../../domain/ids.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { IModelLedger } from '../../ports/model-ledger.ts';
import type { RouterConfig } from './router-config.ts';

/** BudgetLeft is what a budget of the day still allows, and the words for when that is too little. */
export interface BudgetLeft {
	/** What a call that begins now may cost: what is under way counts with the most that it may come to. */
	readonly microUsd: number;
	/** What may be left once that has ended, because calls hardly ever cost the most. */
	readonly atMostMicroUsd: number;
	readonly over: () => CoreError;
}

/**
 * DayBudgets keep what all models cost in a day (UTC), together and for each person, within bounds. What the ledger says is at
 * most a second old; what went out since, and what is under way at its highest price, counts at once.
 */
export class DayBudgets {
	readonly #parts: { readonly ledger: IModelLedger; readonly clock: IClock; readonly log: ILogger };
	readonly #all: number | undefined;
	readonly #each: number | undefined;
	readonly #books = new Map<string, Book>();
	readonly #waiting = new Set<() => void>();

	constructor({
		budgets,
		...parts
	}: {
		readonly budgets: RouterConfig['budgets'];
		readonly ledger: IModelLedger;
		readonly clock: IClock;
		readonly log: ILogger;
	}) {
		this.#parts = parts;
		this.#all = budgets?.perDayUsd === undefined ? undefined : Math.floor(budgets.perDayUsd * 1e6);
		this.#each = budgets?.perPersonDayUsd === undefined ? undefined : Math.floor(budgets.perPersonDayUsd * 1e6);
	}

	/** Resolves when it is known what was spent; undefined where it is known already. */
	ready(person: PersonId | undefined): Promise<unknown> | undefined {
		const reading = this.#bounded(person).flatMap(({ book, person: whose }) => this.#refresh(book, whose) ?? []);
		return reading.length === 0 ? undefined : Promise.all(reading);
	}

	/** The budget with least left for this person, once that is known; undefined where none bounds them. */
	left(person: PersonId | undefined): BudgetLeft | undefined {
		const found = this.#bounded(person).map((bounded) => this.#leftOf(bounded));
		const [least] = found.toSorted((one, other) => one.atMostMicroUsd - other.atMostMicroUsd);
		return least && { ...least, microUsd: Math.min(...found.map(({ microUsd }) => microUsd)) };
	}

	/** Sets money aside for a call; what is returned ends that with what it came to. */
	reserve(person: PersonId | undefined, microUsd: number): (spent: number) => void {
		const books = this.#bounded(person).map(({ book }) => book);
		for (const book of books) book.reserved += microUsd;
		return (spent) => {
			for (const book of books) {
				book.reserved -= microUsd;
				book.own += spent;
			}
			const waiting = [...this.#waiting];
			this.#waiting.clear();
			for (const wake of waiting) wake();
		};
	}

	/** Resolves when the next call has ended that money was set aside for, or when it is called off. */
	freed(signal: AbortSignal): Promise<void> {
		return new Promise((resolve) => {
			const wake = () => {
				this.#waiting.delete(wake);
				signal.removeEventListener('abort', wake);
				resolve();
			};
			this.#waiting.add(wake);
			signal.addEventListener('abort', wake, { once: true });
			if (signal.aborted) wake();
		});
	}

	/** The budgets that bound a person, with their books of today. */
	#bounded(person: PersonId | undefined): readonly Bounded[] {
		const found: Bounded[] = [];
		if (this.#all !== undefined) found.push({ book: this.#book(ALL), limit: this.#all, person: undefined });
		if (this.#each !== undefined && person !== undefined) {
			found.push({ book: this.#book(person), limit: this.#each, person });
		}
		return found;
	}

	#refresh(book: Book, person: PersonId | undefined): Promise<void> | undefined {
		if (book.spent !== undefined && this.#parts.clock.now() - book.readAt < FRESH_MS) return undefined;
		book.reading ??= this.#read(book, person);
		// Without a ledger, what was read earlier today has to do.
		return book.spent === undefined ? book.reading : book.reading.catch(() => undefined);
	}

	#leftOf({ book, limit, person }: Bounded): BudgetLeft {
		const spent = (book.spent ?? 0) + book.own;
		const whose = person === undefined ? 'for all models' : 'for your models';
		const now = this.#parts.clock.now();
		return {
			microUsd: Math.max(0, limit - spent - book.reserved),
			atMostMicroUsd: Math.max(0, limit - spent),
			over: () => overDay({ whose, limit, spent, until: book.day + DAY_MS, now }),
		};
	}

	async #read(book: Book, person: PersonId | undefined): Promise<void> {
		const { ledger, clock, log } = this.#parts;
		const { day } = book;
		// What is spent from here on may or may not be in what the ledger says; it counts until the next reading.
		const before = book.own;
		try {
			const spent = await ledger.spent({ from: day, to: day + DAY_MS, person });
			if (book.day === day) Object.assign(book, { spent, own: book.own - before, readAt: clock.now() });
		} catch (error) {
			log.warn('spending not read', { error: describeError(error) });
			book.readAt = clock.now();
			throw unread(error);
		} finally {
			book.reading = undefined;
		}
	}

	#book(key: string): Book {
		const now = this.#parts.clock.now();
		const day = Math.floor(now / DAY_MS) * DAY_MS;
		const known = this.#books.get(key);
		if (known !== undefined) {
			if (known.day !== day) Object.assign(known, { day, spent: undefined, own: 0, readAt: 0 });
			return known;
		}
		// One entry a person is little, but people come and go.
		if (this.#books.size >= MAX_BOOKS) this.#forgetOne();
		const made: Book = { day, spent: undefined, own: 0, reserved: 0, readAt: 0, reading: undefined };
		this.#books.set(key, made);
		return made;
	}

	#forgetOne(): void {
		for (const [key, book] of this.#books) {
			if (key === ALL || book.reserved > 0 || book.reading !== undefined) continue;
			this.#books.delete(key);
			return;
		}
	}
}

interface Book {
	day: number;
	/** As the ledger said when it was last read. */
	spent: number | undefined;
	/** What went out here since. */
	own: number;
	/** What calls under way may come to. */
	reserved: number;
	readAt: number;
	reading: Promise<void> | undefined;
}

interface Bounded {
	readonly book: Book;
	readonly limit: number;
	readonly person: PersonId | undefined;
}

/** No person is called that. */
const ALL = '';
const DAY_MS = 86_400_000;
/** Other processes spend as well: a budget can be overrun by what they do in this time and the ledger’s. */
const FRESH_MS = 1_000;
const MAX_BOOKS = 5_000;

function overDay({
	whose,
	limit,
	spent,
	until,
	now,
}: {
	whose: string;
	limit: number;
	spent: number;
	until: number;
	now: number;
}): CoreError {
	const hours = Math.max(1, Math.ceil((until - now) / 3_600_000));
	return new CoreError(
		'over-day-budget',
		`The budget ${whose} of ${dollars(limit)} a day leaves too little for this: ${dollars(spent)} is spent.`,
		{
			hint: `Go on after 00:00 UTC, in about ${hours} h, or ask whoever runs this server to raise the budget in ERRAND_MODELS.`,
		},
	);
}

function dollars(microUsd: number): string {
	return `$${(microUsd / 1e6).toFixed(2)}`;
}

function unread(cause: unknown): CoreError {
	return new CoreError('model-unavailable', 'What was spent on models today cannot be looked up, so none is asked.', {
		hint: 'Check the database. Errand tries again by itself.',
		cause,
	});
}
