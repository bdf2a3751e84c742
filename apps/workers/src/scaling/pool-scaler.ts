import { describeError, isCoreError } from '@errand/core/domain/errors.ts';
import { chooseLeaving } from '@errand/core/domain/scaling/choose-leaving.ts';
import { decideSize, type PoolState, type SizeDecision } from '@errand/core/domain/scaling/decide-size.ts';
import type { PoolRules } from '@errand/core/domain/scaling/pool-rules.ts';
import { countOf } from '@errand/core/domain/scaling/starts.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { Lease } from '@errand/core/ports/lease.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { IScalingBackend, WorkerPlace } from '@errand/core/ports/scaling-backend.ts';
import type { IWorkerRegistry, RegisteredWorker } from '@errand/core/ports/worker-registry.ts';
import type { PoolSight } from './pool-sight.ts';

/** ScalingAction is what was done to a pool. */
export type ScalingAction = 'grow' | 'shrink' | 'tidy';

/** ScalingObserver hears what the autoscaler decides and does, to count it. */
export interface ScalingObserver {
	decided(pool: string, size: { live: number; starting: number; leaving: number; desired: number }): void;
	acted(pool: string, action: ScalingAction, workers: number): void;
	failed(pool: string): void;
	/** Another process decides from now on. */
	ended(): void;
}

/** PoolScalerOptions is what scaling one pool takes. */
export interface PoolScalerOptions {
	readonly pool: string;
	readonly rules: PoolRules;
	readonly backend: IScalingBackend;
	readonly registry: Pick<IWorkerRegistry, 'order'>;
	/** Nothing is sent once it is lost. */
	readonly lease: Lease;
	readonly observer: ScalingObserver;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** PoolScaler brings one pool to the size that the policy decides, as long as its lease is held. */
export class PoolScaler {
	readonly #options: PoolScalerOptions;
	/** Who was told to go, until they are gone. */
	readonly #leaving = new Map<string, { place: WorkerPlace; since: number; seenAt: number }>();
	#known: ReadonlySet<string> | undefined;
	#state: PoolState | undefined;
	#decision: SizeDecision | undefined;
	#surplusSince: number | undefined;
	#quietUntil = Number.NEGATIVE_INFINITY;
	#failures = 0;
	#looking: Promise<void> | undefined;

	constructor(options: PoolScalerOptions) {
		this.#options = options;
	}

	/** The last decision, after the first look. */
	get decision(): SizeDecision | undefined {
		return this.#decision;
	}

	isLeaving(worker: string): boolean {
		return this.#leaving.has(worker);
	}

