import { median, spreadOf } from '../../bench/figures.ts';
import { ms, type Table } from '../../bench/section.ts';
import type { ClusterOutcome, ClusterSize } from './cluster-outcome.ts';
import { simulateCluster } from './simulate-cluster.ts';

/** SIZES are the clusters that `npm run simulate` compares, at the same load for each node. */
export const SIZES: readonly ClusterSize[] = [
	{ nodes: 10, gateways: 2, tasks: 100_000, seed: 1 },
	{ nodes: 100, gateways: 2, tasks: 100_000, seed: 1 },
	{ nodes: 1_000, gateways: 8, tasks: 100_000, seed: 1 },
];

/** clusterTable simulates clusters and sets what came of them side by side. */
export function clusterTable(sizes: readonly ClusterSize[]): Table {
	const outcomes = sizes.map((size) => ({ size, outcome: simulateCluster(size) }));
	const row = (name: string, cell: (outcome: ClusterOutcome, size: ClusterSize) => string) => [
		name,
		...outcomes.map(({ size, outcome }) => cell(outcome, size)),
	];
	const perTask = (name: string, of: (outcome: ClusterOutcome) => number) =>
		row(`${name} per task`, (outcome, { tasks }) => (of(outcome) / tasks).toFixed(2));
	return {
		columns: ['', ...sizes.map(({ nodes }) => `${nodes} workers`)],
		rows: [
			row('gateways', (_, size) => String(size.gateways)),
			row('tasks: done, failed, still open', ({ done, failed, open }) => `${done}, ${failed}, ${open}`),
			row('outcomes recorded twice', ({ recordedTwice }) => String(recordedTwice)),
			row('reports refused as stale', ({ refused }) => String(refused)),
			row('workers crashed, slowed down, cut off', (one) => `${one.crashes}, ${one.slowdowns}, ${one.partitions}`),
			row('gateways crashed', ({ gatewayCrashes }) => String(gatewayCrashes)),
			row('release to start: p50, p95, max ms', ({ waits }) => spread(waits)),
			row('worker lost to start elsewhere: p50, p95, max ms', ({ failovers }) => spread(failovers)),
			row('the same, job in that worker’s own queue', ({ failoversOfNamed }) => spread(failoversOfNamed)),
			row('gateway lost to adoption: p50, p95, max ms', ({ adoptions }) => spread(adoptions)),
			row('runs of an untroubled worker: mean', ({ evenRuns }) => average(evenRuns).toFixed(0)),
			row('the same: standard deviation, of the mean', ({ evenRuns }) => percent(unevenness(evenRuns)?.deviation)),
			row('the same: furthest from the mean', ({ evenRuns }) => percent(unevenness(evenRuns)?.furthest)),
			perTask('appends', ({ operations }) => operations.appends),
			perTask('queue operations', ({ operations }) => operations.queue),
			perTask('lock renewals', ({ operations }) => operations.renewals),
			perTask('messages', ({ operations }) => operations.messages),
			perTask('heartbeats', ({ operations }) => operations.beats),
			perTask('heartbeats read by gateways', ({ operations }) => operations.recordsRead),
			row('simulated minutes', ({ virtualMs }) => (virtualMs / 60_000).toFixed(1)),
		],
	};
}

/** unevenness is how far the runs of workers are from their mean, as shares of it. */
export function unevenness(runs: readonly number[]): { deviation: number; furthest: number } | undefined {
	if (runs.length === 0) return undefined;
	const mean = average(runs);
	const off = runs.map((count) => Math.abs(count - mean) / mean);
	return { deviation: Math.sqrt(average(off.map((share) => share * share))), furthest: Math.max(...off) };
}

function spread(times: readonly number[]): string {
	if (times.length === 0) return 'none';
	return [median(times), spreadOf(times).p95, spreadOf(times).max].map(ms).join(', ');
}

function average(numbers: readonly number[]): number {
	return numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, numbers.length);
}

function percent(share: number | undefined): string {
	return share === undefined ? 'none' : `${(share * 100).toFixed(1)} %`;
}
