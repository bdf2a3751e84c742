import { beforeAll, describe, expect, it } from 'vitest';
import { spreadOf } from '../bench/figures.ts';
import type { ClusterOutcome } from './cluster/cluster-outcome.ts';
import { unevenness } from './cluster/cluster-table.ts';
import { simulateCluster } from './cluster/simulate-cluster.ts';
import { SCENARIOS } from './routing/scenarios.ts';
import { simulateRouting } from './routing/simulate-routing.ts';

describe('a simulated cluster of 100 workers with troubles', () => {
	let outcome: ClusterOutcome;
	let small: ClusterOutcome;
	beforeAll(() => {
		outcome = simulateCluster({ nodes: 100, gateways: 3, tasks: 5_000, seed: 4 });
		small = simulateCluster({ nodes: 10, gateways: 2, tasks: 1_000, seed: 4 });
	});

	it('ends every task, and records every outcome once', () => {
		expect(outcome.crashes + outcome.partitions).toBeGreaterThan(0);
		expect(outcome).toMatchObject({ done: 5_000, failed: 0, open: 0, recordedTwice: 0 });
		expect(small).toMatchObject({ done: 1_000, failed: 0, open: 0, recordedTwice: 0 });
		expect(outcome.runs).toBeGreaterThan(15_000);
	});

	it('starts what a lost worker held elsewhere within a second', () => {
		const failovers = [...outcome.failovers, ...small.failovers];
		expect(failovers.length).toBeGreaterThan(0);
		expect(spreadOf(failovers).max).toBeLessThan(1_000);
	});

	it('spreads work evenly over workers that nothing happens to', () => {
		expect(unevenness(outcome.evenRuns)?.deviation).toBeLessThan(0.1);
	});

	it('does about as much for a task as one of 10 workers', () => {
		for (const kind of ['appends', 'queue', 'renewals', 'messages'] as const) {
			const [large, little] = [outcome.operations[kind] / 5_000, small.operations[kind] / 1_000];
			expect(large / little, kind).toBeGreaterThan(0.9);
			expect(large / little, kind).toBeLessThan(1.1);
		}
	});
});

describe('learned routing', () => {
	it('beats random and round robin among workers of differing reliability, and costs nothing among equals', () => {
		const [mixed, equals] = [SCENARIOS[0], SCENARIOS.at(-1)];
		if (mixed === undefined || equals === undefined) throw new Error('no scenarios');
		const mean = (times: readonly number[]) => times.reduce((sum, time) => sum + time, 0) / times.length;
		const run = (policy: Parameters<typeof simulateRouting>[0], scenario: typeof mixed) =>
			simulateRouting(policy, { ...scenario, jobs: 4_000, seed: 9 });
		const learned = run('learned', mixed);
		for (const other of [run('random', mixed), run('round robin', mixed)]) {
			expect(learned.runsOk).toBeGreaterThan(other.runsOk + 0.03);
			expect(mean(learned.times)).toBeLessThan(0.7 * mean(other.times));
			expect(spreadOf(learned.times).p95).toBeLessThan(spreadOf(other.times).p95);
		}
		expect(mean(run('learned', equals).times)).toBeLessThan(1.05 * mean(run('shared queue', equals).times));
	});
});
