import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BreakableLine, openLine } from '../../harness/breakable-line.ts';
import { type ErrandProcess, startErrand } from '../../harness/errand-process.ts';
import { countsAsShown, readiness, soon } from '../../harness/frontend-errand.ts';
import { type ModelStandIn, startModelStandIn } from '../../harness/model-stand-in.ts';
import { scriptedMind } from '../../harness/scripted-mind.ts';
import { DiscordStandIn } from '../../support/discord/discord-stand-in.ts';
import { TelegramServer } from '../../support/telegram/telegram-server.ts';
import { TwilioStandIn } from '../../support/twilio/twilio-stand-in.ts';

// Ten minutes of a platform's absence pass on a clock that stands still, in test/integration/conversations.test.ts; here it
// is away for some seconds of real time, with the real libraries and the server as it ships.
/** Answers at each of the other places, at least, before what is away comes back. */
const ROUNDS = 6;
const PUBLIC_URL = 'https://errand.example';
const ENTRY = new URL('../../harness/test-gateway.ts', import.meta.url).pathname;

interface Place {
	say(text: string): Promise<unknown>;
	sees(): readonly string[];
}

interface Outage {
	begin(): Promise<void>;
	end(): Promise<void>;
}

type Name = 'discord' | 'telegram' | 'sms';

let discord: DiscordStandIn;
let telegram: TelegramServer;
let twilio: TwilioStandIn;
let model: ModelStandIn;
let errand: ErrandProcess;
let lines: BreakableLine[];
let places: Record<Name, Place>;
/** Where answers are asked for meanwhile. */
let probes: Record<Name | 'web', Place>;
let outages: Record<Name, Outage>;

beforeAll(async () => {
	discord = await DiscordStandIn.start({ limitScale: 20 });
	telegram = await TelegramServer.start();
	twilio = await TwilioStandIn.start({ optOut: 'off' });
	model = await startModelStandIn(scriptedMind);
	const toDiscord = await openLine(discord.world.address);
	const toTwilio = await openLine(twilio.url);
	lines = [toDiscord, toTwilio];
	// What Discord says of its own addresses leads over the line, too.
	discord.world.address = toDiscord.url;
	const ann = discord.person('Ann');
	const bob = telegram.person();
	// Who answers each text at once is taken for a machine, so several phones take turns.
	const phones = Array.from({ length: 6 }, (_, at) => twilio.person(`+155501050${10 + at}`));
	const [cleo = twilio.person('+15550105009'), ...others] = phones;
	errand = await startErrand({
		entry: ENTRY,
		env: {
			...discord.env,
			...twilio.env,
			...model.env,
			TWILIO_API_URL: toTwilio.url,
			TELEGRAM_BOT_TOKEN: telegram.token,
			TELEGRAM_API_URL: telegram.url,
			ERRAND_PUBLIC_URL: PUBLIC_URL,
			ERRAND_OWNERS: [ann.identity, bob.identity, ...phones.map(({ number }) => `sms:${number}`)].join(','),
		},
	});
	twilio.pointAt(PUBLIC_URL, errand.url);
	let texts = 0;
	places = {
		discord: {
			say: async (text) => ann.say(ann.dm, text),
			sees: () => ann.sees(ann.dm).map(({ content }) => content),
		},
		telegram: { say: async (text) => bob.say(text), sees: () => bob.sees().map(({ text }) => text) },
		sms: { say: (text) => cleo.text(text), sees: () => cleo.received.map(({ text }) => text) },
	};
	probes = {
		...places,
		web: webPlace(),
		sms: {
			say: async (text) => others[texts++ % others.length]?.text(text),
			sees: () => others.flatMap(({ received }) => received.map((one) => one.text)),
		},
	};
	outages = {
		discord: { begin: toDiscord.cut, end: toDiscord.mend },
		sms: { begin: toTwilio.cut, end: toTwilio.mend },
		telegram: {
			begin: async () => {
				telegram.faults.plan('*', { kind: 'error', status: 502 }, Number.MAX_SAFE_INTEGER);
				telegram.disconnect();
			},
			end: async () => telegram.faults.clear(),
		},
	};
	await soon(async () => (await statuses()).every((status) => status === 'ready'), 'everything is ready');
});

