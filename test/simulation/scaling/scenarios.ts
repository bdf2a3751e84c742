import { type PoolRules, PoolRulesSchema } from '@errand/core/domain/scaling/pool-rules.ts';
import { type Chance, runTime, seeded, waitUntilNext } from '../chance.ts';
import recorded from './fixture/recorded-comparisons.json' with { type: 'json' };
import type { Scenario, SimulatedJob } from './pool-simulation.ts';

const MINUTE = 60_000;
const RULES: PoolRules = PoolRulesSchema.parse({ capabilities: ['work'], max: 20, concurrency: 8 });

/** Steps of 49 comparisons of three documents that came in ten waves to a busy cluster of two workers: when each was ready, and what it took. */
const RECORDED: readonly SimulatedJob[] = (recorded as [number, number][]).map(([at, serviceMs]) => ({
	at,
	serviceMs,
}));

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
		jobs: (chance: Chance) => readonly SimulatedJob[],
		rules: Partial<PoolRules> = {},
	): Scenario => {
		const chance = seeded(seed);
		return {
			name,
			jobs: jobs(chance),
			rules: { ...RULES, ...rules },
			startMs: (drawn) => slowestStartMs * (0.3 + 0.7 * drawn),
			chance,
			knowsService,
		};
	};
	return [
		of('steady', (chance) => arrivals(chance, { minutes: 20, perSecond: () => 4, serviceMs: 3_000 })),
		of('tiny jobs', (chance) => arrivals(chance, { minutes: 5, perSecond: () => 60, serviceMs: 20 })),
		of('long jobs', (chance) => arrivals(chance, { minutes: 30, perSecond: () => 0.2, serviceMs: 90_000 })),
		of('bursts', (chance) =>
			arrivals(chance, { minutes: 30, perSecond: (ms) => (ms % (6 * MINUTE) < 90_000 ? 10 : 0.2), serviceMs: 4_000 }),
		),
		of('daily wave', (chance) =>
			arrivals(chance, {
				minutes: 60,
				perSecond: (ms) => 4 * (1 - Math.cos((2 * Math.PI * ms) / (60 * MINUTE))),
				serviceMs: 3_000,
			}),
		),
		of('thundering herd', (chance) => herd(chance, { count: 3_000, serviceMs: 2_000 })),
		of('poison job', (chance) => [
			...arrivals(chance, { minutes: 4, perSecond: () => 2, serviceMs: 2_000 }),
			{ at: 4 * MINUTE, serviceMs: 500, poison: true },
		]),
		of('recorded comparisons', () => RECORDED),
		of('one job', () => [{ at: 10_000, serviceMs: 2_000 }]),
	];
}

/** Poisson arrivals at a rate that may change; most jobs take about the mean, a few several times as long. */
function arrivals(
	chance: Chance,
	load: { minutes: number; perSecond: (ms: number) => number; serviceMs: number },
): readonly SimulatedJob[] {
	const jobs: SimulatedJob[] = [];
	for (let at = 0; at < load.minutes * MINUTE; ) {
		at += waitUntilNext(1_000 / Math.max(0.001, load.perSecond(at)), chance);
		jobs.push({ at, serviceMs: runTime(load.serviceMs, chance) });
	}
	return jobs;
}

function herd(chance: Chance, { count, serviceMs }: { count: number; serviceMs: number }): readonly SimulatedJob[] {
	return Array.from({ length: count }, () => ({ at: 10_000, serviceMs: runTime(serviceMs, chance) }));
}
