import { inFlight, paced, type Spread, spreadOf, type Timed } from '../figures.ts';
import { ms, type Table, times } from '../section.ts';
import { untilQuiet } from '../services/process-load.ts';
import { type Bed, openBed } from './bed.ts';
import { openBareReceiver, openErrandReceiver } from './receiver.ts';
import * as webhooks from './webhook-calls.ts';

const PEOPLE = 100;
const WARM_UP = 100;
const ALONE = 300;
const TOGETHER = 600;
const AT_ONCE = 20;
const PACED = 200;
const PER_SECOND = 100;
const CALLS = WARM_UP + ALONE + TOGETHER + PACED;

/** Load is a way in which calls come. */
interface Load {
	readonly name: string;
	readonly count: number;
	run(call: () => Promise<unknown>): Promise<Timed>;
}

const loads: readonly Load[] = [
	{ name: 'one by one', count: ALONE, run: (call) => inFlight(ALONE, 1, call) },
	{ name: `${AT_ONCE} in flight`, count: TOGETHER, run: (call) => inFlight(TOGETHER, AT_ONCE, call) },
	{ name: `${PER_SECOND} a second`, count: PACED, run: (call) => paced(PACED, PER_SECOND, call) },
];

/** Acknowledged is how long the calls of one kind took under one load. */
interface Acknowledged {
	readonly name: string;
	readonly load: string;
	readonly bare: Spread;
	readonly ours: Spread;
}

/** measureAcknowledged calls the webhooks of Errand and of bare bots until they answer. */
export async function measureAcknowledged(): Promise<{
	table: Table;
	slowest: readonly { load: string; p99: number }[];
	how: string;
}> {
	const all = await withBeds(async (bare, ours) => {
		const rows: Acknowledged[] = [];
		const rest = () => untilQuiet(ours.receiver.errand?.pid ?? 0);
		for (const open of kinds) rows.push(...(await measureKind(await open(bare), await open(ours), rest)));
		return rows;
	});
	return {
		how: `Calls of ${PEOPLE} people (or their hooks), signed beforehand, over kept connections: ${ALONE} one by one, ${TOGETHER} with ${AT_ONCE} in flight, ${PACED} at ${PER_SECOND} a second, where a time counts from when the call was due. All frontends are configured, and Errand answers what it took meanwhile, and each load begins when the work of the one before is done. It acknowledges when the message is durable, except Discord's interactions: their call is accepted at once, and acknowledged over the API when they are durable. A hook's payload becomes a file, and its task is work for the handlers' processes, which share the two processors as well. The bare handlers are express, a row on disk and, for texts and updates, the library's own check.`,
		table: {
			columns: ['webhook', 'bare p50 ms', 'p99', 'Errand p50 ms', 'p95', 'p99', 'max', 'p50 ÷ bare', 'p99 ÷ bare'],
			rows: all.map(({ name, load, bare, ours }) => [
				`${name}, ${load}`,
				ms(bare.p50),
				ms(bare.p99),
				ms(ours.p50),
				ms(ours.p95),
				ms(ours.p99),
				ms(ours.max),
				times(ours.p50 / bare.p50),
				times(ours.p99 / bare.p99),
			]),
		},
		slowest: loads.map(({ name: load }) => {
			const under = all.filter((one) => one.load === load);
			return { load, p99: Math.max(...under.map(({ ours }) => ours.p99)) };
		}),
	};
}

// Discord comes last: what its answers still have to wait for is in nobody's way.
const kinds: readonly ((bed: Bed) => Promise<webhooks.WebhookCalls>)[] = [
	(bed) => webhooks.openHookCalls(bed, 1_000),
	(bed) => webhooks.openHookCalls(bed, 8_000),
	async (bed) => webhooks.twilioCalls(bed),
	async (bed) => webhooks.telegramCalls(bed),
	async (bed) => webhooks.discordCalls(bed),
];

async function withBeds<Found>(measure: (bare: Bed, ours: Bed) => Promise<Found>): Promise<Found> {
	const crowd = {
		discord: PEOPLE,
		telegram: PEOPLE,
		telegramCalls: true,
		sms: Math.ceil(CALLS / webhooks.TEXTS_OF_A_PHONE),
		page: PEOPLE,
	};
	const bare = await openBed(openBareReceiver, crowd);
	const ours = await openBed(openErrandReceiver, crowd);
	try {
		return await measure(bare, ours);
	} finally {
		await bare.close();
		await ours.close();
	}
}

async function measureKind(
	bare: webhooks.WebhookCalls,
	ours: webhooks.WebhookCalls,
	rest: () => Promise<void>,
): Promise<Acknowledged[]> {
	for (const calls of [bare, ours]) await inFlight(WARM_UP, AT_ONCE, () => calls.prepare()());
	const found: Acknowledged[] = [];
	for (const load of loads) {
		const of = async (calls: webhooks.WebhookCalls) => {
			await rest();
			const ready = Array.from({ length: load.count }, () => calls.prepare());
			return spreadOf((await load.run(async () => ready.pop()?.())).times);
		};
		found.push({ name: ours.name, load: load.name, bare: await of(bare), ours: await of(ours) });
	}
	return found;
}

if (import.meta.main) console.dir(await measureAcknowledged(), { depth: null });
