import { serversMissing } from '../../support/servers-missing.ts';
import { type BenchServers, startBenchCluster, startBenchServers } from '../cluster/bench-cluster.ts';
import { BARE, chainSubjects, INSIDE, OUTSIDE } from '../cluster/chain-subjects.ts';
import { type Hops, measureHops } from '../cluster/hops.ts';
import { measureRest } from '../cluster/rest.ts';
import { median, type Spread, spreadOf } from '../figures.ts';
import { type Goal, megabytes, ms, rate, type Section, type Table, times } from '../section.ts';

const CHAIN = [1, 1, 1];
const ROUNDS = 4;
const IN_FLIGHT = 50;
const ALONE = 50;
const HOPS = 60;
const REST_MS = 10_000;
const WORKER_ARGS = ['--capabilities', 'test.wait,test.when,test.when-in-child'];

interface Measured {
	readonly name: string;
	readonly single: Spread;
	readonly perSecond: number;
}

/** measureCluster runs chains through real gateways and workers on a Redis and a Postgres of their own, beside its peers. */
export async function measureCluster(): Promise<Section> {
	const missing = serversMissing();
	if (missing !== undefined) throw new Error(missing);
	const servers = await startBenchServers();
	try {
		const measured = await measureChains(servers);
		const place = await servers.newPlace();
		const cluster = await startBenchCluster(place, { gateways: 1, workers: 1, workerArgs: WORKER_ARGS });
		const rest = await measureRest(cluster, REST_MS);
		await cluster.stop('gateway', 0);
		const hops = {
			inline: await measureHops(place, 'test.when', HOPS),
			child: await measureHops(place, 'test.when-in-child', HOPS),
		};
		await cluster.stopAll();
		await cluster.dispose();
		const shares = [
			['a gateway', rest.gateway],
			['a worker', rest.worker],
		] as const;
		return {
			title: 'A cluster on one machine',
			how: [
				`Chains of three durable no-op steps, in turns with peers, ${ROUNDS} rounds; single times are of chains one by one (${ALONE} a round), rates with ${IN_FLIGHT} in flight (median round).`,
				'Everything shares the two processors: the load, one gateway, one worker, Redis (journal synced once a second) and PostgreSQL (each commit on disk).',
				'"Load outside" submits over HTTP and hears the end over a socket, from a process of its own. "Load in the gateway\'s process" submits to the orchestrator there, without HTTP: that is how DBOS is called here, whose steps run in the very process that calls it, while ours run in a worker process in either case. Restate is a server of its own that is called over HTTP and calls the process with the steps; it writes its journal without syncing each entry.',
				'A step in a child records its start before it runs, so it takes one more commit.',
				"Start is from the moment the gateway hands a step to its queue until the handler begins at the worker; progress is from the handler's word until a subscriber in another process hears it.",
			].join(' '),
			tables: [
				chainTable(measured),
				hopTable(hops),
				{
					columns: ['at rest', 'processor', 'memory (PSS)'],
					rows: shares.map(([name, { processor, bytes }]) => [name, percent(processor), megabytes(bytes)]),
				},
			],
			goals: [
				...goalsOfChains(measured),
				...[
					{ what: 'dispatch of a step until it starts, p50', p50: hops.inline.start.p50 },
					{ what: 'progress from worker to subscriber, p50', p50: hops.inline.progress.p50 },
				].map(({ what, p50 }) => ({ what, wanted: '≤ 2 ms', measured: `${ms(p50)} ms`, met: p50 <= 2 })),
				...shares.map(([name, { processor }]) => ({
					what: `processor that ${name} takes at rest`,
					wanted: '≤ 1 %',
					measured: percent(processor),
					met: processor <= 0.01,
				})),
			],
		};
	} finally {
		await servers.stop();
	}
}

async function measureChains(servers: BenchServers): Promise<Measured[]> {
	const open = [];
	for (const subject of chainSubjects(servers))
		open.push({ subject, opened: await subject.open(), single: [] as number[], rates: [] as number[] });
	for (const { subject, opened } of open) {
		await opened.loop.measure({ levels: CHAIN, count: subject.chains, width: IN_FLIGHT });
	}
	for (let round = 0; round < ROUNDS; round++) {
		for (const { subject, opened, single, rates } of open) {
			single.push(...(await opened.loop.measure({ levels: CHAIN, count: ALONE, width: 1 })).times);
			rates.push((await opened.loop.measure({ levels: CHAIN, count: subject.chains, width: IN_FLIGHT })).perSecond);
		}
	}
	for (const { opened } of open) await opened.close();
	return open.map(({ subject, single, rates }) => ({
		name: subject.name,
		single: spreadOf(single),
		perSecond: median(rates),
	}));
}

function goalsOfChains(measured: readonly Measured[]): Goal[] {
	return [OUTSIDE, INSIDE].flatMap((name) => {
		const found = measured.find((one) => one.name === name);
		if (found === undefined) return [];
		const { single, perSecond } = found;
		return [
			{ what: `chain of 3, p50: ${name}`, wanted: '≤ 6 ms', measured: `${ms(single.p50)} ms`, met: single.p50 <= 6 },
			{ what: `chains a second: ${name}`, wanted: '≥ 800', measured: rate(perSecond), met: perSecond >= 800 },
		];
	});
}

function chainTable(measured: readonly Measured[]): Table {
	const bare = measured.find(({ name }) => name === BARE);
	return {
		columns: ['chain of 3', 'p50 ms', 'p95', 'max', 'per second', 'p50 ÷ without us', 'rate ÷ without us'],
		rows: measured.map(({ name, single, perSecond }) => [
			name,
			ms(single.p50),
			ms(single.p95),
			ms(single.max),
			rate(perSecond),
			times(single.p50 / (bare?.single.p50 ?? 1)),
			times(perSecond / (bare?.perSecond ?? 1)),
		]),
	};
}

function hopTable({ inline, child }: { inline: Hops; child: Hops }): Table {
	const row = (name: string, { p50, p95, max }: Spread) => [name, ms(p50), ms(p95), ms(max)];
	return {
		columns: ['with nothing else under way', 'p50 ms', 'p95', 'max'],
		rows: [
			row('dispatch of a step until it starts', inline.start),
			row('the same in a child, its start recorded first', child.start),
			row('progress from worker to subscriber', inline.progress),
			row('the same out of a child', child.progress),
		],
	};
}

function percent(share: number): string {
	return `${(share * 100).toFixed(1)} %`;
}

if (import.meta.main) console.dir(await measureCluster(), { depth: null });
