import type { Exchange } from '../domain/exchange/exchange.ts';
import type { TaskView } from '../domain/task/view.ts';
import type { PostOutcome } from './webhook-sender.ts';

/** Telling is a word on how a task stands, on its way to an address that wants to hear it. */
export interface Telling {
	readonly url: string;
	readonly exchange: Exchange;
	readonly view: TaskView;
	/** Shown to the address, so that it knows who calls. */
	readonly token?: string | undefined;
	readonly authorization?: string | undefined;
	readonly signal: AbortSignal;
}

/**
 * IExchangeTeller posts how tasks stand to addresses that agents elsewhere gave. `check` throws CoreError for an address that can never be
 * posted to. `tell` takes what the receiver does for an outcome; it rejects only with the reason of the signal.
 */
export interface IExchangeTeller {
	check(url: string): void;
	tell(telling: Telling): Promise<PostOutcome>;
}
