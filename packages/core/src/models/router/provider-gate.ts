import { CoreError } from '../../domain/errors.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ISharedTurns } from '../../ports/shared-turns.ts';
import { FairQueue } from './fair-queue.ts';
import { type RateEntry, RateWindow } from './rate-window.ts';
import type { ProviderLimits } from './routed-model.ts';
import { SharedQueue } from './shared-queue.ts';

/** Turn is leave to make one call. `leave` gives it back, once; it corrects what was reckoned for it to what it came to. */
export interface Turn {
	leave(tokens?: number): void;
}

/** Entry asks for a turn: for whom, and how many tokens the call may come to. */
export interface Entry {
	readonly person: string;
	readonly tokens: number;
	readonly signal: AbortSignal;
	/** Hears when it has to wait. */
	readonly onWait?: (() => void) | undefined;
	/** It is not to wait long for calls of other processes: another provider may be free. */
	readonly isImpatient?: boolean | undefined;
}

interface OwnTurn extends Turn {
	/** Gives it back where the call was never made: then it counts no more. */
	callOff(): void;
}

interface Waiter {
	readonly tokens: number;
	readonly person: string;
	readonly enter: (turn: OwnTurn) => void;
	readonly refuse: (error: Error) => void;
}

/**
 * ProviderGate keeps the calls to one provider within its limits. Those who have to wait go in turn by person. After the provider
 * said that it is too much (429), nobody is let in for as long as it wishes, and fewer at once after that; each answer lets
 * the number grow again.
 */
export class ProviderGate {
	readonly #clock: IClock;
	readonly #name: string;
	readonly #rate: RateWindow;
	readonly #most: number;
	readonly #chance: () => number;
	readonly #shared: SharedQueue | undefined;
	readonly #tell: ((forMs: number) => void) | undefined;
	readonly #queue = new FairQueue<Waiter>();
	/** How many may run at once just now. */
	#width: number;
	#answers = 0;
	#refusals = 0;
	#running = 0;
	/** What those who wait may come to together. */
	#queuedTokens = 0;
	#pausedUntil = 0;
	#movedAt = 0;
	#stopTimer: (() => void) | undefined;
	#stopPatience: (() => void) | undefined;

