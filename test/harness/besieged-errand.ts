import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DiscordStandIn } from '../support/discord/discord-stand-in.ts';
import type { TelegramPerson } from '../support/telegram/telegram-person.ts';
import { TelegramServer } from '../support/telegram/telegram-server.ts';
import { TwilioStandIn } from '../support/twilio/twilio-stand-in.ts';
import { type ErrandProcess, startErrand } from './errand-process.ts';
import { soon } from './frontend-errand.ts';
import { type ModelStandIn, startModelStandIn } from './model-stand-in.ts';
import { scriptedMind } from './scripted-mind.ts';

/** PUBLIC_URL is where platforms believe the besieged server to be. */
export const PUBLIC_URL = 'https://errand.example';

/** WEBHOOK_SECRET is known to Telegram and to the server. */
export const WEBHOOK_SECRET = 'told_to_Telegram_only';

/** Besieged is a server as it ships with every platform connected, for those who attack it. */
export interface Besieged {
	readonly errand: ErrandProcess;
	readonly telegram: TelegramServer;
	readonly discord: DiscordStandIn;
	readonly twilio: TwilioStandIn;
	readonly model: ModelStandIn;
	/** Whoever set it up, on Telegram. */
	readonly owner: TelegramPerson;
	/** Lets an account in without waiting for its code. */
	letIn(identity: string, role?: 'member' | 'guest'): Promise<void>;
	/** An API token of somebody on Telegram, who logs in for it. */
	tokenOf(person: TelegramPerson): Promise<string>;
	/** How often a goal with these words reached the model. */
	planned(words: string): number;
	/** Where any of these words stand in clear: `output`, or files of the data directory. */
	traces(...words: readonly string[]): Promise<string[]>;
	/** Shows that each platform is still served. */
	serves(): Promise<void>;
	stop(): Promise<void>;
}

const ENTRY = resolve(import.meta.dirname, 'test-gateway.ts');

/** Goals of before stand above the one that is planned. */
const GOAL = 'The goal, in the person';

/** besiege starts it; Telegram and Discord call webhooks, unless `polls`. */
export async function besiege({ polls = false, level = 'debug' } = {}): Promise<Besieged> {
	const [telegram, discord, twilio, model] = await Promise.all([
		TelegramServer.start(),
		DiscordStandIn.start({ limitScale: 20 }),
		TwilioStandIn.start({ optOut: 'off' }),
		startModelStandIn(scriptedMind),
	]);
	const owner = telegram.person({ name: 'Olga' });
	twilio.pointAt(PUBLIC_URL, 'http://127.0.0.1:9');
	const errand = await startErrand({
		entry: ENTRY,
		env: {
			...model.env,
			...discord.env,
			...twilio.env,
			TELEGRAM_BOT_TOKEN: telegram.token,
			TELEGRAM_API_URL: telegram.url,
			...(polls ? {} : { TELEGRAM_WEBHOOK_SECRET: WEBHOOK_SECRET, DISCORD_PUBLIC_KEY: discord.world.publicKey }),
			ERRAND_PUBLIC_URL: PUBLIC_URL,
			ERRAND_OWNERS: owner.identity,
			ERRAND_LOG_LEVEL: level,
		},
	});
	telegram.route(PUBLIC_URL, errand.url);
	twilio.pointAt(PUBLIC_URL, errand.url);
	if (!polls) discord.world.interactionsUrl = `${errand.url}/discord/interactions`;
	await soon(() => telegram.listened && discord.gateway.counts.identified > 0, 'the platforms are connected');
	const mounted = async (path: string) =>
		![404, 503].includes((await fetch(errand.url + path, { method: 'POST' })).status);
	for (const path of ['/twilio/sms', ...(polls ? [] : ['/telegram/webhook', '/discord/interactions'])])
		await soon(() => mounted(path), `${path} is served`);
	let rounds = 0;
	const caller = discord.person('Carol');
	const letIn: Besieged['letIn'] = async (identity, role = 'member') => {
		const path = `/v1/people/pairings/${encodeURIComponent(identity)}/approve`;
		const answer = await errand.call('POST', path, { role });
		if (!answer.ok)
			throw new Error(`${identity} was not let in: ${await answer.text()}\n${errand.output().slice(-2_000)}`);
	};
	await letIn(caller.identity);
	return {
		errand,
		telegram,
		discord,
		twilio,
		model,
		owner,
		letIn,
		tokenOf: async (person) => {
			const before = person.sees().length;
			person.say('/login');
			const linked = () =>
				person
					.sees()
					.slice(before)
					.map(({ text }) => /login#code=([\w.~-]+)/.exec(text)?.[1]);
			await soon(() => linked().some(Boolean), 'a link to log in with');
			const origin = { Origin: errand.url, 'Content-Type': 'application/json' };
			const login = await fetch(`${errand.url}/login`, {
				method: 'POST',
				headers: origin,
				body: JSON.stringify({ code: linked().find(Boolean) }),
			});
			const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
			const made = await fetch(`${errand.url}/v1/people/me/tokens`, {
				method: 'POST',
				headers: { ...origin, Cookie: cookie },
				body: JSON.stringify({ name: 'mine' }),
			});
			if (!made.ok) throw new Error(`No token: login ${login.status}, then ${made.status} ${await made.text()}`);
			return ((await made.json()) as { token: string }).token;
		},
		planned: (words) => model.asked.filter(({ user }) => user.indexOf(words, user.indexOf(GOAL)) !== -1).length,
		traces: async (...words) => {
			const found = await readdir(errand.dataDir, { recursive: true, withFileTypes: true });
			const names = found.filter((one) => one.isFile()).map(({ parentPath, name }) => join(parentPath, name));
			const texts = await Promise.all(
				names.map(async (name) => [relative(errand.dataDir, name), await readFile(name, 'utf8').catch(() => '')]),
			);
			return [['output', errand.output()], ...texts].flatMap(([name = '', text = '']) =>
				words.filter((one) => text.includes(one)).map((one) => `${one.slice(0, 12)}… in ${name}`),
			);
		},
		serves: async () => {
			rounds += 1;
			const words = `round ${rounds} of ${process.pid}`;
			// Whoever answers at once, round after round, is taken for a machine.
			const phone = twilio.person(`+1555010${7_000 + rounds}`);
			await letIn(`sms:${phone.number}`);
			owner.say(`Tell me: ${words}`);
			caller.say(caller.dm, `Tell me: ${words}`);
			await phone.text(`Tell me: ${words}`);
			const heard = {
				telegram: () => owner.sees().some(({ text }) => text.includes(words)),
				discord: () => caller.sees(caller.dm).some(({ content }) => content.includes(words)),
				sms: () => phone.received.some(({ text }) => text.includes(words)),
			};
			for (const [name, heardThere] of Object.entries(heard)) await soon(heardThere, `${name} is still served`);
		},
		stop: async () => {
			await errand.dispose();
			await Promise.all([telegram.stop(), discord.stop(), twilio.stop(), model.stop()]);
			await wait(0);
		},
	};
}
