import type { DiscordStandIn } from '../../support/discord/discord-stand-in.ts';
import type { Person } from '../../support/discord/person.ts';
import type { StormFrontend, StormTrouble, StormVoice } from './storm-voice.ts';

const SENDING = /^POST \/channels\/\d+\/messages$/;
const MISHAPS = {
	limited: { kind: 'limited', retryAfterMs: 300 },
	error: { kind: 'error', status: 500 },
	lost: { kind: 'lost' },
} as const;

/** discordVoices are people who write to the bot directly. */
export function discordVoices(discord: DiscordStandIn, people: readonly Person[]): StormFrontend {
	return {
		name: 'discord',
		voices: people.map((person) => voiceOf(discord, person)),
		window: 100,
		deduplicates: true,
	};
}

function voiceOf(discord: DiscordStandIn, person: Person): StormVoice {
	const { world } = discord;
	const channel = person.dm;
	const bring = ({ twice, inbound, outbound }: StormTrouble, id: string) => {
		if (outbound !== undefined) discord.mishaps.plan(SENDING, MISHAPS[outbound]);
		const message = channel.messages.find((one) => one.id === id);
		if (twice && message !== undefined) world.dispatch('MESSAGE_CREATE', world.messagePayload(channel, message));
		if (inbound) discord.gateway.drop();
	};
	return {
		conversation: `discord-dm-${person.user.id}`,
		say: async ({ text }, trouble) => {
			const { id } = person.say(channel, text);
			bring(trouble, id);
			return id;
		},
		sees: () => person.sees(channel).map(({ content }) => content),
	};
}