	constructor(parts: {
		readonly name: string;
		readonly limits: ProviderLimits;
		readonly clock: IClock;
		readonly chance?: (() => number) | undefined;
		/** Where other processes ask the same provider. */
		readonly turns?: ISharedTurns | undefined;
	}) {
		const { name, limits, clock, chance = Math.random, turns } = parts;
		this.#shared = turns && hasBounds(limits) ? new SharedQueue({ name, limits, turns, clock }) : undefined;
		this.#tell = turns && ((forMs) => turns.tell({ kind: 'too-much', provider: name, forMs }));
		this.#name = name;
		this.#clock = clock;
		this.#chance = chance;
		this.#most = limits.concurrency ?? Number.POSITIVE_INFINITY;
		this.#width = this.#most;
		this.#rate = new RateWindow({
			requests: limits.requestsPerMinute,
			tokens: limits.tokensPerMinute,
			windowMs: WINDOW_MS,
		});
	}

	get running(): number {
		return this.#running;
	}

	get waiting(): number {
		return this.#queue.size;
	}

	/** Until when the provider wants to be left alone for so long that nobody waits for it; 0 for not at all. */
	get shutUntil(): number {
		return this.#isShut ? this.#pausedUntil : 0;
	}

	/** About how long a call would have to wait now, by the rates and by a guess at those before it. */
	waitMs(tokens: number): number {
		const now = this.#clock.now();
		const paused = Math.max(0, this.#pausedUntil - now);
		const full = this.#running >= this.#width ? (1 + this.#queue.size / Math.max(1, this.#width)) * USUAL_CALL_MS : 0;
		const ahead = { requests: this.#queue.size, tokens: this.#queuedTokens };
		return Math.max(paused, full, this.#rate.waitMs(tokens, now, ahead), this.#shared?.waitMs ?? 0);
	}

	/** Lets one in at once, if nobody waits and nothing stands against it; not where other processes have a say. */
	tryEnter(tokens: number): Turn | undefined {
		return this.#shared === undefined ? this.#tryEnterHere(tokens) : undefined;
	}

	#tryEnterHere(tokens: number): OwnTurn | undefined {
		return this.#queue.size === 0 && this.#obstacleMs(tokens) === 0 ? this.#let(tokens) : undefined;
	}

	/** Resolves when it is one's turn; rejects with `cancelled`, or `model-unavailable` where too many wait or nothing moves. */
	async enter(entry: Entry): Promise<Turn> {
		const turn = await this.#enterHere(entry);
		if (this.#shared === undefined) return turn;
		try {
			const giveBack = await this.#shared.enter(entry);
			return {
				leave: (tokens) => {
					giveBack(tokens);
					turn.leave(tokens);
				},
			};
		} catch (error) {
			turn.callOff();
			throw error;
		}
	}

	#enterHere({ person, tokens, signal, onWait }: Entry): Promise<OwnTurn> {
		if (signal.aborted) return Promise.reject(calledOff(this.#name));
		const at = this.#tryEnterHere(tokens);
		if (at !== undefined) return Promise.resolve(at);
		if (this.#queue.size >= MAX_WAITING || this.#isShut) return Promise.reject(this.#tooBusy());
		onWait?.();
		return new Promise((resolve, reject) => {
			const onAbort = () => {
				this.#queue.remove(person, waiter);
				this.#queuedTokens -= tokens;
				reject(calledOff(this.#name));
				this.#pump();
			};
			const waiter: Waiter = {
				person,
				tokens,
				enter: (turn) => {
					signal.removeEventListener('abort', onAbort);
					resolve(turn);
				},
				refuse: (error) => {
					signal.removeEventListener('abort', onAbort);
					reject(error);
				},
			};
			signal.addEventListener('abort', onAbort, { once: true });
			if (this.#queue.size === 0) this.#movedAt = this.#clock.now();
			this.#queue.add(person, waiter);
			this.#queuedTokens += tokens;
			this.#pump();
		});
	}

	/** The provider said that it is too much, and for how long it wants to be left alone, if it said that. */
	tooMuch(retryAfterMs: number | undefined): void {
		this.#refusals += 1;
		const waitMs = retryAfterMs ?? Math.min(FIRST_PAUSE_MS * 2 ** (this.#refusals - 1), MAX_PAUSE_MS);
		this.#tell?.(waitMs);
		this.leaveAlone(waitMs);
	}

	/** The provider wants to be left alone for so long, as this or another process was told. */
	leaveAlone(waitMs: number): void {
		const now = this.#clock.now();
		this.#answers = 0;
		// One refusal after the other of those that were under way together is one storm.
		const isNew = this.#pausedUntil <= now;
		const most = Math.min(waitMs, MOST_PAUSE_MS) * (1 + this.#chance() * JITTER);
		this.#pausedUntil = Math.max(this.#pausedUntil, now + most);
		if (isNew) this.#width = Math.max(this.#least, Math.floor(Math.min(this.#width, this.#running) / 2));
		// Nobody waits that long for one provider: another may do, or the task tries again.
		if (this.#isShut) this.#turnAway();
		this.#pump();
	}

	/** The provider answered: whatever it said about a long time, it has time now. */
	answered(): void {
		this.#refusals = 0;
		if (this.#isShut) {
			this.#pausedUntil = 0;
			this.#pump();
		}
		if (this.#width >= this.#most) return;
		this.#answers += 1;
		if (this.#answers < this.#width) return;
		this.#answers = 0;
		// Where there is no bound, twenty in a row show that there is room again.
		this.#width = this.#most === Number.POSITIVE_INFINITY && this.#width >= FREE_WIDTH ? this.#most : this.#width + 1;
		this.#pump();
	}

	/** Turns away all who wait. */
	stop(): void {
		this.#shared?.stop();
		for (let waiter = this.#take(); waiter !== undefined; waiter = this.#take()) {
			waiter.refuse(calledOff(this.#name));
		}
		this.#stopTimer?.();
		this.#stopPatience?.();
	}

	/** How long from now until the next may be let in; Infinity until another leaves. */
	#obstacleMs(tokens: number): number {
		if (this.#running >= this.#width) return Number.POSITIVE_INFINITY;
		const now = this.#clock.now();
		return Math.max(0, this.#pausedUntil - now, this.#rate.waitMs(tokens, now));
	}

	#let(tokens: number): OwnTurn {
		const entry: RateEntry = this.#rate.add(tokens, this.#clock.now());
		this.#running += 1;
		let gone = false;
		const end = (account: () => void) => {
			if (gone) return;
			gone = true;
			this.#running -= 1;
			account();
			this.#movedAt = this.#clock.now();
			this.#pump();
		};
		return {
			leave: (real) => end(() => real !== undefined && this.#rate.correct(entry, real)),
			callOff: () => end(() => this.#rate.drop(entry)),
		};
	}

	#pump(): void {
		this.#stopTimer?.();
		this.#stopTimer = undefined;
		for (let next = this.#queue.peek(); next !== undefined; next = this.#queue.peek()) {
			const waitMs = this.#obstacleMs(next.tokens);
			if (waitMs > 0) {
				if (waitMs !== Number.POSITIVE_INFINITY) this.#stopTimer = this.#clock.after(waitMs, () => this.#pump());
				break;
			}
			this.#take();
			this.#movedAt = this.#clock.now();
			next.enter(this.#let(next.tokens));
		}
		this.#bePatient();
	}

	#take(): Waiter | undefined {
		const next = this.#queue.take();
		this.#queuedTokens -= next?.tokens ?? 0;
		return next;
	}

	/** A line in which nobody moves for very long is sent home. */
	#bePatient(): void {
		if (this.#queue.size === 0) {
			this.#stopPatience?.();
			this.#stopPatience = undefined;
		} else this.#stopPatience ??= this.#clock.after(PATIENCE_MS, () => this.#loseOrKeepPatience());
	}

	#loseOrKeepPatience(): void {
		this.#stopPatience = undefined;
		const left = this.#movedAt + PATIENCE_MS - this.#clock.now();
		if (left > 0) {
			this.#stopPatience = this.#clock.after(left, () => this.#loseOrKeepPatience());
			return;
		}
		this.#turnAway();
	}

	#turnAway(): void {
		for (let waiter = this.#take(); waiter !== undefined; waiter = this.#take()) {
			waiter.refuse(this.#tooBusy());
		}
	}

	/** One long reply must not keep all others from a provider that nobody set a limit for. */
	get #least(): number {
		return this.#most === Number.POSITIVE_INFINITY ? FREE_LEAST : 1;
	}

	get #isShut(): boolean {
		return this.#pausedUntil - this.#clock.now() > LONG_PAUSE_MS;
	}

	#tooBusy(): CoreError {
		const error = new CoreError(
			'model-unavailable',
			`The provider ${this.#name} has more to do than it may take: ${this.#running} calls run and ${this.#queue.size} wait.`,
			{ hint: 'Wait, or raise the limits of this provider. Errand tries again by itself.' },
		);
		return Object.assign(error, { retryAfterMs: Math.max(BUSY_RETRY_MS, this.#pausedUntil - this.#clock.now()) });
	}
}

/** A call may take longer to arrive than the next one; the provider's minute must not see more for that. */
const WINDOW_MS = 60_250;
const USUAL_CALL_MS = 2_000;
const MAX_WAITING = 2_000;
/** Models at home answer one after the other, and slowly. */
const PATIENCE_MS = 600_000;
const BUSY_RETRY_MS = 10_000;
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 20_000;
const LONG_PAUSE_MS = 25_000;
/** Whoever wants to be left alone for longer is asked once in a while: what one call was told may not hold for all. */
const MOST_PAUSE_MS = 30_000;
const FREE_LEAST = 4;
const JITTER = 0.2;
const FREE_WIDTH = 20;

function hasBounds({ concurrency, requestsPerMinute, tokensPerMinute }: ProviderLimits): boolean {
	return (concurrency ?? requestsPerMinute ?? tokensPerMinute) !== undefined;
}

function calledOff(name: string): CoreError {
	return new CoreError('cancelled', `Waiting for a turn at ${name} was called off.`, {
		hint: 'Ask again if it is still wanted.',
	});
}
