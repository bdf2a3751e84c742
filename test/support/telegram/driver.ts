import { setTimeout as wait } from 'node:timers/promises';
import type {
	Misbehaviour,
	Place,
	PlatformDriver,
	PlatformPerson,
	Seen,
	SentFile,
} from '../contract/platform-driver.ts';
import type { ShownMessage } from './chats.ts';
import type { Fault } from './faults.ts';
import { type TelegramGroup, TelegramPerson } from './telegram-person.ts';
import { TelegramServer } from './telegram-server.ts';

const PUBLIC_URL = 'https://errand.example';

/** openTelegram plays Telegram and people who use it; the bot polls, or is called at its webhook. */
export async function openTelegram({ webhook = false } = {}): Promise<PlatformDriver> {
	const server = await TelegramServer.start();
	const people = new Map<string, TelegramPerson>();
	let albums = 0;
	const placeOf = (person: TelegramPerson, group?: TelegramGroup): Place => {
		const where = group === undefined ? {} : { in: group };
		// In a group only what names the bot is for it.
		const named = group === undefined ? '' : `@${server.me.username} `;
		const find = ({ id }: Seen) => person.sees(where).find((one) => idOf(one) === id);
		return {
			say: async (text, files = []) => {
				if (files.length === 0) person.say(`${named}${text}`, where);
				const album = files.length > 1 ? { album: `album-${albums++}` } : {};
				for (const [index, { name, type, content }] of files.entries()) {
					const caption = index === 0 ? { caption: `${named}${text}` } : {};
					person.sendFile({ name, type, content: Buffer.from(content) }, { ...where, ...album, ...caption });
				}
			},
			command: async (name, argument) => {
				const bot = group === undefined ? '' : `@${server.me.username}`;
				person.say([`/${name}${bot}`, argument].filter(Boolean).join(' '), where);
			},
			press: async (seen, label) => {
				const message = find(seen);
				const data = seen.buttons.includes(label) ? dataOf(message, label) : undefined;
				if (message === undefined || data === undefined) throw new Error(`there is no button "${label}"`);
				person.pressData(message, data);
			},
			sees: () => person.sees(where).map(asSeen),
		};
	};
	const known = (person: TelegramPerson): PlatformPerson => {
		people.set(person.identity, person);
		return { identity: person.identity, ...placeOf(person) };
	};
	return {
		name: 'telegram',
		traits: {
			edits: true,
			buttons: true,
			files: true,
			deduplicates: false,
			quietMs: 1_500,
			longest: 4_096,
			whole: true,
			keeps: true,
			// A name that is rung, and an address behind words that is not one of the web.
			harmful: /(?<![\w@])@\w{4,32}|⟦/,
			connected: true,
		},
		env: {
			TELEGRAM_BOT_TOKEN: server.token,
			TELEGRAM_API_URL: server.url,
			...(webhook ? { TELEGRAM_WEBHOOK_SECRET: 'told_to_Telegram_only', ERRAND_PUBLIC_URL: PUBLIC_URL } : {}),
		},
		attach: async (url) => {
			server.route(PUBLIC_URL, url);
			while (!server.listened) await wait(20);
		},
		person: () => known(server.person()),
		otherBot: () => known(new TelegramPerson(server, { id: 77, is_bot: true, first_name: 'Other bot' })),
		room: async () => {
			const group = server.group();
			return (member) => {
				const person = people.get(member.identity);
				if (person === undefined) throw new Error(`${member.identity} is nobody here`);
				return placeOf(person, group);
			};
		},
		redeliver: async ({ identity }) => server.updates.again(Number(identity.split(':')[1])),
		poison: async () => {
			server.updates.add('message', { message_id: 'x', from: null, chat: 7, text: { not: 'text' } });
			server.updates.add('callback_query', { id: 1, from: [], message: {}, data: 5 });
		},
		misbehave: (how, times, to) =>
			server.faults.plan('sendMessage', FAULTS[how], times, to && Number(to.identity.split(':')[1])),
		cutConnection: async () => {
			server.faults.plan('getUpdates', { kind: 'disconnect' });
			server.disconnect();
		},
		complaints: () => server.violations,
		stop: () => server.stop(),
	};
}

const FAULTS: Readonly<Record<Misbehaviour, Fault>> = {
	'rate-limited': { kind: 'too-many', retryAfter: 1 },
	error: { kind: 'error', status: 500 },
	slow: { kind: 'slow', ms: 2_000 },
	'lost-answer': { kind: 'lost-answer' },
	refused: { kind: 'refuse', status: 400, description: 'Bad Request: have no rights to send a message' },
};

/** What was under a message when it was looked at can still be pressed by a quick finger after it was taken away. */
const DATA = new WeakMap<ShownMessage, Map<string, string>>();

function dataOf(message: ShownMessage | undefined, label: string): string | undefined {
	return message === undefined ? undefined : DATA.get(message)?.get(label);
}

function asSeen(message: ShownMessage): Seen {
	const known = DATA.get(message) ?? new Map<string, string>();
	for (const { text, callback_data: data } of message.buttons.flat()) if (data !== undefined) known.set(text, data);
	DATA.set(message, known);
	const { file } = message;
	const files: SentFile[] = file === undefined ? [] : [{ name: file.name, type: '', content: file.content }];
	return {
		id: idOf(message),
		text: message.text + oddAddresses(message),
		buttons: message.buttons.flat().map(({ text }) => text),
		edits: message.edits,
		files,
	};
}

/** Addresses behind words are not seen, but followed. */
function oddAddresses({ entities }: ShownMessage): string {
	const odd = entities.flatMap(({ url }) => (url === undefined || /^(?:https?|mailto):/.test(url) ? [] : [`⟦${url}⟧`]));
	return odd.join('');
}

function idOf({ chat, id }: ShownMessage): string {
	return `${chat}/${id}`;
}
