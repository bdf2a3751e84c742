import { startPostgres } from '../../support/postgres-server.ts';
import { startRedis } from '../../support/redis-server.ts';
import { postgresPrograms, redisProgram } from '../../support/servers-missing.ts';
import { median, type Spread, spreadOf } from '../figures.ts';
import { type LoopProcess, openLoopProcess } from '../loops/loop-process.ts';
import { ms, rate, type Section, type Table, times } from '../section.ts';

interface Subject {
	readonly name: string;
	/** When what it acknowledges is on disk. */
	readonly durable: string;
	/** Undefined where the server it needs is not installed. */
	open(): Promise<LoopProcess> | undefined;
	/** Graphs a round at 50 in flight: about a second. */
	readonly chains: number;
	readonly fans: number;
	/** Graphs a round one by one. */
	readonly alone: number;
}

interface Measured {
	readonly subject: Subject;
	readonly chain: Spread & { readonly perSecond: number };
	readonly fan: Spread & { readonly perSecond: number };
}

const CHAIN = [1, 1, 1];
const FAN = [1, 10, 1];
const ROUNDS = 5;
const IN_FLIGHT = 50;
/** What PostgreSQL takes by itself, where tests give it less. */
const AS_IT_COMES = { shared_buffers: '128MB', max_wal_size: '1GB', max_connections: '100' };

/** measureChains runs graphs of durable no-op steps through the bare loop, through Errand and through its peers, in turns, so that all see the same machine. */
export async function measureChains(): Promise<Section> {
	const redis = redisProgram() === undefined ? undefined : await startRedis({ aof: true });
	const postgres = postgresPrograms() === undefined ? undefined : await startPostgres(AS_IT_COMES);
	try {
		const measured = await measureAll(subjectsOf(redis, postgres));
		const bare = named(measured, BARE);
		const ours = named(measured, INLINE);
		const missing = [redis ? '' : 'BullMQ (no redis-server)', postgres ? '' : 'DBOS (no PostgreSQL)'].filter(Boolean);
		return {
			title: 'Chains of durable steps',
			how: [
				`A graph of no-op steps, each durable before the next begins. ${ROUNDS} rounds, engines in turns, each engine in a process of its own; single times are of graphs one by one, rates with ${IN_FLIGHT} in flight (median round).`,
				'The first of 1→10→1 is what the ten wait for, the last waits for all ten. BullMQ cannot express that as one flow, so its first job adds the flow of the ten and their join.',
				'openworkflow polls for work, which is what its single times show; its end is taken when its function ends, because its own way to wait for a result looks once a second.',
				missing.length === 0 ? '' : `Not measured: ${missing.join(', ')}.`,
			].join(' '),
			tables: [tableOf('chain of 3', measured, 'chain'), tableOf('1→10→1', measured, 'fan')],
			goals: [
				{
					what: 'chain of 3, p50, against the bare loop',
					wanted: '≤ 1.5×',
					measured: times(ours.chain.p50 / bare.chain.p50),
					met: ours.chain.p50 <= 1.5 * bare.chain.p50,
				},
				{
					what: 'chains a second, bare loop against ours',
					wanted: '≤ 1.5×',
					measured: times(bare.chain.perSecond / ours.chain.perSecond),
					met: bare.chain.perSecond <= 1.5 * ours.chain.perSecond,
				},
				{
					what: 'chains a second',
					wanted: '≥ 10,000',
					measured: rate(ours.chain.perSecond),
					met: ours.chain.perSecond >= 10_000,
				},
				{
					what: '1→10→1 a second',
					wanted: '≥ 3,000',
					measured: rate(ours.fan.perSecond),
					met: ours.fan.perSecond >= 3_000,
				},
			],
		};
	} finally {
		await redis?.stop();
		await postgres?.stop();
	}
}

const BARE = 'bare loop';
const INLINE = 'Errand, inline handler';

interface Server {
	readonly url: string;
}

