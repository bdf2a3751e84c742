import { type Outcome, simulatePool } from './pool-simulation.ts';
import { scenarios } from './scenarios.ts';

/** scalingTable runs every load with quick and slow starts of workers and lays the outcomes out as lines of a Markdown table. */
export function scalingTable(seed: number): readonly string[] {
	const lines = [
		'| load | slowest start | service times | wait p50 / p95 / max | peak (ideal) | worker seconds (ideal) | turns | left |',
		'|---|---|---|---|---|---|---|---|',
	];
	for (const slowestStartMs of [5_000, 60_000]) {
		for (const knowsService of [true, false]) {
			for (const scenario of scenarios({ seed, slowestStartMs, knowsService })) {
				const cells = [
					scenario.name,
					`${slowestStartMs / 1_000} s`,
					knowsService ? 'known' : 'unknown',
					...row(simulatePool(scenario)),
				];
				lines.push(`| ${cells.join(' | ')} |`);
			}
		}
	}
	return lines;
}

function row(outcome: Outcome): readonly string[] {
	const { waits, peak, idealPeak, workerSeconds, idealWorkerSeconds, turns, left } = outcome;
	return [
		[0.5, 0.95, 1].map((share) => seconds(quantile(waits, share))).join(' / '),
		`${peak} (${idealPeak})`,
		`${workerSeconds.toFixed(0)} (${idealWorkerSeconds.toFixed(0)})`,
		String(turns),
		String(left),
	];
}

/** quantile reads a share off sorted values. */
export function quantile(sorted: readonly number[], share: number): number {
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function seconds(ms: number): string {
	return `${(ms / 1_000).toFixed(1)} s`;
}
