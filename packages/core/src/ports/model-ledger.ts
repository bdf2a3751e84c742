import type { PersonId, StepId, TaskId } from '../domain/ids.ts';
import type { Complexity } from './language-model.ts';

/** ModelCall is one call to a provider and what it cost, whether or not anything came of it. */
export interface ModelCall {
	readonly id: string;
	/** When it began, ms since 1970. */
	readonly at: number;
	readonly person?: PersonId | undefined;
	readonly taskId?: TaskId | undefined;
	readonly stepId?: StepId | undefined;
	readonly purpose: string;
	readonly complexity: Complexity;
	readonly provider: string;
	readonly model: string;
	/** Why this one, in a few words. */
	readonly reason: string;
	readonly inputTokens: number;
	readonly cachedTokens: number;
	readonly outputTokens: number;
	readonly microUsd: number;
	readonly ms: number;
	/** The first word came after so many ms. */
	readonly firstMs?: number | undefined;
	readonly outcome: 'ok' | 'failed' | 'cancelled' | 'cached';
	/** The code of its error. */
	readonly error?: string | undefined;
}

/** ModelTranscript is a request and its reply whole, secrets redacted. */
export interface ModelTranscript {
	readonly request: string;
	readonly reply: string;
	/** When it is deleted, ms since 1970. */
	readonly until: number;
}

/** SpendingQuery picks calls of [from, to), ms since 1970. */
export interface SpendingQuery {
	readonly from: number;
	readonly to: number;
	readonly person?: PersonId | undefined;
	readonly taskId?: TaskId | undefined;
}

/** SpendingBy is what calls are added up by: UTC day (`2026-11-21`), model (`provider/model`), purpose, person, task or step (`task.step`). */
export type SpendingBy = 'day' | 'model' | 'purpose' | 'person' | 'task' | 'step';

/** SumsQuery asks for sums of calls. */
export interface SumsQuery extends SpendingQuery {
	readonly by: SpendingBy;
}

/** CallsQuery asks for a page of calls; `before` is the id of the last one of the page before. */
export interface CallsQuery extends SpendingQuery {
	readonly before?: string | undefined;
	readonly limit: number;
}

/** Spending is a sum over calls with the same `key`. */
export interface Spending {
	readonly key: string;
	readonly calls: number;
	readonly inputTokens: number;
	readonly cachedTokens: number;
	readonly outputTokens: number;
	readonly microUsd: number;
}

/**
 * IModelLedger is the book of what providers were paid. `record` returns at once; entries are written within a second and survive the
 * process once written. `spent` counts entries that are not yet written, too, and what other processes
 * recorded counts within two seconds: a budget can be overrun by what all of them spend in that time.
 */
export interface IModelLedger {
	record(call: ModelCall, transcript?: ModelTranscript): void;
	/** By day the earliest first, else the dearest; the key is empty where a call has none. */
	sums(query: SumsQuery): Promise<readonly Spending[]>;
	/** What was spent in all, micro-dollars. */
	spent(query: SpendingQuery): Promise<number>;
	/** Newest first. */
	calls(query: CallsQuery): Promise<readonly ModelCall[]>;
	/** Where a person is given, of a call of theirs only. */
	transcript(call: string, person?: PersonId): Promise<ModelTranscript | undefined>;
	/** Forgets whose calls they were, and what was said in them; the sums stay. */
	eraseOf(person: PersonId): Promise<void>;
}
