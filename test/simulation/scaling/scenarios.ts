import { type PoolRules, PoolRulesSchema } from '@errand/core/domain/scaling/pool-rules.ts';
import type { Scenario, SimulatedJob } from './pool-simulation.ts';

/** seeded makes the same chances for the same seed. */
export function seeded(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

const MINUTE = 60_000;
const RULES: PoolRules = PoolRulesSchema.parse({ capabilities: ['work'], max: 20, concurrency: 8 });

/** ScenarioOptions vary every load alike. */
export interface ScenarioOptions {
	readonly seed: number;
	/** What the slowest worker takes to start. */
	readonly slowestStartMs?: number;
	readonly knowsService?: boolean;
}

/** scenarios are the loads that the policy has to stand. */
export function scenarios({ seed, slowestStartMs = 5_000, knowsService = true }: ScenarioOptions): readonly Scenario[] {
	const of = (
		name: string,
		jobs: (random: () => number) => readonly SimulatedJob[],
		rules: Partial<PoolRules> = {},
	): Scenario => {
		const random = seeded(seed);
		return {
			name,
			jobs: jobs(random),
			rules: { ...RULES, ...rules },
			startMs: (chance) => slowestStartMs * (0.3 + 0.7 * chance),
			random,
			knowsService,
		};
	};
	return [
		of('steady', (random) => arrivals(random, { minutes: 20, perSecond: () => 4, serviceMs: 3_000 })),
		of('tiny jobs', (random) => arrivals(random, { minutes: 5, perSecond: () => 60, serviceMs: 20 })),
		of('long jobs', (random) => arrivals(random, { minutes: 30, perSecond: () => 0.2, serviceMs: 90_000 })),
		of('bursts', (random) =>
			arrivals(random, { minutes: 30, perSecond: (ms) => (ms % (6 * MINUTE) < 90_000 ? 10 : 0.2), serviceMs: 4_000 }),
		),
		of('daily wave', (random) =>
			arrivals(random, {
				minutes: 120,
				perSecond: (ms) => 4 * (1 - Math.cos((2 * Math.PI * ms) / (120 * MINUTE))),
				serviceMs: 3_000,
			}),
		),
		of('thundering herd', (random) => herd(random, { count: 3_000, serviceMs: 2_000 })),
		of('poison job', (random) => [
			...arrivals(random, { minutes: 4, perSecond: () => 2, serviceMs: 2_000 }),
			{ at: 4 * MINUTE, serviceMs: 500, poison: true },
		]),
		of('one job', () => [{ at: 10_000, serviceMs: 2_000 }]),
	];
}

/** Poisson arrivals at a rate that may change; what jobs take is spread exponentially around the mean. */
function arrivals(
	random: () => number,
	load: { minutes: number; perSecond: (ms: number) => number; serviceMs: number },
): readonly SimulatedJob[] {
	const jobs: SimulatedJob[] = [];
	for (let at = 0; at < load.minutes * MINUTE; ) {
		at += (-Math.log(1 - random()) * 1_000) / Math.max(0.001, load.perSecond(at));
		jobs.push({ at, serviceMs: -Math.log(1 - random()) * load.serviceMs });
	}
	return jobs;
}

function herd(
	random: () => number,
	{ count, serviceMs }: { count: number; serviceMs: number },
): readonly SimulatedJob[] {
	return Array.from({ length: count }, () => ({ at: 10_000, serviceMs: serviceMs * (0.5 + random()) }));
}