function subjectsOf(redis: Server | undefined, postgres: Server | undefined): Subject[] {
	const ours = 'loops/our-loop.ts';
	return [
		{
			name: BARE,
			durable: 'every commit',
			open: () => openLoopProcess('loops/bare-loop.ts'),
			chains: 10_000,
			fans: 5_000,
			alone: 300,
		},
		{
			name: INLINE,
			durable: 'every commit',
			open: () => openLoopProcess(ours, 'test.noop'),
			chains: 5_000,
			fans: 1_500,
			alone: 300,
		},
		{
			name: 'Errand, handlers in children',
			durable: 'every commit',
			open: () => openLoopProcess(ours, 'test.noop-in-child'),
			chains: 800,
			fans: 200,
			alone: 150,
		},
		{
			name: 'BullMQ 6.7 flows, Redis',
			durable: 'within a second',
			open: () => redis && openLoopProcess('peers/bullmq.ts', redis.url),
			chains: 1_500,
			fans: 600,
			alone: 150,
		},
		{
			name: 'DBOS 5.3, PostgreSQL',
			durable: 'every commit',
			open: () => postgres && openLoopProcess('peers/dbos.ts', postgres.url),
			chains: 400,
			fans: 100,
			alone: 80,
		},
		{
			name: 'openworkflow 0.10, SQLite',
			durable: 'every commit',
			open: () => openLoopProcess('peers/openworkflow.ts'),
			chains: 300,
			fans: 100,
			alone: 20,
		},
	];
}

async function measureAll(subjects: readonly Subject[]): Promise<Measured[]> {
	const loops: { subject: Subject; loop: LoopProcess }[] = [];
	for (const subject of subjects) {
		const loop = await subject.open();
		if (loop === undefined) continue;
		loops.push({ subject, loop });
		await loop.measure({ levels: CHAIN, count: subject.chains / 2, width: IN_FLIGHT });
	}
	const kept = loops.map(({ subject }) => ({ subject, chain: keep(), fan: keep() }));
	for (let round = 0; round < ROUNDS; round++) {
		for (const [index, { subject, loop }] of loops.entries()) {
			for (const [levels, count, into] of [
				[CHAIN, subject.chains, kept[index]?.chain],
				[FAN, subject.fans, kept[index]?.fan],
			] as const) {
				const alone = await loop.measure({ levels, count: subject.alone, width: 1 });
				into?.times.push(...alone.times);
				into?.rates.push((await loop.measure({ levels, count, width: IN_FLIGHT })).perSecond);
			}
		}
	}
	for (const { loop } of loops) await loop.close();
	return kept.map(({ subject, chain, fan }) => ({ subject, chain: sumOf(chain), fan: sumOf(fan) }));
}

interface Kept {
	readonly times: number[];
	readonly rates: number[];
}

function keep(): Kept {
	return { times: [], rates: [] };
}

function sumOf({ times: single, rates }: Kept) {
	return { ...spreadOf(single), perSecond: median(rates) };
}

function named(measured: readonly Measured[], name: string): Measured {
	const found = measured.find(({ subject }) => subject.name === name);
	if (found === undefined) throw new Error(`"${name}" was not measured.`);
	return found;
}

function tableOf(graph: string, measured: readonly Measured[], which: 'chain' | 'fan'): Table {
	const bare = named(measured, BARE)[which];
	const ours = named(measured, INLINE)[which];
	return {
		columns: [
			graph,
			'on disk',
			'p50 ms',
			'p95',
			'max',
			'per second',
			'p50 ÷ bare p50',
			'bare rate ÷ rate',
			'Errand inline rate ÷ rate',
		],
		rows: measured.map(({ subject, [which]: figures }) => [
			subject.name,
			subject.durable,
			ms(figures.p50),
			ms(figures.p95),
			ms(figures.max),
			rate(figures.perSecond),
			times(figures.p50 / bare.p50),
			times(bare.perSecond / figures.perSecond),
			times(ours.perSecond / figures.perSecond),
		]),
	};
}

if (import.meta.main) console.dir(await measureChains(), { depth: null });
