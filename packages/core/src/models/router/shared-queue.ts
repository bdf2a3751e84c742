import { randomUUID } from 'node:crypto';
import { CoreError } from '../../domain/errors.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ISharedTurns } from '../../ports/shared-turns.ts';
import { FairQueue } from './fair-queue.ts';
import type { ProviderLimits } from './routed-model.ts';

/** SharedEntry asks for a turn among all processes. */
export interface SharedEntry {
	readonly person: string;
	readonly tokens: number;
	readonly signal: AbortSignal;
	/** It had rather know than wait long: another provider may be free. */
	readonly isImpatient?: boolean | undefined;
}

/** GiveBack ends a turn, with what the call came to. */
export type GiveBack = (tokens: number | undefined) => void;

interface Waiter extends SharedEntry {
	readonly id: string;
	isGone: boolean;
	enter(giveBack: GiveBack): void;
	refuse(error: Error): void;
}

/**
 * SharedQueue is where calls that this process would make wait until all processes together may make them. Only the first in the
 * line asks, again and again, so that however many wait, the others are hardly disturbed.
 */
export class SharedQueue {
	readonly #parts: {
		readonly name: string;
		readonly limits: ProviderLimits;
		readonly turns: ISharedTurns;
		readonly clock: IClock;
	};
	readonly #queue = new FairQueue<Waiter>();
	#asks = false;
	#isStopped = false;
	/** As far as was last heard. */
	#fullUntil = 0;
	#givenAt = 0;
	#wake: (() => void) | undefined;

	constructor(parts: {
		readonly name: string;
		readonly limits: ProviderLimits;
		readonly turns: ISharedTurns;
		readonly clock: IClock;
	}) {
		this.#parts = parts;
	}

	/** How long a call would have to wait for the calls of others, as far as was last heard. */
	get waitMs(): number {
		return Math.max(0, this.#fullUntil - this.#parts.clock.now());
	}

	/** Resolves when it is one's turn; rejects as a gate does, and with `isFull` set where one is not patient enough to wait. */
	enter(entry: SharedEntry): Promise<GiveBack> {
		const { signal, person } = entry;
		return new Promise((resolve, reject) => {
			const onAbort = () => {
				waiter.isGone = true;
				this.#queue.remove(person, waiter);
				reject(calledOff(this.#parts.name));
			};
			const waiter: Waiter = {
				...entry,
				id: randomUUID(),
				isGone: false,
				enter: (giveBack) => {
					signal.removeEventListener('abort', onAbort);
					resolve(giveBack);
				},
				refuse: (error) => {
					waiter.isGone = true;
					signal.removeEventListener('abort', onAbort);
					reject(error);
				},
			};
			if (signal.aborted || this.#isStopped) return reject(calledOff(this.#parts.name));
			signal.addEventListener('abort', onAbort, { once: true });
			if (this.#queue.size === 0) this.#givenAt = this.#parts.clock.now();
			this.#queue.add(person, waiter);
			void this.#askInTurn();
		});
	}

	/** Sends home who waits. */
	stop(): void {
		this.#isStopped = true;
		for (let next = this.#queue.take(); next !== undefined; next = this.#queue.take()) {
			next.refuse(calledOff(this.#parts.name));
		}
		this.#wake?.();
	}

	async #askInTurn(): Promise<void> {
		if (this.#asks) return;
		this.#asks = true;
		for (let next = this.#queue.peek(); next !== undefined; next = this.#queue.peek()) await this.#askFor(next);
		this.#asks = false;
	}

	async #askFor(next: Waiter): Promise<void> {
		const { name: provider, limits, turns, clock } = this.#parts;
		const { id, tokens } = next;
		const answer = await turns.take({ provider, id, tokens, limits });
		this.#learn(answer === undefined ? 0 : (answer.waitMs ?? USUAL_CALL_MS));
		if (next.isGone) return turns.callOff(provider, id);
		if (answer === undefined || answer.given) {
			// Only here is anything taken, so it is still the first.
			this.#queue.take();
			this.#givenAt = clock.now();
			return next.enter(this.#giverBack(id));
		}
		if (this.waitMs > IMPATIENT_MS) this.#refuse(({ isImpatient }) => isImpatient === true);
		if (clock.now() - this.#givenAt > PATIENCE_MS) this.#refuse(() => true);
		if (this.#queue.size > 0)
			await this.#rest(Math.min(Math.max(answer.waitMs ?? ASK_AGAIN_MS, LEAST_REST_MS), MOST_REST_MS));
	}

	#learn(waitMs: number): void {
		this.#fullUntil = waitMs === 0 ? 0 : this.#parts.clock.now() + waitMs;
	}

	#giverBack(id: string): GiveBack {
		let gone = false;
		return (tokens) => {
			if (gone) return;
			gone = true;
			this.#parts.turns.giveBack(this.#parts.name, id, tokens);
			this.#wake?.();
		};
	}

	#rest(ms: number): Promise<void> {
		return new Promise((resolve) => {
			const stop = this.#parts.clock.after(ms, () => this.#wake?.());
			this.#wake = () => {
				this.#wake = undefined;
				stop();
				resolve();
			};
		});
	}

	#refuse(isMeant: (waiter: Waiter) => boolean): void {
		const staying: Waiter[] = [];
		for (let next = this.#queue.take(); next !== undefined; next = this.#queue.take()) {
			if (isMeant(next)) next.refuse(this.#full());
			else staying.push(next);
		}
		for (const waiter of staying) this.#queue.add(waiter.person, waiter);
	}

	#full(): CoreError {
		const error = new CoreError(
			'model-unavailable',
			`All processes of this Errand together ask as much of the provider ${this.#parts.name} as they may.`,
			{ hint: 'Wait, or raise the limits of this provider. Errand tries again by itself.' },
		);
		return Object.assign(error, { retryAfterMs: Math.max(BUSY_RETRY_MS, this.waitMs), isFull: true });
	}
}

/** isFull tells a refusal of somebody impatient from a failure. */
export function isFull(error: unknown): boolean {
	return error instanceof CoreError && 'isFull' in error;
}

/** When another call ends, elsewhere, nobody says. */
const ASK_AGAIN_MS = 60;
const LEAST_REST_MS = 10;
const MOST_REST_MS = 1_000;
/** Waiting a moment beats another model. */
const IMPATIENT_MS = 2_500;
const USUAL_CALL_MS = 2_000;
const PATIENCE_MS = 600_000;
const BUSY_RETRY_MS = 10_000;

function calledOff(name: string): CoreError {
	return new CoreError('cancelled', `Waiting for a turn at ${name} was called off.`, {
		hint: 'Ask again if it is still wanted.',
	});
}
