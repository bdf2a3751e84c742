import type { TaskId } from '../domain/ids.ts';

/** SessionLease says that this worker alone may use the browser of a task. */
export interface SessionLease {
	readonly task: TaskId;
	/** Aborts before anybody else can have it: whatever this worker does in the browser must end then. */
	readonly lost: AbortSignal;
}

/** SessionClaim is the lease, or the living worker that has it. */
export type SessionClaim =
	| { readonly kind: 'held'; readonly lease: SessionLease }
	| { readonly kind: 'elsewhere'; readonly worker: string };

/** SessionEvents are what a worker hears about the sessions it holds. */
export interface SessionEvents {
	/** The task is over: its browser is to be closed. The lease is given back once this resolves. */
	closing(task: TaskId): Promise<void>;
	/** All leases are over, because they could not be renewed in time: every browser must be gone at once. */
	lapsed(): void;
}

/**
 * ISessionLeases share the browsers of tasks among workers. One worker has a task's browser for as long as it lives and
 * can say so; what the browser remembers is kept beside the lease, and only who holds it can change it.
 */
export interface ISessionLeases {
	/**
	 * Takes the sessions of a task, or finds that this worker has them already. Where another worker has them, waits until
	 * that one is known to live, or its lease is over. Rejects when it cannot be found out, or the signal fires.
	 */
	claim(task: TaskId, signal: AbortSignal): Promise<SessionClaim>;
	/** What was saved of a task under this name. */
	load(task: TaskId, name: string): Promise<string | undefined>;
	/** Keeps it for whoever has the sessions next; nothing happens where they are no longer this worker's. */
	save(task: TaskId, name: string, state: string): Promise<void>;
	/** Tasks whose sessions this worker holds. */
	held(): readonly TaskId[];
	/** Hears of tasks that are over, and of leases that are. */
	start(events: SessionEvents): void;
	/** Gives back all leases, so that others need not wait for their end; what was saved stays. Safe to call twice. */
	stop(): Promise<void>;
}
