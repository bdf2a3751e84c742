import type { Exchange, Push } from '../../domain/exchange/exchange.ts';
import type { TaskId } from '../../domain/ids.ts';
import type { Principal } from './desk.ts';

/** PushRequest is an address that wants to hear how a task stands, with what it is to be shown. */
export interface PushRequest {
	readonly id: string;
	readonly url: string;
	readonly token?: string | undefined;
	readonly authorization?: string | undefined;
}

/**
 * IExchangeDesk keeps what tasks have with agents elsewhere: which context a task belongs to, what was said to it, and who is told how it
 * stands. Each call sees only the principal's own.
 */
export interface IExchangeDesk {
	/** Notes that a task belongs to a context; the second time changes nothing. */
	begin(principal: Principal, task: TaskId, context: string): Promise<Exchange>;
	get(principal: Principal, task: TaskId): Promise<Exchange | undefined>;
	/** False when this message was said before. */
	say(principal: Principal, task: TaskId, message: { id: string; text: string }): Promise<boolean>;
	/** The tasks of a context, latest first. */
	ofContext(principal: Principal, context: string, limit: number): Promise<readonly TaskId[]>;
	/** Refused with `not-possible` past ten for a task, and for addresses that can never be posted to. */
	setPush(principal: Principal, task: TaskId, push: PushRequest): Promise<Push>;
	deletePush(principal: Principal, task: TaskId, id: string): Promise<void>;
}
