import { tableText } from '../bench/report.ts';
import { ms, rate, times } from '../bench/section.ts';
import { startPostgres } from '../support/postgres-server.ts';
import { startRedis } from '../support/redis-server.ts';
import { type FilledHistory, openFilledHistory } from './filled-history.ts';
import { type GatewayStart, leaveOpenTasks, startGateway } from './gateway-start.ts';
import { type HistoryTimes, measureHistory } from './history-times.ts';

interface Round {
	readonly events: number;
	readonly perSecond: number;
	readonly times: HistoryTimes;
	readonly start: GatewayStart;
}

const SMALLEST = 10_000;
const OPEN_TASKS = 200;

/** soakHistory fills a Postgres with more and more history and measures what must not grow with it. */
export async function soakHistory(told: { events?: string }): Promise<boolean> {
	const most = Number(told.events ?? 1_000_000);
	const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
	const rounds: Round[] = [];
	let history: FilledHistory | undefined;
	try {
		const place = { postgresUrl: await postgres.createDatabase(), redisUrl: redis.url };
		await leaveOpenTasks(place, OPEN_TASKS);
		history = await openFilledHistory(place.postgresUrl);
		for (let events = Math.min(SMALLEST, most); events <= most; events *= 10) {
			process.stderr.write(`Filling up to ${rate(events)} events …\n`);
			const perSecond = await history.fillTo(events);
			process.stderr.write('Measuring …\n');
			rounds.push({
				...{ events, perSecond },
				times: await measureHistory(history),
				start: await startGateway(place, OPEN_TASKS),
			});
		}
	} finally {
		await history?.close();
		await Promise.all([redis.stop(), postgres.stop()]);
	}
	process.stdout.write(
		`\n${tableText({ columns: ['', ...rounds.map(sizeOf), 'last of first'], rows: rowsOf(rounds) })}\n`,
	);
	return true;
}

function sizeOf({ events }: Round): string {
	return `${rate(events)} events`;
}

function rowsOf(rounds: readonly Round[]): string[][] {
	const row = (name: string, figure: (round: Round) => number): string[] => {
		const figures = rounds.map(figure);
		const growth = (figures.at(-1) ?? 0) / (figures[0] ?? 1);
		return [name, ...figures.map(ms), times(growth)];
	};
	return [
		['filled, events a second', ...rounds.map(({ perSecond }) => rate(perSecond)), ''],
		row('append p50 ms', (round) => round.times.append.p50),
		row('append p95 ms', (round) => round.times.append.p95),
		row('read of one stream p50 ms', (round) => round.times.read.p50),
		row('read of one stream p95 ms', (round) => round.times.read.p95),
		row('first page of a list p50 ms', (round) => round.times.firstPage.p50),
		row('page in the middle of a list p50 ms', (round) => round.times.middlePage.p50),
		row('gateway: start to ready ms', (round) => round.start.readyMs),
		row(`gateway: start to ${OPEN_TASKS} tasks adopted ms`, (round) => round.start.adoptedMs),
	];
}
