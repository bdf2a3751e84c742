import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiscordStandIn } from '../../support/discord/discord-stand-in.ts';
import { TelegramServer } from '../../support/telegram/telegram-server.ts';
import { TwilioStandIn } from '../../support/twilio/twilio-stand-in.ts';
import { type ErrandProcess, startErrand } from '../errand-process.ts';
import { readiness, soon } from '../frontend-errand.ts';
import { serveSite } from '../loopback-site.ts';
import { admitPeople } from './admit-people.ts';
import { openHook, type StormCaller, taskCaller } from './api-callers.ts';
import { discordVoices } from './discord-voices.ts';
import { smsVoices } from './sms-voices.ts';
import { LAMP_PAGE } from './storm-message.ts';
import type { StormFrontend } from './storm-voice.ts';
import { telegramVoices } from './telegram-voices.ts';
import { restVoices, socketVoices } from './web-voices.ts';

/** Crowd is how many people there are on each frontend; those on the page use sockets, HTTP and programs. */
export interface Crowd {
	readonly discord: number;
	readonly telegram: number;
	readonly sms: number;
	readonly page: number;
}

/** StormBed is a server as it ships with all platforms beside it and a crowd that it knows. */
export interface StormBed {
	readonly errand: ErrandProcess;
	readonly frontends: readonly StormFrontend[];
	readonly callers: readonly StormCaller[];
	/** An address of a page that can be summed up. */
	readonly site: string;
	/** Starts a server on the same data, after the one before was killed. */
	restart(): Promise<void>;
	/** What of the server's requests did not fit the vendors' descriptions, or cannot be. */
	violations(): readonly string[];
	/** Stops everything but the server, which may be stopped already; what it kept stays. */
	stop(): Promise<void>;
	dispose(): Promise<void>;
}

const PUBLIC_URL = 'https://errand.example';

/** openStormBed resolves once the server is connected to everything. */
export async function openStormBed(crowd: Crowd, extra: Readonly<Record<string, string>> = {}): Promise<StormBed> {
	const dataDir = await mkdtemp(join(tmpdir(), 'errand-storm-'));
	const site = await serveSite({ '/lamp': LAMP_PAGE });
	const discord = await DiscordStandIn.start({ limitScale: 1_000 });
	const telegram = await TelegramServer.start();
	const twilio = await TwilioStandIn.start({ optOut: 'off' });
	const onDiscord = many(crowd.discord, (at) => discord.person(`Person ${at}`));
	const onTelegram = many(crowd.telegram, () => telegram.person());
	const phones = many(crowd.sms, (at) => twilio.person(`+1555010${1_000 + at}`));
	const admitted = await admitPeople(dataDir, [
		...onDiscord.map(({ identity }) => identity),
		...onTelegram.map(({ identity }) => identity),
		...phones.map(({ number }) => `sms:${number}`),
		// They are let in by accounts that they never use.
		...many(crowd.page, (at) => `discord:${90_000_000_000 + at}`),
	]);
	const onPage = admitted.slice(-crowd.page);

	const env = {
		...discord.env,
		...twilio.env,
		TELEGRAM_BOT_TOKEN: telegram.token,
		TELEGRAM_API_URL: telegram.url,
		ERRAND_PUBLIC_URL: PUBLIC_URL,
		ERRAND_ALLOW_PRIVATE_HOSTS: site.host,
		...extra,
	};
	const start = async () => {
		const started = await startErrand({ dataDir, env });
		twilio.pointAt(PUBLIC_URL, started.url);
		return started;
	};
	let errand = await start();
	const server = {
		get url() {
			return errand.url;
		},
	};
	await soon(async () => {
		const checks = await readiness(errand);
		return ['discord', 'telegram', 'sms', 'web'].every((name) => checks[name]?.status === 'ready');
	}, 'every frontend is ready');
	const sockets = socketVoices(server, onPage);
	const [first] = onPage;
	if (first === undefined) throw new Error('A storm needs somebody on the page.');
	return {
		get errand() {
			return errand;
		},
		frontends: [
			discordVoices(discord, onDiscord),
			telegramVoices(telegram, onTelegram),
			smsVoices(twilio, phones),
			sockets,
			restVoices(server, onPage),
		],
		callers: [taskCaller(server, onPage), await openHook(server, first)],
		site: site.origin,
		restart: async () => {
			errand = await start();
		},
		violations: () => [...discord.rest.violations, ...telegram.violations, ...twilio.complaints],
		stop: async () => {
			sockets.close();
			await Promise.all([discord.stop(), telegram.stop(), twilio.stop(), site.stop()]);
		},
		dispose: () => rm(dataDir, { recursive: true, force: true }),
	};
}

function many<One>(count: number, make: (index: number) => One): One[] {
	return Array.from({ length: count }, (_, at) => make(at));
}
