import { serversMissing } from '../../support/servers-missing.ts';
import { startBenchServers } from '../cluster/bench-cluster.ts';
import { median, type Spread, spreadOf } from '../figures.ts';
import { type Goal, ms, rate, type Section, type Table, times } from '../section.ts';
import { type ConstructCost, measureConstructs } from '../workflows/construct-costs.ts';
import type { MailboxFigures } from '../workflows/mailbox.ts';
import { inOwnProcess } from '../workflows/own-process.ts';
import type { LargeReading } from '../workflows/read-large-workflow.ts';
import { BARE, OURS, OURS_IN_CLUSTER, type WorkflowSubject, workflowSubjects } from '../workflows/workflow-subjects.ts';

interface Graph {
	readonly levels: readonly number[];
	readonly single: Spread;
	readonly perSecond: number;
}
interface Measured {
	readonly name: string;
	readonly durable: string;
	readonly ten: Graph;
	readonly fan: Graph;
	readonly start: Spread;
}

const TEN = Array.from({ length: 10 }, () => 1);
const FAN = [1, 100, 1];
const ROUNDS = 5;
const IN_FLIGHT = 50;
const LARGE = 1_000;
const READINGS = 60;
const MESSAGES = 8_000;
const GOAL_READING_MS = 50;

/** measureWorkflows runs saved workflows beside other engines, in turns, and says what each construct and a large text cost. */
export async function measureWorkflows({ rounds = ROUNDS, share = 1 } = {}): Promise<Section> {
	const missing = serversMissing();
	const servers = missing === undefined ? await startBenchServers() : undefined;
	try {
		const measured = await measureAll(workflowSubjects(servers), rounds, share);
		const constructs = await measureConstructs(Math.min(rounds, 3), Math.ceil(80 * share));
		const reading = await inOwnProcess<LargeReading>('read-large-workflow.ts', LARGE, READINGS);
		const mailbox = await inOwnProcess<MailboxFigures>('mailbox.ts', Math.ceil(MESSAGES * share));
		return {
			title: 'Workflows',
			how: [
				`Workflows of no-op steps. Errand's are saved by their person and run by name: found, their input checked, compiled, admitted, submitted; each run is a task. ${rounds} rounds, engines in turns, each in a process of its own; single times are of runs one by one, rates with ${IN_FLIGHT} in flight (median round).`,
				'1→100→1 is one step for each of a hundred elements, between two others; Errand has `each` for that, the others start the hundred side by side, and BullMQ, whose flows are trees, has its first job add them with their join.',
				'Start is from the call that submits a run until its first step begins.',
				'"Every commit" means that what is acknowledged is on disk by then; BullMQ’s Redis syncs its journal once a second, and Restate writes its own without syncing each entry, so after a power cut both may miss the last moment; a second BullMQ has a Redis that syncs with every command. Steps run in the process that is measured, except in "Errand, cluster": there they run in a worker process, over Redis, with PostgreSQL for the history. openworkflow polls for work, which is what its single times show.',
				missing === undefined ? '' : `Not measured: a cluster, BullMQ and DBOS (${missing}).`,
			].join(' '),
			tables: [
				graphTable('ten steps, one after the other', measured, 'ten'),
				graphTable('1→100→1', measured, 'fan'),
				startTable(measured),
				constructTable(constructs),
				readingTable(reading),
				mailboxTable(mailbox),
			],
			goals: [...aheadOfAll(measured), ...readingGoal(reading)],
		};
	} finally {
		await servers?.stop();
	}
}

async function measureAll(subjects: readonly WorkflowSubject[], rounds: number, share: number): Promise<Measured[]> {
	const open = [];
	for (const subject of subjects) {
		const opened = await subject.open();
		if (opened === undefined) continue;
		const kept = { tens: keep(), fans: keep(), starts: [] as number[] };
		open.push({ subject, ...opened, ...kept });
		// Half a round first: engines are measured warm.
		await opened.loop.measure({ levels: TEN, count: Math.ceil((subject.tens * share) / 2), width: IN_FLIGHT });
		await opened.loop.measure({ levels: FAN, count: Math.ceil((subject.fans * share) / 2), width: IN_FLIGHT });
		await opened.loop.measure({ levels: [1], count: 3, width: 1, until: 'begun' });
	}
	for (let round = 0; round < rounds; round++) {
		for (const { subject, loop, tens, fans, starts } of open) {
			const alone = Math.ceil(subject.alone * share);
			for (const [levels, count, into] of [
				[TEN, subject.tens, tens],
				[FAN, subject.fans, fans],
			] as const) {
				into.times.push(...(await loop.measure({ levels, count: alone, width: 1 })).times);
				const many = await loop.measure({ levels, count: Math.ceil(count * share), width: IN_FLIGHT });
				into.rates.push(many.perSecond);
			}
			starts.push(...(await loop.measure({ levels: [1], count: alone, width: 1, until: 'begun' })).times);
		}
	}
	for (const { close } of open) await close();
	return open.map(({ subject: { name, durable }, tens, fans, starts }) => ({
		...{ name, durable, start: spreadOf(starts) },
		ten: { levels: TEN, single: spreadOf(tens.times), perSecond: median(tens.rates) },
		fan: { levels: FAN, single: spreadOf(fans.times), perSecond: median(fans.rates) },
	}));
}

function keep() {
	return { times: [] as number[], rates: [] as number[] };
}

