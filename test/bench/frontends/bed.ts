import { setTimeout as wait } from 'node:timers/promises';
import { DiscordStandIn } from '../../support/discord/discord-stand-in.ts';
import type { Person } from '../../support/discord/person.ts';
import type { Channel } from '../../support/discord/world.ts';
import type { TelegramPerson } from '../../support/telegram/telegram-person.ts';
import { TelegramServer } from '../../support/telegram/telegram-server.ts';
import type { TextingPerson } from '../../support/twilio/texting-person.ts';
import { TwilioStandIn } from '../../support/twilio/twilio-stand-in.ts';
import type { Receiver, ReceiverNeeds } from './receiver.ts';

/** Crowd is how many people there are on each frontend; one without people is not configured. */
export interface Crowd {
	readonly discord?: number;
	readonly telegram?: number;
	readonly sms?: number;
	readonly page?: number;
	/** Telegram calls a webhook instead of being polled. */
	readonly telegramCalls?: boolean;
	/** Bare bots answer with what they were told. */
	readonly echo?: boolean;
}

/** Bed is a server with the platforms beside it, played in this process. */
export interface Bed {
	readonly receiver: Receiver;
	readonly discord: DiscordStandIn;
	readonly onDiscord: readonly { readonly person: Person; readonly dm: Channel }[];
	readonly telegram: TelegramServer;
	readonly onTelegram: readonly TelegramPerson[];
	readonly twilio: TwilioStandIn;
	readonly phones: readonly TextingPerson[];
	close(): Promise<void>;
}

/** OpenReceiver starts the server of a bed. */
export type OpenReceiver = (needs: ReceiverNeeds) => Promise<Receiver>;

/** PUBLIC_URL is where platforms think the server is. */
export const PUBLIC_URL = 'https://errand.example';
/** WEBHOOK_SECRET is Telegram's, where it calls. */
export const WEBHOOK_SECRET = 'bench-secret-of-telegram';

/** openBed resolves once the server is connected to all platforms on which there is somebody. */
export async function openBed(open: OpenReceiver, crowd: Crowd): Promise<Bed> {
	const { discord: discordPeople = 0, telegram: telegramPeople = 0, sms = 0, page = 0, telegramCalls = false } = crowd;
	const discord = await DiscordStandIn.start({ limitScale: 10_000 });
	const telegram = await TelegramServer.start();
	const twilio = await TwilioStandIn.start({ optOut: 'off' });
	const onDiscord = many(discordPeople, (at) => {
		const person = discord.person(`Person ${at}`);
		return { person, dm: person.dm };
	});
	const onTelegram = many(telegramPeople, () => telegram.person());
	const phones = many(sms, (at) => twilio.person(`+1555020${1_000 + at}`));
	// The number's webhook is looked at when a server starts.
	twilio.pointAt(PUBLIC_URL, PUBLIC_URL);
	const receiver = await open({
		env: {
			ERRAND_PUBLIC_URL: PUBLIC_URL,
			...(discordPeople > 0 ? { ...discord.env, DISCORD_PUBLIC_KEY: discord.world.publicKey } : {}),
			...(telegramPeople > 0 ? { TELEGRAM_BOT_TOKEN: telegram.token, TELEGRAM_API_URL: telegram.url } : {}),
			...(telegramCalls ? { TELEGRAM_WEBHOOK_SECRET: WEBHOOK_SECRET } : {}),
			...(sms > 0 ? twilio.env : {}),
			...(crowd.echo ? { ECHO: '1' } : {}),
		},
		frontends: [
			'web',
			...(discordPeople > 0 ? ['discord'] : []),
			...(telegramPeople > 0 ? ['telegram'] : []),
			...(sms > 0 ? ['sms'] : []),
		],
		identities: [
			...onDiscord.map(({ person }) => person.identity),
			...onTelegram.map(({ identity }) => identity),
			...phones.map(({ number }) => `sms:${number}`),
		],
		page,
	});
	telegram.route(PUBLIC_URL, receiver.url);
	twilio.pointAt(PUBLIC_URL, receiver.url);
	while (discordPeople > 0 && discord.gateway.counts.identified === 0) await wait(5);
	while (telegramPeople > 0 && !telegram.listened) await wait(5);
	return {
		receiver,
		discord,
		onDiscord,
		telegram,
		onTelegram,
		twilio,
		phones,
		close: async () => {
			await receiver.close();
			await Promise.all([discord.stop(), telegram.stop(), twilio.stop()]);
		},
	};
}

function many<One>(count: number, make: (index: number) => One): One[] {
	return Array.from({ length: count }, (_, at) => make(at));
}
