import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { inFlight } from '../figures.ts';
import { megabytes, type Table } from '../section.ts';
import { openInspector } from '../services/inspector.ts';
import { type Bed, type Crowd, openBed } from './bed.ts';
import { openPageSockets } from './page-sockets.ts';
import { openErrandReceiver } from './receiver.ts';

const PEOPLE = 150;
const MESSAGES = 1_000;
const AT_ONCE = 20;
/** What a server needs to come to rest once it has answered, ms. */
const REST_MS = 2_000;

/** Memory is what a server's process holds after a collection of garbage, bytes. */
interface Memory {
	readonly rss: number;
	readonly heap: number;
}

interface Measured {
	readonly name: string;
	readonly ready: Memory;
	readonly worked: Memory;
}

const configurations: Readonly<Record<string, Crowd>> = {
	'none but the page': {},
	Discord: { discord: PEOPLE },
	Telegram: { telegram: PEOPLE },
	SMS: { sms: PEOPLE },
	'all three': { discord: PEOPLE, telegram: PEOPLE, sms: PEOPLE },
};

/** measureMemory looks at servers with different frontends, all at the same time because most of it is waiting. */
export async function measureMemory(): Promise<{ table: Table; how: string }> {
	const all = await Promise.all(
		Object.entries(configurations).map(([name, crowd]) => measureOne(name, { ...crowd, page: PEOPLE })),
	);
	const none = all[0];
	const more = (of: Memory, than: Memory | undefined) => `+${megabytes(of.rss - (than?.rss ?? 0))}`;
	return {
		how: `The server's process after a full collection of garbage: all resident memory, shared pages included, and the used part of the JavaScript heap. Then ${MESSAGES.toLocaleString('en')} small messages from ${PEOPLE} people, answered, over the frontends that are configured (the page where there is none, a third each where there are all), as fast as Telegram takes answers.`,
		table: {
			columns: ['configured', 'RSS, ready', 'heap', 'more than none', 'RSS, after 1,000', 'heap', 'more than none'],
			rows: all.map(({ name, ready, worked }) => [
				name,
				megabytes(ready.rss),
				megabytes(ready.heap),
				name === none?.name ? '' : more(ready, none?.ready),
				megabytes(worked.rss),
				megabytes(worked.heap),
				name === none?.name ? '' : more(worked, none?.worked),
			]),
		},
	};
}

async function measureOne(name: string, crowd: Crowd): Promise<Measured> {
	const bed = await openBed(openErrandReceiver, crowd);
	try {
		const { errand } = bed.receiver;
		if (errand === undefined) throw new Error('This is no server of ours.');
		const inspector = await openInspector(errand);
		const look = async (): Promise<Memory> => {
			await wait(REST_MS);
			await inspector.send('HeapProfiler.collectGarbage');
			const { usedSize: heap } = (await inspector.send('Runtime.getHeapUsage')) as { usedSize: number };
			return { heap, rss: residentBytes(errand.pid) };
		};
		const ready = await look();
		await talk(bed);
		const worked = await look();
		inspector.close();
		return { name, ready, worked };
	} finally {
		await bed.close();
	}
}

/** Resolves once all is answered. */
async function talk(bed: Bed): Promise<void> {
	const { onDiscord, onTelegram, phones, receiver } = bed;
	const groups = [onDiscord, onTelegram, phones].filter(({ length }) => length > 0);
	const sockets = groups.length === 0 ? await openPageSockets(receiver) : undefined;
	const say = async (at: number) => {
		if (sockets !== undefined) return sockets.say(at, 'hello');
		const group = groups[at % groups.length];
		const person = Math.floor(at / groups.length) % PEOPLE;
		if (group === onTelegram) onTelegram[person]?.say('hello');
		if (group === phones) await phones[person]?.text('hello');
		const { person: writer, dm } = onDiscord[person] ?? {};
		if (group === onDiscord && dm !== undefined) writer?.say(dm, 'hello');
	};
	let next = 0;
	await inFlight(MESSAGES, AT_ONCE, () => say(next++));
	await receiver.answered(MESSAGES);
	sockets?.close();
}

function residentBytes(pid: number): number {
	return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024;
}

if (import.meta.main) console.dir(await measureMemory(), { depth: null });