function named(measured: readonly Measured[], name: string): Measured {
	const found = measured.find((one) => one.name === name);
	if (found === undefined) throw new Error(`"${name}" was not measured.`);
	return found;
}

/** Ahead of every other engine: quicker one by one, more a second, and begun sooner; of all, and of those that acknowledge what is on disk. */
function aheadOfAll(measured: readonly Measured[]): Goal[] {
	const peers = measured.filter(({ name }) => ![BARE, OURS, OURS_IN_CLUSTER].includes(name));
	const synced = peers.filter(({ durable }) => durable.startsWith('every'));
	const ours = named(measured, OURS);
	return [...ahead(ours, peers, 'any'), ...ahead(ours, synced, 'any that syncs')];
}

function ahead(ours: Measured, peers: readonly Measured[], which: string): Goal[] {
	const quicker = (what: string, of: (one: Measured) => number): Goal => {
		const [best] = peers.toSorted((one, other) => of(one) - of(other));
		const wanted = best === undefined ? '' : `less than ${which}: ${ms(of(best))} ms (${best.name})`;
		return { what, wanted, measured: `${ms(of(ours))} ms`, met: best === undefined || of(ours) < of(best) };
	};
	const more = (what: string, of: (one: Measured) => number): Goal => {
		const [best] = peers.toSorted((one, other) => of(other) - of(one));
		const wanted = best === undefined ? '' : `more than ${which}: ${rate(of(best))} (${best.name})`;
		return { what, wanted, measured: rate(of(ours)), met: best === undefined || of(ours) > of(best) };
	};
	return [
		quicker('ten steps, p50', ({ ten }) => ten.single.p50),
		more('ten steps, a second', ({ ten }) => ten.perSecond),
		quicker('1→100→1, p50', ({ fan }) => fan.single.p50),
		more('1→100→1, a second', ({ fan }) => fan.perSecond),
		quicker('start, p50', ({ start }) => start.p50),
	];
}

function readingGoal({ parts }: LargeReading): Goal[] {
	const goal = (what: string, time: number): Goal => ({
		...{ what, wanted: `≤ ${GOAL_READING_MS} ms`, measured: `${ms(time)} ms`, met: time <= GOAL_READING_MS },
	});
	const steps = rate(LARGE);
	return [
		goal(`YAML of ${steps} steps read, checked, compiled, p50`, parts.all.p50),
		goal('the same, p95', parts.all.p95),
	];
}

function graphTable(title: string, measured: readonly Measured[], which: 'ten' | 'fan'): Table {
	const bare = named(measured, BARE)[which];
	const ours = named(measured, OURS)[which];
	return {
		columns: [
			...[title, 'on disk', 'p50 ms', 'p95', 'max', 'per second'],
			...['p50 ÷ bare p50', 'bare rate ÷ rate', 'Errand embedded rate ÷ rate'],
		],
		rows: measured.map(({ name, durable, [which]: { single, perSecond } }) => [
			...[name, durable, ms(single.p50), ms(single.p95), ms(single.max), rate(perSecond)],
			...[times(single.p50 / bare.single.p50), times(bare.perSecond / perSecond), times(ours.perSecond / perSecond)],
		]),
	};
}

function startTable(measured: readonly Measured[]): Table {
	const ours = named(measured, OURS).start;
	return {
		columns: ['start of the first step', 'p50 ms', 'p95', 'max', 'p50 ÷ Errand embedded p50'],
		rows: measured.map(({ name, start: { p50, p95, max } }) => [
			...[name, ms(p50), ms(p95), ms(max), times(p50 / ours.p50)],
		]),
	};
}

function constructTable(constructs: readonly ConstructCost[]): Table {
	const plain = constructs[0]?.inFlight ?? 1;
	return {
		columns: ['fifty times one step', 'µs a step, one run', 'µs a step, ten runs in flight', 'of steps in sequence'],
		rows: constructs.map(({ construct, alone, inFlight }) => [
			...[construct, String(Math.round(alone)), String(Math.round(inFlight)), times(inFlight / plain)],
		]),
	};
}

function readingTable({ bytes, first, parts }: LargeReading): Table {
	const row = (name: string, { p50, p95, max }: Spread) => [name, ms(p50), ms(p95), ms(max)];
	return {
		columns: [`YAML of ${rate(LARGE)} steps (${Math.round(bytes / 1_000)} KB)`, 'p50 ms', 'p95', 'max'],
		rows: [
			...Object.entries(parts).map(([name, spread]) => row(name === 'all' ? 'all three' : name, spread)),
			['all three, the first of a process', ms(first), '', ''],
		],
	};
}

function mailboxTable({ send, way, sentPerSecond, takenPerSecond }: MailboxFigures): Table {
	const row = (name: string, { p50, p95, max }: Spread, perSecond: number | undefined) => [
		...[name, ms(p50), ms(p95), ms(max), perSecond === undefined ? '' : rate(perSecond)],
	];
	return {
		columns: ['messages between agents', 'p50 ms', 'p95', 'max', 'per second'],
		rows: [
			row(`sent (a second: ${IN_FLIGHT} in flight)`, send, sentPerSecond),
			['handed out and acknowledged, a hundred at a time', '', '', '', rate(takenPerSecond)],
			row('until a target that waits has it and says so', way, undefined),
		],
	};
}

if (import.meta.main) {
	const [rounds, share] = process.argv.slice(2).map(Number);
	console.dir(await measureWorkflows({ rounds, share }), { depth: null });
}
