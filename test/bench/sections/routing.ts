import { WorkerChoice } from '@errand/core/domain/dispatch/choose-worker.ts';
import { WorkerStats } from '@errand/core/domain/dispatch/worker-stats.ts';
import { seeded } from '../../simulation/chance.ts';
import type { PolicyName } from '../../simulation/routing/policies.ts';
import { type NamedScenario, SCENARIOS } from '../../simulation/routing/scenarios.ts';
import { simulateRouting } from '../../simulation/routing/simulate-routing.ts';
import { spreadOf } from '../figures.ts';
import { ms, rate, type Section, times } from '../section.ts';

const POLICIES: readonly PolicyName[] = ['random', 'round robin', 'shared queue', 'learned'];
const SEEDS = [1, 2, 3];
const JOBS = 20_000;

interface Figures {
	readonly policy: PolicyName;
	readonly runsOk: number;
	readonly mean: number;
	readonly p95: number;
	readonly named: number;
}

/** measureRouting brings the same jobs to the same simulated workers in four ways, in virtual time, and measures what a choice takes. */
export async function measureRouting(): Promise<Section> {
	const measured = SCENARIOS.map((scenario) => ({ scenario, figures: POLICIES.map((one) => measure(one, scenario)) }));
	const choices = [20, 300].map((workers) => ({ workers, micros: choiceMicros(workers) }));
	const against = (index: number, policy: PolicyName) => {
		const figures = measured[index]?.figures ?? [];
		return [figures.find((one) => one.policy === policy), figures.find((one) => one.policy === 'learned')] as const;
	};
	const goals = (['random', 'round robin'] as const).flatMap((policy) => {
		const [other, ours] = against(0, policy);
		if (other === undefined || ours === undefined) return [];
		return [
			better(`runs that succeed, of ${policy}`, ours.runsOk / other.runsOk, '> 1×', (ratio) => ratio > 1),
			better(`mean time to the end, of ${policy}`, ours.mean / other.mean, '< 1×', (ratio) => ratio < 1),
			better(`p95, of ${policy}`, ours.p95 / other.p95, '< 1×', (ratio) => ratio < 1),
		];
	});
	const [shared, alike] = against(SCENARIOS.length - 1, 'shared queue');
	const loss = (alike?.mean ?? 0) / (shared?.mean ?? 1);
	return {
		title: 'Routing among workers of differing reliability',
		how: `Simulated in virtual time, with the real choice: 20 workers with 4 places each, ${rate(JOBS)} jobs that come by chance, ${SEEDS.length} seeds, the same for each way. Runs take 200 ms on average (log-normal) where nothing else is said; a job that fails is tried again after 1, 10 and 100 s. Times are from a job's arrival to its end, waits and repeats included. "Random" and "round robin" give each job to one worker's queue; "shared queue" to whoever is free first; "learned" is what Errand does: it names a worker where that is known to be better, else it leaves the job to the shared queue.`,
		tables: [
			...measured.map(({ scenario, figures }) => ({
				columns: [scenario.name, 'runs that succeed', 'mean ms', 'p95 ms', 'mean ÷ random', 'p95 ÷ random', 'named'],
				rows: figures.map(({ policy, runsOk, mean, p95, named }) => [
					policy,
					percent(runsOk),
					ms(mean),
					ms(p95),
					times(mean / (figures[0]?.mean ?? mean)),
					times(p95 / (figures[0]?.p95 ?? p95)),
					percent(named),
				]),
			})),
			{
				columns: ['a choice among', 'µs'],
				rows: choices.map(({ workers, micros }) => [`${workers} workers that differ`, micros.toFixed(1)]),
			},
		],
		goals: [...goals, better('mean among equals, of the shared queue', loss, '≤ 1.05×', (ratio) => ratio <= 1.05)],
	};
}

function better(what: string, ratio: number, wanted: string, met: (ratio: number) => boolean) {
	return { what, wanted, measured: times(ratio), met: met(ratio) };
}

function measure(policy: PolicyName, scenario: NamedScenario): Figures {
	const runs = SEEDS.map((seed) => simulateRouting(policy, { ...scenario, jobs: JOBS, seed }));
	const all = runs.flatMap((run) => run.times);
	return {
		policy,
		runsOk: average(runs.map((run) => run.runsOk)),
		mean: average(all),
		p95: spreadOf(all).p95,
		named: average(runs.map((run) => run.named)),
	};
}

/** What one choice takes where it is dearest: among workers that differ, each with places free. */
function choiceMicros(workers: number): number {
	const chance = seeded(5);
	const stats = new WorkerStats({ halfLifeMs: 600_000 });
	const capability = 'web.read';
	const able = Array.from({ length: workers }, (_, index) => {
		const worker = `worker-${index}`;
		for (let run = 0; run < 20; run++) {
			stats.record({ worker, capability, ok: chance() < (index % 2 === 0 ? 0.99 : 0.5), ms: 200, microUsd: 0 }, 0);
		}
		const load = { name: capability, version: 1, placement: 'process', concurrency: 4, running: 0 } as const;
		return { worker, state: 'WAITING', paused: false, at: 0, slots: 4, load: 0, capabilities: [load] } as const;
	});
	const began = performance.now();
	const choice = new WorkerChoice({ stats, now: () => performance.now() - began });
	const rounds = 5_000;
	for (let round = 0; round < rounds; round++) {
		const worker = choice.choose({ capability, able, random: chance });
		if (worker === undefined) continue;
		choice.started({ worker, capability });
		choice.released({ worker, capability });
	}
	return ((performance.now() - began) * 1_000) / rounds;
}

function average(numbers: readonly number[]): number {
	return numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, numbers.length);
}

function percent(share: number): string {
	return `${(share * 100).toFixed(1)} %`;
}
