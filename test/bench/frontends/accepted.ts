import { setTimeout as wait } from 'node:timers/promises';
import { inFlight, median } from '../figures.ts';
import { rate, type Table, times } from '../section.ts';
import { type Bed, type Crowd, type OpenReceiver, openBed } from './bed.ts';
import { openPageSockets } from './page-sockets.ts';
import { openPoster } from './poster.ts';
import { openBareReceiver, openErrandReceiver } from './receiver.ts';
import { TEXTS_OF_A_PHONE, telegramCalls, twilioCalls, type WebhookCalls } from './webhook-calls.ts';

const PEOPLE = 100;
const WARM_UP = 500;
const MESSAGES = 1_500;
const ROUNDS = 3;

/** Way is one way in which messages come, as it is driven in a bed. */
interface Way {
	readonly name: string;
	readonly crowd: Crowd;
	/** Telegram is sent 22 answers a second and Discord 50, so those are not waited for. */
	readonly answers: boolean;
	/** Resolves with what sends so many messages, and resolves once all of them are accepted. */
	open(bed: Bed): Promise<{ send(count: number): Promise<void>; close?: () => void }>;
}

/** Accepted is how many messages a second one way brought in, in each round. */
interface Accepted {
	readonly name: string;
	readonly bare: readonly number[];
	readonly ours: readonly number[];
	readonly answered: readonly number[];
}

/** measureAccepted sends many messages at once in each way, to Errand and to bare bots in turns. */
export async function measureAccepted(only = ''): Promise<{ table: Table; slowest: number; how: string }> {
	const all: Accepted[] = [];
	for (const way of ways.filter(({ name }) => name.includes(only))) all.push(await measureWay(way));
	return {
		how: `Accepted is durable: acknowledged where there is an acknowledgement, for polling the offset has moved past it, for Discord's gateway its row or fact is there. ${PEOPLE} people say hello (texts come from as many phones as it takes for none to be muted as a machine), ${rate(MESSAGES)} messages a round, up to ${PEOPLE} in flight, Telegram's polled ones as one backlog and Discord's as one burst; ${ROUNDS} rounds in turns after ${WARM_UP} to warm up, median. Errand answers each message meanwhile, beside taking more, on the same thread; Twilio's calls about what becomes of each answer are switched off. The bare bots only take messages. Answered is the same round until the last answer was taken by the platform; Telegram is sent 22 answers a second and Discord 50, whatever comes in.`,
		table: {
			columns: [
				'inbound, per second',
				'bare accepted',
				'Errand accepted',
				'lowest round',
				'of bare',
				'Errand answered',
			],
			rows: all.map(({ name, bare, ours, answered }) => [
				name,
				rate(median(bare)),
				rate(median(ours)),
				rate(Math.min(...ours)),
				times(median(ours) / median(bare)),
				answered.length === 0 ? 'held by the platform’s limits' : rate(median(answered)),
			]),
		},
		slowest: Math.min(...all.map(({ ours }) => median(ours))),
	};
}

async function measureWay(way: Way): Promise<Accepted> {
	const [bare, ours] = [await openLine(way, openBareReceiver), await openLine(way, openErrandReceiver)];
	const figures = { name: way.name, bare: [] as number[], ours: [] as number[], answered: [] as number[] };
	try {
		for (const line of [bare, ours]) await line.send(WARM_UP);
		for (let round = 0; round < ROUNDS; round++) {
			figures.bare.push((await bare.send(MESSAGES)).accepted);
			const { accepted, answered } = await ours.send(MESSAGES);
			figures.ours.push(accepted);
			if (way.answers) figures.answered.push(answered);
		}
	} finally {
		await bare.close();
		await ours.close();
	}
	return figures;
}

export async function openLine(way: Way, open: OpenReceiver) {
	const bed = await openBed(open, way.crowd);
	const { send, close } = await way.open(bed);
	let sent = 0;
	return {
		send: async (count: number) => {
			const before = performance.now();
			const perSecond = () => (count / (performance.now() - before)) * 1_000;
			await send(count);
			const accepted = perSecond();
			sent += count;
			await bed.receiver.taken(sent);
			if (way.answers) await bed.receiver.answered(sent);
			return { accepted, answered: perSecond() };
		},
		close: async () => {
			close?.();
			await bed.close();
		},
	};
}

async function callAll(calls: WebhookCalls, count: number): Promise<void> {
	const ready = Array.from({ length: count }, () => calls.prepare());
	await inFlight(count, PEOPLE, async () => ready.pop()?.());
}

export const ways: readonly Way[] = [
	{
		name: 'web socket',
		crowd: { page: PEOPLE },
		answers: true,
		open: async ({ receiver }) => {
			const sockets = await openPageSockets(receiver);
			let next = 0;
			return {
				send: async (count) => {
					await inFlight(count, PEOPLE, () => sockets.say(next++, 'hello'));
				},
				close: sockets.close,
			};
		},
	},
	{
		name: 'REST, `POST /v1/conversations/:id/messages`',
		crowd: { page: PEOPLE },
		answers: true,
		open: async ({ receiver }) => {
			const { post, close } = openPoster(receiver.url);
			let next = 0;
			const say = () => {
				const { id, token } = receiver.people[next++ % PEOPLE] ?? { id: '', token: '' };
				const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
				const body = JSON.stringify({ text: 'hello', clientId: `rest-${next}` });
				return post(`/v1/conversations/web-${id}-rest/messages`, headers, body);
			};
			return {
				send: async (count) => {
					await inFlight(count, PEOPLE, say);
				},
				close,
			};
		},
	},
	{
		name: 'Telegram, polling',
		crowd: { telegram: PEOPLE },
		answers: false,
		open: async ({ telegram, onTelegram, receiver }) => {
			let next = 0;
			let sent = 0;
			return {
				send: async (count) => {
					await telegram.updates.together(() => {
						for (let at = 0; at < count; at++) onTelegram[next++ % PEOPLE]?.say('hello');
					});
					sent += count;
					while (telegram.updates.unconfirmed > 0) await wait(1);
					await receiver.taken(sent);
				},
			};
		},
	},
	{
		name: 'Telegram, webhook',
		crowd: { telegram: PEOPLE, telegramCalls: true },
		answers: false,
		open: async (bed) => {
			const calls = telegramCalls(bed);
			return { send: (count) => callAll(calls, count) };
		},
	},
	{
		name: 'SMS, Twilio’s webhook',
		crowd: { sms: Math.ceil((WARM_UP + ROUNDS * MESSAGES) / TEXTS_OF_A_PHONE) },
		answers: true,
		open: async (bed) => {
			// What becomes of an answer would be three more signed calls for each.
			bed.twilio.reports = 'none';
			const calls = twilioCalls(bed);
			return { send: (count) => callAll(calls, count) };
		},
	},
	{
		name: 'Discord, gateway events',
		crowd: { discord: PEOPLE },
		answers: false,
		open: async ({ onDiscord, receiver }) => {
			let next = 0;
			let sent = 0;
			return {
				send: async (count) => {
					for (let at = 0; at < count; at++) {
						const { person, dm } = onDiscord[next++ % PEOPLE] ?? {};
						if (dm !== undefined) person?.say(dm, 'hello');
					}
					sent += count;
					await receiver.taken(sent);
				},
			};
		},
	},
];

if (import.meta.main) console.dir(await measureAccepted(process.argv[2]), { depth: null });
