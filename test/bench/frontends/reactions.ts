import { setTimeout as wait } from 'node:timers/promises';
import { type Spread, spreadOf } from '../figures.ts';
import { ms, type Table, times } from '../section.ts';
import { Arrivals } from './arrivals.ts';
import { type Bed, type Crowd, openBed } from './bed.ts';
import { openPageSockets } from './page-sockets.ts';
import { openBareReceiver, openErrandReceiver } from './receiver.ts';

const WARM_UP = 20;
const MESSAGES = 100;
const PEOPLE = WARM_UP + MESSAGES;
/** A message every so often, so that the limits of Telegram and Discord, which their libraries keep, are not in the way. */
const EVERY_MS = 50;
/** How long a sign is waited for once the text is there. */
const SIGN_MS = 20;
const GIVEN_UP_MS = 5_000;

/** Reaction is when somebody saw something after they wrote, ms. */
type Reaction = Readonly<Record<'sign' | 'text', number | undefined>>;

/** Place is a frontend where one message at a time is written and what comes of it is seen. */
interface Place {
	readonly name: string;
	/** What is seen before the answer; undefined where there is nothing. */
	readonly sign: string | undefined;
	readonly crowd: Crowd;
	open(bed: Bed, arrivals: Arrivals): Promise<{ say(at: number): Promise<Reaction>; close?: () => void }>;
}

/** measureReactions writes one message at a time until it is answered, to Errand and to bare bots that echo it in turns. */
export async function measureReactions(): Promise<{ table: Table; how: string }> {
	const rows: string[][] = [];
	for (const place of places) {
		const { bare, ours } = await measurePlace(place);
		if (place.sign !== undefined) rows.push(row(`${place.name}: ${place.sign}`, spreadOf(ours.sign), bare.sign));
		rows.push(row(`${place.name}: first text`, spreadOf(ours.text), bare.text));
	}
	return {
		how: `One hello at a time, ${MESSAGES} from as many people, one every ${EVERY_MS} ms, to bare bots that keep it and echo it and to Errand in turns: from when the platform has the message until Errand's request is back at the platform, for texts until the phone has the text and for the page until its socket does. The bare bot answers a text in the webhook's own response, Errand by a call of its own.`,
		table: {
			columns: ['from the message to', 'bare p50 ms', 'p99', 'Errand p50 ms', 'p95', 'p99', 'max', 'p50 ÷ bare'],
			rows,
		},
	};
}

function row(name: string, ours: Spread, bareTimes: readonly number[]): string[] {
	const bare = bareTimes.length === 0 ? undefined : spreadOf(bareTimes);
	const ratio = bare === undefined ? '' : times(ours.p50 / bare.p50);
	const figures = [ours.p50, ours.p95, ours.p99, ours.max].map(ms);
	return [name, bare === undefined ? 'none' : ms(bare.p50), bare === undefined ? '' : ms(bare.p99), ...figures, ratio];
}

async function measurePlace(place: Place) {
	const arrivals = new Arrivals();
	const crowd = { ...place.crowd, echo: true };
	const beds = { bare: await openBed(openBareReceiver, crowd), ours: await openBed(openErrandReceiver, crowd) };
	const doors = { bare: await place.open(beds.bare, arrivals), ours: await place.open(beds.ours, arrivals) };
	const seen = {
		bare: { sign: [] as number[], text: [] as number[] },
		ours: { sign: [] as number[], text: [] as number[] },
	};
	try {
		for (let at = 0; at < WARM_UP + MESSAGES; at++) {
			const pause = wait(EVERY_MS);
			for (const who of ['bare', 'ours'] as const) {
				const { sign, text } = await doors[who].say(at);
				if (at >= WARM_UP && text === undefined)
					throw new Error(`${place.name}: no answer of ${who} to message ${at}.`);
				if (at >= WARM_UP && sign !== undefined) seen[who].sign.push(sign);
				if (at >= WARM_UP && text !== undefined) seen[who].text.push(text);
			}
			await pause;
		}
	} finally {
		for (const who of ['bare', 'ours'] as const) {
			doors[who].close?.();
			await beds[who].close();
		}
		arrivals.close();
	}
	return seen;
}

const places: readonly Place[] = [
	{
		name: 'web page',
		sign: 'acknowledged',
		crowd: { page: PEOPLE },
		open: async ({ receiver }) => {
			const sockets = await openPageSockets(receiver);
			return {
				say: (at) => {
					const text = sockets.replied(at);
					return seenAfter({ sign: sockets.say(at, 'hello'), text });
				},
				close: sockets.close,
			};
		},
	},
	{
		name: 'Discord',
		sign: 'typing sign',
		crowd: { discord: PEOPLE },
		open: async ({ onDiscord }, arrivals) => ({
			say: async (at) => {
				const { person, dm } = someone(onDiscord[at]);
				const path = `^POST /api/v10/channels/${dm.id}`;
				const [sign, text] = [arrivals.next(`${path}/typing`), arrivals.next(`${path}/messages`)];
				return seenAfter({ sign, text }, () => person.say(dm, 'hello'));
			},
		}),
	},
	{ name: 'Telegram, polling', sign: 'typing sign', crowd: { telegram: PEOPLE }, open: openTelegram },
	{
		name: 'Telegram, webhook',
		sign: 'typing sign',
		crowd: { telegram: PEOPLE, telegramCalls: true },
		open: openTelegram,
	},
	{
		name: 'SMS',
		sign: 'webhook answered',
		crowd: { sms: PEOPLE },
		open: async ({ phones }) => ({
			say: async (at) => {
				const phone = someone(phones[at]);
				const text = phone.gets(() => true);
				return seenAfter({ sign: phone.text('hello'), text });
			},
		}),
	},
];

async function openTelegram({ onTelegram, telegram }: Bed, arrivals: Arrivals) {
	const path = `^POST /bot${telegram.token}`;
	return {
		say: async (at: number) => {
			const [sign, text] = [arrivals.next(`${path}/sendChatAction`), arrivals.next(`${path}/sendMessage`)];
			return seenAfter({ sign, text }, () => someone(onTelegram[at]).say('hello'));
		},
	};
}

/** Times both; a sign that has not come by some time after the text will not. */
async function seenAfter(
	{ sign, text }: Readonly<Record<'sign' | 'text', Promise<unknown>>>,
	say: () => unknown = () => {},
): Promise<Reaction> {
	const from = performance.now();
	say();
	const since = async (what: Promise<unknown>) => {
		await what;
		return performance.now() - from;
	};
	const signed = since(sign);
	const texted = await Promise.race([since(text), wait(GIVEN_UP_MS, undefined)]);
	return { text: texted, sign: await Promise.race([signed, wait(SIGN_MS, undefined)]) };
}

function someone<One>(one: One | undefined): One {
	if (one === undefined) throw new Error('There are not so many people.');
	return one;
}

if (import.meta.main) console.dir(await measureReactions(), { depth: null });
