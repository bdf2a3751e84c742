import { setTimeout as wait } from 'node:timers/promises';
import type { Misbehaviour, Place, PlatformDriver, PlatformPerson, Seen } from '../contract/platform-driver.ts';
import { DiscordStandIn } from './discord-stand-in.ts';
import type { Mishap } from './mishaps.ts';
import { componentsOf, type Person, type Upload } from './person.ts';
import type { Channel, Wire, WireMessage } from './world.ts';

const ROOMS = 8;

/** openDiscord plays Discord, and people at its clients. */
export async function openDiscord(): Promise<PlatformDriver> {
	// A person of the suite says in a minute what others say in an hour.
	const discord = await DiscordStandIn.start({ limitScale: 20 });
	const { world } = discord;
	const guild = world.addGuild('Home');
	const rooms = Array.from({ length: ROOMS }, (_, at) => world.addChannel(guild, `room-${at}`));
	const latest = latestEvent(discord);
	const people = new Map<string, Person>();
	const platformPerson = (person: Person): PlatformPerson => {
		people.set(person.identity, person);
		const place = placeOf(discord, person, {
			say: (text, files) => person.say(person.dm, text, { files }),
			channel: () => person.dm,
			shown: () => person.dm.messages,
		});
		return { ...place, identity: person.identity };
	};
	let names = 0;
	let attached = 0;
	return {
		name: 'discord',
		traits: {
			edits: true,
			buttons: true,
			files: true,
			deduplicates: true,
			quietMs: 1_500,
			longest: 2_000,
			whole: true,
			keeps: true,
			// Mentions and commands that can be pressed; a backslash keeps none of them from being sent.
			harmful: /@(?:everyone|here)|<(?:@[&!]?|#|\/[\w -]{1,32}:)\d/,
			connected: true,
		},
		env: discord.env,
		attach: async () => {
			while (discord.gateway.counts.identified <= attached || world.commands.length === 0) await wait(20);
			attached = discord.gateway.counts.identified;
		},
		person: () => platformPerson(discord.person(`Person ${++names}`)),
		otherBot: () => {
			const bot = discord.person(`Bot ${++names}`);
			Object.assign(bot.user, { bot: true });
			return platformPerson(bot);
		},
		room: async () => {
			const channel = rooms.pop();
			if (channel === undefined) throw new Error('There are no more rooms.');
			return (member) => roomPlace(discord, channel, people.get((member as PlatformPerson).identity));
		},
		redeliver: async () => {
			const { event, payload } = latest();
			discord.gateway.dispatch(event, payload);
		},
		poison: async () => {
			const { dm } = discord.person(`Person ${++names}`);
			const channel = world.channelPayload(dm);
			discord.gateway.dispatch('MESSAGE_CREATE', { id: world.snowflakes.next(), channel_id: dm.id, content: 7 });
			discord.gateway.dispatch('INTERACTION_CREATE', { id: world.snowflakes.next(), type: 3, channel, data: {} });
		},
		misbehave: (how, times) => discord.mishaps.plan(/^POST \/channels\/\d+\/messages$/, MISHAPS[how], times),
		cutConnection: async () => discord.gateway.drop(),
		stop: () => discord.stop(),
	};
}

const MISHAPS: Readonly<Record<Misbehaviour, Mishap>> = {
	'rate-limited': { kind: 'limited', retryAfterMs: 1_000 },
	error: { kind: 'error', status: 500 },
	slow: { kind: 'slow', ms: 2_000 },
	'lost-answer': { kind: 'lost' },
	refused: { kind: 'error', status: 403, code: 50_007, message: 'Cannot send messages to this user' },
};

interface Wording {
	say(text: string, files: readonly Upload[]): void;
	/** Where commands are used. */
	channel(): Channel;
	shown(): readonly WireMessage[];
}

function placeOf(discord: DiscordStandIn, person: Person, { say, channel, shown }: Wording): Place {
	const ours = () => shown().filter(({ author }) => author.id === discord.world.bot.id);
	return {
		say: async (text, files = []) => say(text, files),
		command: async (name, argument) => {
			const command = discord.world.commands.find((one) => one['name'] === name);
			const [option] = (command?.['options'] ?? []) as Wire[];
			const isNumber = Number(option?.['type']) === INTEGER;
			const value = isNumber ? Number(argument) : argument;
			const options = argument === undefined || value === undefined ? {} : { [String(option?.['name'])]: value };
			await person.command(channel(), name, options);
		},
		press: async ({ id }, label) => {
			const message = ours().find((one) => one.id === id);
			if (message === undefined) throw new Error(`There is no message ${id}.`);
			await person.press(message, label);
		},
		sees: () => ours().map((message) => seenOf(discord, message)),
	};
}

const INTEGER = 4;

/** In a channel the bot is mentioned; in a thread it opened it is talked to. */
function roomPlace(discord: DiscordStandIn, room: Channel, person: Person | undefined): Place {
	if (person === undefined) throw new Error('Nobody of this Discord.');
	const { channels } = discord.world;
	const threads = () => [...channels.values()].filter(({ parent }) => parent === room.id);
	return placeOf(discord, person, {
		say: (text, files) => {
			const thread = threads().at(-1);
			if (thread === undefined) person.mention(room, text, { files });
			else person.say(thread, text, { files });
		},
		channel: () => threads().at(-1) ?? room,
		shown: () => [...room.messages, ...threads().flatMap(({ messages }) => messages)],
	});
}

function seenOf({ world }: DiscordStandIn, message: WireMessage): Seen {
	return {
		id: message.id,
		text: message.content,
		buttons: componentsOf(message).flatMap(({ label, disabled }) => (disabled === true ? [] : String(label))),
		edits: Number(message['edits'] ?? 0),
		files: message.attachments.map(({ filename, content_type: type, url }) => ({
			name: filename,
			type,
			content: world.files.get(new URL(url).pathname)?.content ?? new Uint8Array(),
		})),
	};
}

/** Notes what people do, so that it can come again. */
function latestEvent({ world }: DiscordStandIn): () => { event: string; payload: Wire } {
	let latest: { event: string; payload: Wire } = { event: 'MESSAGE_CREATE', payload: {} };
	const { dispatch } = world;
	world.dispatch = (event, payload) => {
		const author = payload['author'] as { id?: string } | undefined;
		if (author?.id !== world.bot.id) latest = { event, payload };
		dispatch(event, payload);
	};
	return () => latest;
}