	/** Looks, decides and acts. A look while another is under way is left out. Never rejects. */
	look(sight: PoolSight, fixed: number | undefined): Promise<void> {
		const { clock, lease } = this.#options;
		if (lease.lost.aborted || clock.now() < this.#quietUntil) return Promise.resolve();
		this.#looking ??= this.#look(sight, fixed)
			.then(
				() => {
					this.#failures = 0;
				},
				(error: unknown) => this.#failed(error),
			)
			.finally(() => {
				this.#looking = undefined;
			});
		return this.#looking;
	}

	async #look(sight: PoolSight, fixed: number | undefined): Promise<void> {
		const { pool, rules, backend, observer, clock, lease, log } = this.#options;
		const current = await backend.current(pool);
		if (lease.lost.aborted) return;
		const now = clock.now();
		this.#noteLeaving(sight.members, now);
		const joined = this.#joined(sight.members);
		// A platform that drains has struck them from its count already.
		const counted = (backend.drains ? sight.members.filter((each) => !this.#isGoing(each)) : sight.members).filter(
			(each) => backend.runs?.(each) !== false,
		);
		const load = {
			capabilities: sight.capabilities,
			live: sight.serving.length,
			starting: Math.max(0, current - counted.length),
			joined,
		};
		const paused = sight.members.filter((each) => each.paused && !this.#isGoing(each)).length;
		const bounded = { ...rules, max: Math.max(0, rules.max - paused), min: Math.min(rules.min, rules.max - paused) };
		const before = this.#decision;
		const decision = decideSize({ load, rules: bounded, now, fixed }, this.#state);
		// An order that fails half-way was given all the same: what does not come of it is noticed and ordered again.
		this.#state = decision.state;
		this.#decision = decision;
		const { desired, have, reason } = decision;
		if (desired !== have) {
			log.info('pool is scaled', { pool, from: have, to: desired, reason, needed: decision.needed });
		} else if (reason !== before?.reason && reason === 'starts-fail') {
			log.warn('workers of the pool do not come', { pool, ordered: decision.state.starts.failures });
		}
		observer.decided(pool, { live: load.live, starting: have - load.live, leaving: this.#leaving.size, desired });
		if (desired > have) await this.#grow(current, desired - have, sight);
		else if (desired < have) await this.#shrink(current, have - desired, sight);
		else await this.#tidy(current, counted.length + countOf(decision.state.starts.orders), sight);
	}

	async #grow(current: number, more: number, { members }: PoolSight): Promise<void> {
		const { pool, backend, observer, lease } = this.#options;
		await backend.scaleTo(pool, current + more, { leaving: [], keep: members, signal: lease.lost });
		observer.acted(pool, 'grow', more);
	}

	/** Workers drain before they go; those that have not come yet have nothing to drain. */
	async #shrink(current: number, fewer: number, { members, serving }: PoolSight): Promise<void> {
		const { pool, backend, registry, observer, lease, clock } = this.#options;
		const chosen = chooseLeaving(
			serving.map((each) => ({ ...each, running: each.running.length, sessions: each.sessions.length })),
			fewer,
		);
		const since = clock.now();
		const unborn = fewer - chosen.length;
		const leave = ({ worker, host, pid }: WorkerPlace) =>
			this.#leaving.set(worker, { place: { worker, host, pid }, since, seenAt: since });
		const chosenNames = new Set(chosen.map(({ worker }) => worker));
		const keep = members.filter(({ worker }) => !chosenNames.has(worker) && !this.#leaving.has(worker));
		if (backend.drains) {
			await backend.scaleTo(pool, current - fewer, { leaving: chosen, keep, signal: lease.lost });
			chosen.forEach(leave);
		} else {
			for (const worker of chosen) {
				if (lease.lost.aborted) return;
				await registry.order(worker.worker, 'drain').catch((error: unknown) => {
					// One that died meanwhile has gone already.
					if (!isCoreError(error, 'not-found')) throw error;
				});
				leave(worker);
			}
			if (unborn > 0) await backend.scaleTo(pool, current - unborn, { leaving: [], keep: members, signal: lease.lost });
		}
		observer.acted(pool, 'shrink', fewer);
	}

	/** Ends what should have ended by itself: drained workers that hang, ones that drain for too long, ones that never came. */
	async #tidy(current: number, accountedFor: number, { members }: PoolSight): Promise<void> {
		const { pool, backend, observer, lease, log, clock } = this.#options;
		const now = clock.now();
		const stuck = backend.drains
			? []
			: [...this.#leaving.values()].filter(({ place, since }) => {
					return now - since > DRAIN_WITHIN_MS && members.some(({ worker }) => worker === place.worker);
				});
		const surplus = Math.max(0, current - accountedFor);
		if (surplus === 0) this.#surplusSince = undefined;
		else this.#surplusSince ??= now;
		const isOld = this.#surplusSince !== undefined && now - this.#surplusSince > TIDY_AFTER_MS;
		const extra = (isOld ? surplus : 0) + stuck.length;
		if (extra === 0) return;
		const going = [...this.#leaving.values()].map(({ place }) => place);
		const ended = new Set(stuck.map(({ place }) => place.worker));
		const keep = members.filter(({ worker }) => !ended.has(worker));
		log.warn('workers are ended that did not go by themselves', { pool, workers: extra });
		await backend.scaleTo(pool, current - extra, { leaving: going, keep, signal: lease.lost });
		this.#surplusSince = undefined;
		observer.acted(pool, 'tidy', extra);
	}

	#isGoing({ worker, state }: RegisteredWorker): boolean {
		return state === 'SHUTDOWN' || this.#leaving.has(worker);
	}

	#noteLeaving(members: readonly RegisteredWorker[], now: number): void {
		const states = new Map(members.map(({ worker, state }) => [worker, state]));
		for (const [name, entry] of this.#leaving) {
			const state = states.get(name);
			if (state !== undefined) entry.seenAt = now;
			// The platform chose another one, or the order was lost: it is told again when the pool is still too large.
			const stayed = state !== undefined && state !== 'SHUTDOWN' && now - entry.since > STAYED_AFTER_MS;
			if (stayed || now - entry.seenAt > FORGOTTEN_AFTER_MS) this.#leaving.delete(name);
		}
		for (const { worker, host, pid, state } of members) {
			if (state !== 'SHUTDOWN' || this.#leaving.has(worker)) continue;
			this.#leaving.set(worker, { place: { worker, host, pid }, since: now, seenAt: now });
		}
	}

	/** Who was there at the first look did not join. */
	#joined(members: readonly RegisteredWorker[]): number {
		const known = this.#known;
		this.#known = new Set(members.map(({ worker }) => worker));
		return known === undefined ? 0 : members.filter(({ worker }) => !known.has(worker)).length;
	}

	#failed(error: unknown): void {
		const { pool, clock, log, observer, lease } = this.#options;
		if (lease.lost.aborted) return;
		const waitMs = Math.min(MAX_QUIET_MS, 1_000 * 2 ** this.#failures++);
		this.#quietUntil = clock.now() + waitMs;
		observer.failed(pool);
		const hint = isCoreError(error) ? error.hint : undefined;
		log.error('pool could not be scaled', { pool, error: describeError(error), hint, againInMs: waitMs });
	}
}

/** Surplus on the platform that lasts this long does not go by itself. */
const TIDY_AFTER_MS = 10_000;
const DRAIN_WITHIN_MS = 600_000;
const STAYED_AFTER_MS = 60_000;
const FORGOTTEN_AFTER_MS = 120_000;
const MAX_QUIET_MS = 30_000;
