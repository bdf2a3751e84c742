import type { IClock } from '../../ports/clock.ts';
import type { ModelHealth, ModelView } from '../../ports/model-view.ts';
import type { Candidate } from './choose-models.ts';
import type { ProviderGate } from './provider-gate.ts';
import type { RoutedModel } from './routed-model.ts';
import * as vitals from './vitals.ts';

/** HealthChange is that a model stands differently than before. */
export interface HealthChange {
	readonly name: string;
	readonly health: ModelHealth;
	readonly trouble?: string | undefined;
}

/** ModelStand is a model with how it stands: its health, what was learnt of it, and the calls under way. */
export class ModelStand {
	readonly routed: RoutedModel;
	readonly gate: ProviderGate;
	readonly #clock: IClock;
	readonly #onHealth: (change: HealthChange) => void;
	#vitals: vitals.Vitals;
	#takesTools = true;
	#isTrying = false;
	#running = 0;
	#waiting = 0;

	constructor(parts: {
		readonly routed: RoutedModel;
		readonly gate: ProviderGate;
		readonly clock: IClock;
		readonly onHealth: (change: HealthChange) => void;
	}) {
		this.routed = parts.routed;
		this.gate = parts.gate;
		this.#clock = parts.clock;
		this.#onHealth = parts.onHealth;
		this.#vitals = vitals.unknownVitals(parts.clock.now());
	}

	get name(): string {
		return this.routed.name;
	}

	get health(): ModelHealth {
		return this.#vitals.health;
	}

	/** Why it is slow or down. */
	get trouble(): string | undefined {
		return this.#vitals.trouble;
	}

	get heardAt(): number {
		return this.#vitals.heardAt;
	}

	get isInDoubt(): boolean {
		return vitals.isInDoubt(this.#vitals);
	}

	/** Until when it is not to be asked; undefined where it may be. */
	get restsUntil(): number | undefined {
		const now = this.#clock.now();
		const until = vitals.restsUntil(this.#vitals, now);
		if (until !== undefined) return until;
		// While one call finds out whether it is well again, the others go elsewhere.
		return this.#isTrying && vitals.isOnTrial(this.#vitals) ? now + TRIAL_MS : undefined;
	}

	candidate(tokens: number): Candidate {
		const { name, provider, tiers, rank, images, price, model } = this.routed;
		return {
			name,
			provider,
			tiers,
			rank,
			images,
			price,
			contextTokens: model.contextTokens,
			tools: this.#takesTools,
			health: this.#vitals.health,
			restsUntil: this.restsUntil,
			waitMs: this.gate.waitMs(tokens),
			firstMs: vitals.medianFirstMs(this.#vitals),
		};
	}

	view(): ModelView {
		const { name, provider, tiers, price, model } = this.routed;
		const { health, since, trouble } = this.#vitals;
		const firstMs = vitals.medianFirstMs(this.#vitals);
		return {
			name,
			provider,
			tiers,
			...(price === undefined ? {} : { price }),
			contextTokens: model.contextTokens,
			health,
			since,
			...(trouble === undefined ? {} : { trouble }),
			...(firstMs === undefined ? {} : { firstMs }),
			running: this.#running,
			waiting: this.#waiting,
		};
	}

	/** A call waits for its turn until what is returned is called. */
	waits(): () => void {
		this.#waiting += 1;
		return once(() => {
			this.#waiting -= 1;
		});
	}

	/** A call runs until what is returned is called. */
	runs(): () => void {
		this.#running += 1;
		const isTrial = vitals.isOnTrial(this.#vitals);
		if (isTrial) this.#isTrying = true;
		return once(() => {
			this.#running -= 1;
			if (isTrial) this.#isTrying = false;
		});
	}

	answeredWell(firstMs: number | undefined): void {
		this.#turn(vitals.answeredWell(this.#vitals, { now: this.#clock.now(), firstMs }));
	}

	failed(failure: { readonly trouble: string; readonly cause: vitals.FailureCause }): void {
		this.#turn(vitals.failed(this.#vitals, { now: this.#clock.now(), ...failure }));
	}

	seen(): void {
		this.#turn(vitals.seen(this.#vitals, this.#clock.now()));
	}

	missed(trouble: string, isSure: boolean): void {
		this.#turn(vitals.missed(this.#vitals, { now: this.#clock.now(), trouble, isSure }));
	}

	/** Its server does not take tools. */
	refusedTools(): void {
		this.#takesTools = false;
	}

	#turn(next: vitals.Vitals): void {
		const { health } = this.#vitals;
		this.#vitals = next;
		if (next.health !== health) this.#onHealth({ name: this.name, health: next.health, trouble: next.trouble });
	}
}

const TRIAL_MS = 1_000;

function once(run: () => void): () => void {
	let done = false;
	return () => {
		if (!done) run();
		done = true;
	};
}
