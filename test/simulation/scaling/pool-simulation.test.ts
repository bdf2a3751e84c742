import { describe, expect, it } from 'vitest';
import { type Outcome, type Scenario, simulatePool } from './pool-simulation.ts';
import { quantile } from './scaling-table.ts';
import { scenarios } from './scenarios.ts';

const SEEDS = [1, 7];
const outcomes = [5_000, 60_000].flatMap((slowestStartMs) =>
	SEEDS.flatMap((seed) =>
		[true, false].flatMap((knowsService) =>
			scenarios({ seed, slowestStartMs, knowsService }).map((scenario) => {
				const outcome = simulatePool(scenario);
				const name = `${scenario.name}, seed ${seed}, starts of ${slowestStartMs} ms, ${knowsService ? 'known' : 'unknown'}`;
				return { name, slowestStartMs, scenario, outcome };
			}),
		),
	),
);

/** What does not hold, in words, of each run for which something does not. */
function wrong(
	holds: (run: { scenario: Scenario; outcome: Outcome; slowestStartMs: number }) => boolean,
	of = (_name: string) => true,
): readonly string[] {
	return outcomes
		.filter((run) => of(run.scenario.name) && !holds(run))
		.map(
			({ name, outcome: { waits, ...rest } }) => `${name}: ${JSON.stringify({ ...rest, p95: quantile(waits, 0.95) })}`,
		);
}

const hasRoom = (name: string) => name !== 'thundering herd';

describe('a pool under simulated load', () => {
	it('does everything that comes, and gives up what is poison', () => {
		expect(
			wrong(({ scenario: { jobs }, outcome: { done, deadLettered } }) => {
				return (
					done + deadLettered === jobs.length && deadLettered === jobs.filter(({ poison }) => poison === true).length
				);
			}),
		).toEqual([]);
	});

	it('never orders a worker that the jobs there could not fill', () => {
		expect(wrong(({ outcome }) => outcome.excessOrders === 0)).toEqual([]);
	});

	it('never has many more workers than would have been filled had each started at once', () => {
		// Slow starts let a backlog grow that takes more workers to catch up with.
		const allowed = (slowestStartMs: number) => (slowestStartMs > 20_000 ? 1.75 : 1.25);
		expect(
			wrong(({ scenario: { rules }, outcome, slowestStartMs }) => {
				return outcome.peak <= Math.max(rules.growBy, Math.ceil(outcome.idealPeak * allowed(slowestStartMs)));
			}),
		).toEqual([]);
	});

	it('has jobs wait no longer than they should, but for the start of a worker', () => {
		expect(
			wrong(({ scenario: { rules }, outcome, slowestStartMs }) => {
				return quantile(outcome.waits, 0.95) <= rules.targetWaitMs + slowestStartMs;
			}, hasRoom),
		).toEqual([]);
	});

	it('does not sway: it turns at most once in two calm times, and starts from rest and comes to it', () => {
		expect(
			wrong(({ scenario: { jobs, rules }, outcome }) => {
				const lasts = (jobs.at(-1)?.at ?? 0) / rules.calmMs;
				return outcome.turns <= 3 + lasts / 2;
			}),
		).toEqual([]);
	});

	it('is empty again soon after the last job', () => {
		expect(wrong(({ outcome }) => outcome.left === 0)).toEqual([]);
		expect(
			wrong(({ scenario: { rules }, outcome, slowestStartMs }) => {
				return outcome.tailMs <= rules.calmMs + 7 * rules.shrinkEveryMs + slowestStartMs;
			}),
		).toEqual([]);
	});

	it('keeps up with a herd as well as its largest size can', () => {
		expect(
			wrong(
				({ scenario: { rules, jobs }, outcome, slowestStartMs }) => {
					const work = jobs.reduce((sum, { serviceMs }) => sum + serviceMs, 0);
					const atBest = work / (rules.max * rules.concurrency) + slowestStartMs;
					return quantile(outcome.waits, 1) <= 2 * atBest + slowestStartMs;
				},
				(name) => !hasRoom(name),
			),
		).toEqual([]);
	});
});