afterAll(async () => {
	await errand?.dispose();
	for (const one of [...(lines ?? []), discord, telegram, twilio, model]) await one?.stop();
});

describe.each(['discord', 'telegram', 'sms'] as const)('while %s is down', (name) => {
	it('tasks go on, the other frontends answer as ever, and what waits arrives in order once it is back', async () => {
		const here = places[name];
		const words = ['first', 'second', 'third'].map((word) => `${name}${word}`);
		for (const [at, word] of words.entries()) {
			await here.say(`Show ${word} after ${3_000 + at * 700} ms`);
			await soon(() => model.asked.some(({ what, user }) => what === 'plan' && user.includes(word)), 'it is planned');
		}
		const tasks = await idsOf(words);
		const before = here.sees().length;
		await outages[name].begin();
		try {
			await here.say(`Tell me: ${name}meanwhile`);
			const others = (['discord', 'telegram', 'sms', 'web'] as const).filter((other) => other !== name);
			const allDone = async () => (await Promise.all(tasks.map(errand.task))).every(({ status }) => status === 'done');
			for (let round = 0; round < ROUNDS || !(await allDone()); round++) {
				await Promise.all(others.map((other) => answers(probes[other], `${name}${round}`)));
				await wait(300);
			}
			await soon(async () => (await readiness(errand))[name]?.status === 'degraded', 'it is known to be away');
			await soon(() => countsAsShown(errand, name), 'metrics say so');
			expect(here.sees().slice(before)).toEqual([]);
		} finally {
			await outages[name].end();
		}
		const shown = (word: string) =>
			here.sees().findIndex((text) => text.includes(word) && !/^.?Task|reading/.test(text));
		await soon(() => [...words, `${name}meanwhile`].every((word) => shown(word) >= 0), 'all arrive', 60_000);
		const ends = await Promise.all(tasks.map(async (id) => (await errand.task(id)).endedAt ?? 0));
		const inOrder = words.toSorted((a, b) => (ends[words.indexOf(a)] ?? 0) - (ends[words.indexOf(b)] ?? 0));
		expect(inOrder.map(shown)).toEqual(words.map(shown).toSorted((a, b) => a - b));
		for (const word of words) {
			const there = here.sees().filter((text) => text.includes(word));
			const marked = there.filter((text) => text.includes('You may have this already'));
			expect(there.length - marked.length).toBeLessThanOrEqual(1);
			if (name === 'discord') expect(there).toHaveLength(1);
			expect(there.join()).not.toContain(' late: I could not reach you');
		}
		await soon(async () => (await readiness(errand))[name]?.status === 'ready', 'it is ready again');
		await soon(() => countsAsShown(errand, name), 'metrics say so');
		await answers(probes[name], `${name}after`);
	});
});

async function answers(place: Place, word: string): Promise<void> {
	await place.say(`Tell me: ${word}.`);
	await soon(() => place.sees().some((text) => text.includes(`${word}.`)), `an answer to ${word}`);
}

async function statuses(): Promise<(string | undefined)[]> {
	const checks = await readiness(errand);
	return ['discord', 'telegram', 'sms', 'web'].map((name) => checks[name]?.status);
}

/** The tasks with these words in their goals, which must be among the latest. */
async function idsOf(words: readonly string[]): Promise<string[]> {
	const { tasks } = (await (await errand.call('GET', '/v1/tasks')).json()) as { tasks: { id: string; goal: string }[] };
	const ids = words.flatMap((word) => tasks.find(({ goal }) => goal.includes(word))?.id ?? []);
	expect(ids).toHaveLength(words.length);
	return ids;
}

function webPlace(): Place {
	const texts: string[] = [];
	let said = 0;
	let next = 0;
	const look = async () => {
		const answer = await errand.call('GET', `/v1/conversations/web-owner/messages?after=${next}`);
		const page = (await answer.json()) as { entries: { reply?: { text: string } }[]; next: number };
		next = page.next;
		texts.push(...page.entries.flatMap(({ reply }) => reply?.text ?? []));
	};
	return {
		say: async (text) => {
			const body = { text, clientId: `c${++said}` };
			await errand.call('POST', '/v1/conversations/web-owner/messages', body);
			const before = texts.length;
			while (texts.length === before) await look();
		},
		sees: () => texts,
	};
}
