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

/** openTelegram plays Telegram, asked by long polling, and people who have it on their phones. */
export async function openTelegram(): Promise<PlatformDriver> {
	const server = await TelegramServer.start();
	const latest = latestUpdate(server);
	const personOf = (person: TelegramPerson): PlatformPerson & { readonly person: TelegramPerson } => ({
		...placeOf(server, person),
		identity: person.identity,
		person,
	});
	const people = new Map<PlatformPerson, TelegramPerson>();
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
			// Names that would be called, and addresses that do something.
			harmful: /(?<![\w.])@\w|\b(?:tg|ton):\/\//,
			connected: true,
		},
		env: { TELEGRAM_BOT_TOKEN: server.token, TELEGRAM_API_URL: server.url },
		attach: async () => {},
		person: () => {
			const one = personOf(server.person());
			people.set(one, one.person);
			return one;
		},
		otherBot: () => {
			const account = { ...server.person().account, is_bot: true };
			return personOf(new TelegramPerson(server, account));
		},
		room: async () => {
			const group = server.group();
			return (member) => {
				const person = people.get(member as PlatformPerson);
				if (person === undefined) throw new Error('Nobody of this Telegram.');
				return placeOf(server, person, group);
			};
		},
		redeliver: async () => {
			const { kind, content } = latest();
			server.updates.add(kind, content);
		},
		poison: async () => {
			server.updates.add('message', { message_id: 'nonsense', chat: null, text: { not: 'text' } });
			server.updates.add('callback_query', { id: '1', data: '\0' });
		},
		misbehave: (how, times) => server.faults.plan('sendMessage', FAULTS[how], times),
		cutConnection: async () => server.disconnect(),
		stop: () => server.stop(),
	};
}

const FAULTS: Readonly<Record<Misbehaviour, Fault>> = {
	'rate-limited': { kind: 'too-many', retryAfter: 1 },
	error: { kind: 'error', status: 500 },
	slow: { kind: 'slow', ms: 2_000 },
	'lost-answer': { kind: 'lost-answer' },
	refused: { kind: 'refuse', status: 403, description: 'Forbidden: bot was blocked by the user' },
};

function placeOf(server: TelegramServer, person: TelegramPerson, group?: TelegramGroup): Place {
	const place = group === undefined ? {} : { in: group };
	// In a group the bot hears what mentions it.
	const called = group === undefined ? '' : `@${server.me.username} `;
	const shown = () => person.sees(place);
	return {
		say: async (text, files = []) => {
			const [file] = files;
			if (file === undefined) person.say(called + text, place);
			else person.sendFile(fileOf(file), { ...place, caption: called + text });
		},
		command: async (name, argument) => {
			const bot = group === undefined ? '' : `@${server.me.username}`;
			person.say([`/${name}${bot}`, argument].filter(Boolean).join(' '), place);
		},
		press: async ({ id }, label) => {
			const message = shown().find((one) => String(one.id) === id);
			if (message === undefined) throw new Error(`There is no message ${id}.`);
			const button = [...message.buttons.flat(), ...(pressable.get(message) ?? [])].find(({ text }) => text === label);
			person.pressData(message, button?.callback_data ?? '');
		},
		sees: () => shown().map(seenOf),
	};
}

/** Buttons that a message had once: a press may still be on its way when they go. */
const pressable = new WeakMap<ShownMessage, readonly { readonly text: string; readonly callback_data?: string }[]>();

function seenOf(message: ShownMessage): Seen {
	const { id, text, buttons, edits, file } = message;
	if (buttons.length > 0) pressable.set(message, buttons.flat());
	return {
		id: String(id),
		text,
		buttons: buttons.flat().map((button) => button.text),
		edits,
		files: file === undefined ? [] : [{ name: file.name, type: '', content: file.content }],
	};
}

function fileOf({ name, type, content }: SentFile) {
	return { name, type, content: Buffer.from(content) };
}

/** Notes what people do, so that it can come again. */
function latestUpdate(server: TelegramServer): () => { kind: string; content: unknown } {
	let latest = { kind: 'message', content: {} as unknown };
	const add = server.updates.add.bind(server.updates);
	server.updates.add = (kind, content) => {
		latest = { kind, content };
		return add(kind, content);
	};
	return () => latest;
}
