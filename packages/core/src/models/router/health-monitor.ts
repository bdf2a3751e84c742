import { describeError } from '../../domain/errors.ts';
import type { IClock } from '../../ports/clock.ts';
import { orAborted } from '../or-aborted.ts';
import type { ModelStand } from './model-stand.ts';

/**
 * HealthMonitor looks after models: what traffic tells goes first, and a provider is only asked whether it is there while that is
 * in doubt or it is at home (every five seconds), or when nothing was heard of it for a minute.
 */
export class HealthMonitor {
	readonly #clock: IClock;
	readonly #providers: readonly Provider[];
	#stopTimer: (() => void) | undefined;
	#stopped: AbortController | undefined;

	constructor(stands: readonly ModelStand[], clock: IClock) {
		this.#clock = clock;
		const byName = Map.groupBy(stands, ({ routed }) => routed.provider);
		this.#providers = [...byName.values()].map((list) => ({ stands: list, lookedAt: Number.NEGATIVE_INFINITY }));
	}

	start(): void {
		if (this.#stopped !== undefined) return;
		this.#stopped = new AbortController();
		this.#tick(this.#stopped.signal);
	}

	stop(): void {
		this.#stopTimer?.();
		this.#stopped?.abort();
		this.#stopped = undefined;
	}

	/** Somebody else met trouble at a provider: it is looked at now, so that calls from here need not meet it too. */
	lookAt(name: string): void {
		const provider = this.#providers.find(({ stands: [stand] }) => stand?.routed.provider === name);
		const signal = this.#stopped?.signal;
		if (provider === undefined || signal === undefined) return;
		if (this.#clock.now() - provider.lookedAt >= LOOK_EVERY_MS / 2) void this.#look(provider, signal);
	}

	#tick(signal: AbortSignal): void {
		if (signal.aborted) return;
		const now = this.#clock.now();
		for (const provider of this.#providers) if (isDue(provider, now)) void this.#look(provider, signal);
		this.#stopTimer = this.#clock.after(LOOK_EVERY_MS, () => this.#tick(signal));
	}

	async #look(provider: Provider, signal: AbortSignal): Promise<void> {
		const stand = provider.stands.find(({ isInDoubt }) => isInDoubt) ?? provider.stands[0];
		if (stand === undefined) return;
		provider.lookedAt = this.#clock.now();
		const late = new AbortController();
		const stopTimer = this.#clock.after(LOOK_MS, () => late.abort());
		try {
			await orAborted(stand.routed.probe(AbortSignal.any([signal, late.signal])), late.signal);
			for (const one of provider.stands) one.seen();
		} catch (error) {
			if (signal.aborted) return;
			const trouble = late.signal.aborted ? `gave no sign of life for ${LOOK_MS / 1_000} s` : describeError(error);
			// No line to the next machine is as good as lost; a late answer may only be one of a machine at work.
			const isSure = stand.routed.isAtHome === true && !late.signal.aborted;
			for (const one of provider.stands) one.missed(trouble, isSure);
		} finally {
			stopTimer();
		}
	}
}

interface Provider {
	readonly stands: readonly ModelStand[];
	lookedAt: number;
}

const LOOK_EVERY_MS = 5_000;
/** A look is over before the next. */
const LOOK_MS = 4_500;
const IDLE_MS = 60_000;

function isDue({ stands, lookedAt }: Provider, now: number): boolean {
	// Timers may come a little early.
	if (stands.some(({ isInDoubt, routed }) => isInDoubt || routed.isAtHome)) return now - lookedAt >= LOOK_EVERY_MS / 2;
	const heardAt = Math.max(lookedAt, ...stands.map((stand) => stand.heardAt));
	return now - heardAt >= IDLE_MS;
}
