import { serversMissing } from '../../support/servers-missing.ts';
import { startBenchServers } from '../cluster/bench-cluster.ts';
import { type HistoryPoint, measureHistorySizes } from '../cluster/history-curve.ts';
import { measureReadySteps, type ReadySteps } from '../cluster/ready-steps.ts';
import { measureWorkers, SLOTS, STEP_MS, type WorkerPoint } from '../cluster/worker-curve.ts';
import { ms, rate, type Section, type Table } from '../section.ts';

const WORKERS = [1, 2, 4, 8];
const EVENTS = [10_000, 100_000, 1_000_000];
const READY = 1_000_000;
const RELEASED = 5_000;

/** measureClusterCurves shows what a cluster costs as its workers, its history and what waits in it grow. */
export async function measureClusterCurves(): Promise<Section> {
	const missing = serversMissing();
	if (missing !== undefined) throw new Error(missing);
	const servers = await startBenchServers();
	try {
		const workers = await measureWorkers(servers, WORKERS);
		const ready = await measureReadySteps(servers, READY, RELEASED);
		const history = await measureHistorySizes(servers, EVENTS);
		return {
			title: 'A cluster as it grows',
			how: [
				`One gateway, without HTTP, in the process that makes the load; Redis, PostgreSQL and all workers on the same two processors. Each worker runs ${SLOTS} at once, so steps that wait ${STEP_MS} ms show how slots add up, and no-op steps what the processors have to give.`,
				'History is filled with tasks that are over; then chains of three no-op steps run on it, and single calls are timed.',
				`Ready steps are handed to the queue of a gateway while there is no worker, each with an input of its own, of a hundred people; then one worker comes and takes ${rate(RELEASED)} of them.`,
			].join(' '),
			tables: [workerTable(workers), historyTable(history), readyTable(ready)],
			goals: [],
		};
	} finally {
		await servers.stop();
	}
}

function workerTable(points: readonly WorkerPoint[]): Table {
	return {
		columns: ['workers', `steps of ${STEP_MS} ms a second`, 'of what their slots could do', 'no-op steps a second'],
		rows: points.map(({ workers, waitsPerSecond, noopsPerSecond }) => [
			String(workers),
			rate(waitsPerSecond),
			`${Math.round((waitsPerSecond / (workers * SLOTS * (1_000 / STEP_MS))) * 100)} %`,
			rate(noopsPerSecond),
		]),
	};
}

function historyTable(points: readonly HistoryPoint[]): Table {
	const row = (name: string, figure: (point: HistoryPoint) => string) => [name, ...points.map(figure)];
	return {
		columns: ['history', ...points.map(({ events }) => `${rate(events)} events`)],
		rows: [
			row('chain of 3, p50 ms', ({ chainP50 }) => ms(chainP50)),
			row('chains a second, 50 in flight', ({ chainsPerSecond }) => rate(chainsPerSecond)),
			row('append, p50 ms', ({ times }) => ms(times.append.p50)),
			row('read of one stream, p50 ms', ({ times }) => ms(times.read.p50)),
			row('first page of a list, p50 ms', ({ times }) => ms(times.firstPage.p50)),
			row('events filled in a second, five an append', ({ filledPerSecond }) => rate(filledPerSecond)),
		],
	};
}

function readyTable(ready: ReadySteps): Table {
	return {
		columns: [`${rate(ready.steps)} ready steps at one gateway`, ''],
		rows: [
			['memory a step', `${rate(ready.bytesAStep)} bytes`],
			['taken in a second', rate(ready.enqueuedPerSecond)],
			['run by one worker a second, while the others wait', rate(ready.releasedPerSecond)],
			['longest turn of the gateway meanwhile', `${ms(ready.slowestTurnMs)} ms`],
		],
	};
}

if (import.meta.main) console.dir(await measureClusterCurves(), { depth: null });
