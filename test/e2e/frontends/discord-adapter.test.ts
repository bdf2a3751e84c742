import { afterEach, describe, expect, it } from 'vitest';
import { aReply, type ServedDiscord, serveDiscord, until } from '../../support/discord/served-discord.ts';

let served: ServedDiscord;
afterEach(() => served?.stop());

describe('messages', () => {
	it('of a direct channel and with a mention are taken; others, of bots and webhooks are not', async () => {
		served = await serveDiscord();
		const { discord, host } = served;
		const ann = discord.person('Ann');
		const guild = discord.world.addGuild('Office');
		const channel = discord.world.addChannel(guild, 'general');
		const robot = discord.person('Robot');
		const said = ann.say(ann.dm, 'find me a train');
		ann.say(channel, 'nobody asked');
		const asked = ann.mention(channel, 'book a table');
		robot.mention(channel, 'hello', { fields: { webhook_id: '5' } });
		discord.world.post(channel, { ...robot.user, bot: true }, { content: `<@${discord.world.bot.id}> hi` });
		discord.world.post(ann.dm, discord.world.bot, { content: 'my own' });
		ann.mention(channel, 'last');
		await until(() => host.texts.includes('last'), 'the last message arrives');
		expect(host.received.map(({ message }) => [message.text, message.conversation, message.direct])).toEqual([
			['find me a train', `discord-dm-${ann.user.id}`, true],
			['book a table', `discord-${channel.id}-${asked.id}-${ann.user.id}`, false],
			['last', expect.stringMatching(/^discord-/), false],
		]);
		expect(host.received[0]?.message).toMatchObject({
			identity: `discord:${ann.user.id}`,
			name: 'Ann',
			platformMessageId: said.id,
			attachments: [],
		});
		expect(host.states.at(-1)).toEqual({ status: 'ready' });
		expect(discord.rest.violations).toEqual([]);
	});

	it('are answered in their place', async () => {
		served = await serveDiscord();
		const { discord, frontend } = served;
		const ann = discord.person('Ann');
		const said = ann.say(ann.dm, 'hi');
		const receipt = await frontend.deliver(
			aReply(`discord-dm-${ann.user.id}`, 'Hello **you**', { inReplyTo: said.id }),
		);
		const [answer] = ann.sees(ann.dm);
		expect(answer).toMatchObject({ content: 'Hello **you**', message_reference: { message_id: said.id } });
		expect(receipt.platformMessageIds).toEqual([answer?.id]);
	});
});
