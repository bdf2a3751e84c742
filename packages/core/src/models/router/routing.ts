import type { IClock } from '../../ports/clock.ts';
import type { ModelRequest } from '../../ports/language-model.ts';
import type { CallBook } from './call-book.ts';
import type { Demand } from './choose-models.ts';
import type { DayBudgets } from './day-budgets.ts';
import type { ModelStand } from './model-stand.ts';
import type { ReplyCache } from './reply-cache.ts';
import type { RequestSize } from './request-size.ts';

/** Routing is what requests are answered with: the models as they stand, budgets, books, and what was said before. */
export interface Routing {
	readonly stands: ReadonlyMap<string, ModelStand>;
	readonly budgets: DayBudgets;
	readonly book: CallBook;
	readonly cache: ReplyCache;
	readonly hedgeAfterMs: number | undefined;
	readonly clock: IClock;
	/** From 0 to 1. */
	readonly chance: () => number;
}

/** Routed is a request, ready to be asked of any model. */
export interface Routed {
	readonly request: ModelRequest;
	readonly size: RequestSize;
	readonly demand: Omit<Demand, 'allowance'>;
}
