import { CoreError } from '@errand/core/domain/errors.ts';
import type { PoolRules } from '@errand/core/domain/scaling/pool-rules.ts';
import type { IWorkerPools, WorkerPool } from '@errand/core/orchestrator/desks/cluster.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { QueueDepth } from '@errand/core/ports/job-queue.ts';
import type { ILeases, Lease } from '@errand/core/ports/lease.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { INote } from '@errand/core/ports/note.ts';
import type { IScalingBackend } from '@errand/core/ports/scaling-backend.ts';
import type { IWorkerRegistry } from '@errand/core/ports/worker-registry.ts';
import { PoolScaler, type ScalingObserver } from './pool-scaler.ts';
import { seePools } from './pool-sight.ts';
import { SizeNotes } from './size-notes.ts';

/** AutoscalerOptions is what an autoscaler works with. */
export interface AutoscalerOptions {
	readonly pools: ReadonlyMap<string, PoolRules>;
	readonly backend: IScalingBackend;
	readonly registry: Pick<IWorkerRegistry, 'list' | 'order'>;
	/** What waits and runs in the whole cluster. */
	readonly depths: () => readonly QueueDepth[] | Promise<readonly QueueDepth[]>;
	readonly leases: ILeases;
	/** Kept for all processes: what an owner asked for. */
	readonly note: (name: string) => INote;
	/** What a job of a capability takes, where it is known. */
	readonly serviceMs?: ((capability: string) => number | undefined) | undefined;
	readonly observer: ScalingObserver;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** The lease of the one process that scales. */
const AUTOSCALER_LEASE = 'autoscaler';
const LOOK_EVERY_MS = 1_000;

/**
 * Autoscaler gives each pool as many workers as its load calls for. All gateways have one; only the holder of the lease acts, and
 * nothing it decided is sent once the lease is lost.
 */
export class Autoscaler implements IWorkerPools {
	readonly #options: AutoscalerOptions;
	readonly #sizes: SizeNotes;
	#withdraw: (() => Promise<void>) | undefined;
	#scalers: ReadonlyMap<string, PoolScaler> | undefined;
	#look: (() => void) | undefined;

	constructor(options: AutoscalerOptions) {
		this.#options = options;
		this.#sizes = new SizeNotes(options.note);
	}

	/** Stands for the lease from now on. */
	start(): void {
		this.#withdraw ??= this.#options.leases.campaign(AUTOSCALER_LEASE, (lease) => this.#lead(lease));
	}

	/** Gives the lease to another process; workers stay as they are, except those that cannot outlive this one. */
	async stop(): Promise<void> {
		await this.#withdraw?.();
		await this.#options.backend.close();
	}

	async list(): Promise<readonly WorkerPool[]> {
		const { pools, backend, registry } = this.#options;
		const runs = backend.describe();
		const workers = registry.list();
		return Promise.all(
			[...pools].map(async ([name, { min, max }]) => {
				const { fixed, decided } = await this.#sizes.load(name);
				const current = workers.filter(({ pool, state }) => pool === name && state !== 'SHUTDOWN').length;
				const wanted = this.#scalers?.get(name)?.decision?.desired ?? fixed ?? decided ?? current;
				const scaled = fixed === undefined ? ('auto' as const) : ('by-hand' as const);
				return { name, runs, current, wanted, scaled, min, max };
			}),
		);
	}

	async scaleTo(pool: string, size: number | 'auto'): Promise<void> {
		const rules = this.#options.pools.get(pool);
		if (rules === undefined) {
			const names = [...this.#options.pools.keys()].join(', ');
			throw new CoreError('not-found', `There is no pool "${pool}".`, { hint: `The pools are: ${names}.` });
		}
		if (size !== 'auto' && !(Number.isInteger(size) && size >= 0 && size <= rules.max)) {
			throw new CoreError(
				'invalid-input',
				`The pool "${pool}" cannot have ${size} workers: it has room for 0 to ${rules.max}.`,
				{
					hint: 'Ask for fewer, or raise its max in ERRAND_SCALING and start the gateways again.',
				},
			);
		}
		await this.#sizes.fix(pool, size === 'auto' ? undefined : size);
		this.#look?.();
	}

	#lead(lease: Lease): void {
		const { pools, clock, log, observer } = this.#options;
		const scalers = new Map(
			[...pools].map(([pool, rules]) => [pool, new PoolScaler({ ...this.#options, pool, rules, lease })]),
		);
		log.info('scaling begins here', { pools: [...pools.keys()], epoch: lease.epoch });
		this.#scalers = scalers;
		let callOff: (() => void) | undefined;
		let looking = false;
		const look = () => {
			callOff?.();
			if (lease.lost.aborted) return;
			callOff = clock.after(LOOK_EVERY_MS, look);
			if (looking) return;
			looking = true;
			this.#lookAt(scalers, lease).then(
				() => {
					looking = false;
				},
				(error: unknown) => {
					looking = false;
					log.warn('pools could not be looked at', { error });
				},
			);
		};
		const end = () => {
			callOff?.();
			if (this.#scalers !== scalers) return;
			this.#scalers = undefined;
			this.#look = undefined;
			observer.ended();
			log.info('scaling ends here', { epoch: lease.epoch });
		};
		lease.lost.addEventListener('abort', end, { once: true });
		this.#look = look;
		if (lease.lost.aborted) end();
		else look();
	}

	async #lookAt(scalers: ReadonlyMap<string, PoolScaler>, lease: Lease): Promise<void> {
		const { pools, registry, depths, serviceMs } = this.#options;
		const [seen, sizes] = await Promise.all([depths(), this.#sizes.loadAll([...pools.keys()])]);
		if (lease.lost.aborted) return;
		const sights = seePools({
			pools,
			workers: registry.list(),
			depths: seen,
			leaving: (worker) => [...scalers.values()].some((scaler) => scaler.isLeaving(worker)),
			serviceMs: (capability) => serviceMs?.(capability),
		});
		// Each pool at its own pace: a platform that hangs holds up nothing but its own pool's next look.
		for (const [pool, scaler] of scalers) {
			const sight = sights.get(pool);
			if (sight === undefined) continue;
			void scaler.look(sight, sizes.get(pool)).then(async () => {
				const desired = scaler.decision?.desired;
				if (desired !== undefined && !lease.lost.aborted) await this.#sizes.noteDecision(pool, desired);
			});
		}
	}
}
