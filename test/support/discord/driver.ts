import { setTimeout as wait } from 'node:timers/promises';
import { CHAT_COMMANDS, type ChatCommandName } from '@errand/core/domain/conversation/chat-command.ts';
import type { Misbehaviour, Place, PlatformDriver, PlatformPerson, Seen } from '../contract/platform-driver.ts';
import { DiscordStandIn } from './discord-stand-in.ts';
import type { Mishap } from './mishaps.ts';
import { componentsOf, type Person } from './person.ts';
import type { Channel, Wire, WireMessage } from './world.ts';

/** openDiscord plays Discord and people on it: in private, and in channels with threads. */
export async function openDiscord(): Promise<PlatformDriver> {
	const discord = await DiscordStandIn.start({ limitScale: 20 });
	const { world, gateway } = discord;
	const guild = world.addGuild('Office');
	const people = new Map<string, Person>();
	let identified = 0;
	const latest = new Map<string, readonly [string, Wire]>();
	const dispatch = world.dispatch;
	world.dispatch = (event, payload) => {
		const { author, user, member } = payload as Readonly<Record<'author' | 'user' | 'member', Said | undefined>>;
		const by = (author ?? user ?? member?.user)?.id;
		if (by !== undefined && /^(?:INTERACTION|MESSAGE)_CREATE$/.test(event)) latest.set(by, [event, payload]);
		dispatch(event, payload);
	};
	const placeOf = (person: Person, channelNow: () => Channel, channels: () => readonly Channel[]): Place => ({
		say: async (text, files = []) => {
			const channel = channelNow();
			const starter = channel.parent === undefined ? undefined : world.findMessage(channel.id)?.message.author.id;
			if (channel.kind === 'dm' || starter === person.user.id) person.say(channel, text, { files });
			else person.mention(channel, text, { files });
		},
		command: async (name, argument) => {
			await person.command(channelNow(), name, optionsOf(name as ChatCommandName, argument));
		},
		press: async (seen, label) => {
			const message = world.findMessage(seen.id)?.message;
			const button = BUTTONS.get(seen.id)?.get(label);
			if (message === undefined || button === undefined) throw new Error(`there is no button "${label}"`);
			await person.use(message, button);
		},
		sees: () =>
			channels()
				.flatMap((channel) => person.sees(channel))
				.filter(({ content, attachments }) => content !== '' || attachments.length > 0)
				.toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1))
				.map((message) => asSeen(message, world.files)),
	});
	const known = (person: Person): PlatformPerson => {
		people.set(person.identity, person);
		const dm = () => person.dm;
		return { identity: person.identity, ...placeOf(person, dm, () => [person.dm]) };
	};
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
			// Everybody, a person, a role or a channel that is named so that it is rung.
			harmful: /@(?:everyone|here)|(?<!\\)<(?:@[!&]?|#)\d+>/,
			connected: true,
		},
		env: discord.env,
		attach: async () => {
			while (gateway.counts.identified === identified) await wait(20);
			identified = gateway.counts.identified;
		},
		person: () => known(discord.person(`Person ${people.size + 1}`)),
		otherBot: () => known(discord.person('Other bot', { bot: true })),
		room: async () => {
			const channel = world.addChannel(guild, `room-${guild.channels.length}`);
			world.dispatch('CHANNEL_CREATE', world.channelPayload(channel));
			const threads = () => [...world.channels.values()].filter(({ parent }) => parent === channel.id);
			return (member) => {
				const person = people.get(member.identity);
				if (person === undefined) throw new Error(`${member.identity} is nobody here`);
				return placeOf(
					person,
					() => threads().at(-1) ?? channel,
					() => [channel, ...threads()],
				);
			};
		},
		redeliver: async ({ identity }) => {
			const said = latest.get(identity.slice('discord:'.length));
			if (said !== undefined) dispatch(...said);
		},
		poison: async () => {
			dispatch('MESSAGE_CREATE', { id: 'x', channel_id: '7', author: null, content: { not: 'text' }, type: 0 });
			dispatch('MESSAGE_CREATE', { id: 'y', channel_id: '7', author: { id: '8', username: 'z' }, content: 5, type: 0 });
			dispatch('INTERACTION_CREATE', { id: '1', type: 99, token: 5, data: [] });
			dispatch('INTERACTION_CREATE', { id: '1', type: 3, token: 't', data: {}, channel_id: '7' });
		},
		misbehave: (how, times, to) => {
			const channel = to === undefined ? '\\d+' : people.get(to.identity)?.dm.id;
			discord.mishaps.plan(new RegExp(`^POST /channels/${channel}/messages$`), MISHAPS[how], times);
		},
		cutConnection: async () => gateway.drop(),
		complaints: () => discord.rest.violations,
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

function optionsOf(name: ChatCommandName, argument: string | undefined): Record<string, string | number> {
	const [parameter] = CHAT_COMMANDS[name].parameters;
	if (argument === undefined || parameter === undefined) return {};
	return { [parameter.name]: parameter.kind === 'words' ? argument : Number(argument) };
}

/** Said is what tells whose an event is. */
interface Said {
	readonly id?: string;
	readonly user?: { readonly id: string };
}

/** What was under a message when it was looked at can still be pressed by a quick finger after it was taken away. */
const BUTTONS = new Map<string, Map<string, Wire>>();

function asSeen(message: WireMessage, files: ReadonlyMap<string, { readonly content: Uint8Array }>): Seen {
	const open = componentsOf(message).filter((one) => one['type'] === 2 && one['disabled'] !== true);
	const pressable = BUTTONS.get(message.id) ?? new Map<string, Wire>();
	for (const button of open) pressable.set(String(button['label']), button);
	BUTTONS.set(message.id, pressable);
	return {
		id: message.id,
		text: message.content,
		buttons: open.map(({ label }) => String(label)),
		edits: Number(message['edits'] ?? 0),
		files: message.attachments.map(({ filename, content_type, url }) => ({
			name: filename,
			type: content_type,
			content: files.get(new URL(url).pathname)?.content ?? new Uint8Array(),
		})),
	};
}
