import { type FilledHistory, openFilledHistory } from '../../soak/filled-history.ts';
import { type HistoryTimes, measureHistory } from '../../soak/history-times.ts';
import { inFlight, spreadOf } from '../figures.ts';
import { benchPlan } from '../loops/bench-plan.ts';
import { type BenchServers, startBenchCluster } from './bench-cluster.ts';
import { openBenchGateway } from './bench-gateway.ts';

/** HistoryPoint is what a cluster does on so much history. */
export interface HistoryPoint {
	readonly events: number;
	readonly filledPerSecond: number;
	readonly chainP50: number;
	readonly chainsPerSecond: number;
	readonly times: HistoryTimes;
}

const CHAINS = 500;
const ALONE = 60;

/** measureHistorySizes fills one database more and more and runs chains on it, after each filling. */
export async function measureHistorySizes(servers: BenchServers, sizes: readonly number[]): Promise<HistoryPoint[]> {
	const place = await servers.newPlace();
	const gateway = await openBenchGateway(place);
	const workerArgs = ['--capabilities', 'test.noop'];
	const cluster = await startBenchCluster(place, { gateways: 0, workers: 1, workerArgs });
	let filled: FilledHistory | undefined;
	const plan = benchPlan([1, 1, 1], 'test.noop');
	try {
		filled = await openFilledHistory(place.databaseUrl);
		await inFlight(CHAINS, 50, () => gateway.run(plan));
		const points: HistoryPoint[] = [];
		for (const events of sizes) {
			const filledPerSecond = await filled.fillTo(events);
			points.push({
				events,
				filledPerSecond,
				chainP50: spreadOf((await inFlight(ALONE, 1, () => gateway.run(plan))).times).p50,
				chainsPerSecond: (await inFlight(CHAINS, 50, () => gateway.run(plan))).perSecond,
				times: await measureHistory(filled),
			});
		}
		return points;
	} finally {
		await filled?.close();
		await cluster.killAll();
		await cluster.dispose();
		await gateway.close();
	}
}
