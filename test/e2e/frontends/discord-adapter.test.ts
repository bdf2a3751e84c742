import { setTimeout as wait } from 'node:timers/promises';
import { CoreError } from '@errand/core/domain/errors.ts';
import { asPersonId } from '@errand/core/domain/ids.ts';
import type { Suggestion } from '@errand/core/ports/frontend.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { answered, componentsOf } from '../../support/discord/person.ts';
import { aReply, type ServedDiscord, serveDiscord, until } from '../../support/discord/served-discord.ts';
import type { Channel, Guild, Wire, WireMessage } from '../../support/discord/world.ts';

let served: ServedDiscord;
afterEach(async () => {
	const { violations } = served.discord.rest;
	await served.stop();
	expect(violations).toEqual([]);
});

/** An office with a channel, and Ann in it, who asked for something there. */
function inOffice() {
	const { discord, host } = served;
	const guild = discord.world.addGuild('Office');
	const channel = discord.world.addChannel(guild, 'general');
	const ann = discord.person('Ann');
	const mention = async (text: string) => {
		const message = ann.mention(channel, text);
		await until(() => host.texts.includes(text), `"${text}" arrives`);
		return { message, conversation: `discord-${channel.id}-${message.id}-${ann.user.id}` };
	};
	return { guild, channel, ann, mention };
}

function threadOf(message: WireMessage): Channel {
	const thread = served.discord.world.channels.get(message.id);
	if (thread === undefined) throw new Error('There is no thread.');
	return thread;
}

function last<Value>(values: readonly Value[]): Value {
	const value = values.at(-1);
	if (value === undefined) throw new Error('There is nothing.');
	return value;
}

/** What is received is not durable before it is let through. */
function holdUp() {
	const { host } = served;
	const { promise, resolve } = Promise.withResolvers<void>();
	const receive = host.receive.bind(host);
	const held: string[] = [];
	host.receive = async (message) => {
		held.push(message.text);
		await promise;
		return receive(message);
	};
	return { held, letThrough: resolve };
}

describe('messages', () => {
	it('of a direct channel and with a mention are taken; others, of bots and webhooks are not', async () => {
		served = await serveDiscord();
		const { discord, host } = served;
		const { ann, channel } = inOffice();
		const robot = discord.person('Robot');
		const said = ann.say(ann.dm, 'find me a train');
		ann.say(channel, 'nobody asked');
		const asked = ann.mention(channel, 'book a table');
		robot.mention(channel, 'hello', { fields: { webhook_id: '5' } });
		discord.world.post(channel, { ...robot.user, bot: true }, { content: `<@${discord.world.bot.id}> hi` });
		discord.world.post(ann.dm, discord.world.bot, { content: 'my own' });
		ann.mention(channel, 'joined', { fields: { type: 7 } });
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
		await until(() => discord.routes.typing.get(ann.dm.id) !== undefined, 'the bot shows that it is at it');
	});

	it('are answered in their place, and a mention of nothing asks for help', async () => {
		served = await serveDiscord();
		const { frontend, host } = served;
		const { ann, channel } = inOffice();
		const said = ann.say(ann.dm, 'hi');
		const reply = aReply(`discord-dm-${ann.user.id}`, 'Hello **you**', { inReplyTo: said.id });
		const receipt = await frontend.deliver(reply);
		const [answer] = ann.sees(ann.dm);
		expect(answer).toMatchObject({ content: 'Hello **you**', message_reference: { message_id: said.id } });
		expect(receipt.platformMessageIds).toEqual([answer?.id]);
		ann.mention(channel, '');
		await until(() => host.texts.includes('/help'), 'help is asked for');
	});

	it('that reply to the bot in a channel stay in their conversation', async () => {
		served = await serveDiscord();
		const { frontend, host } = served;
		const { ann, channel, mention } = inOffice();
		const { message, conversation } = await mention('what is a quark?');
		await frontend.deliver(aReply(conversation, 'A particle.', { inReplyTo: message.id }));
		const [answer] = ann.sees(channel);
		expect(answer?.message_reference?.message_id).toBe(message.id);
		ann.say(channel, 'and a gluon?', { replyTo: last(ann.sees(channel)) });
		await until(() => host.texts.includes('and a gluon?'), 'the reply arrives');
		expect(host.received[1]?.message).toMatchObject({ conversation, replyToMessage: answer?.id });
	});

	it('bring their files, which are read from Discord only, when the host wants them', async () => {
		served = await serveDiscord();
		const { discord, host } = served;
		const ann = discord.person('Ann');
		const content = Buffer.from('a,b\n1,2\n');
		ann.say(ann.dm, 'sum this', { files: [{ name: 'table.csv', type: 'text/csv', content }] });
		await until(() => host.texts.includes('sum this'), 'the file arrives');
		expect(host.received[0]?.files).toEqual([{ name: 'table.csv', type: 'text/csv', content }]);
		const foreign = {
			id: '1',
			filename: 'x.txt',
			size: 3,
			content_type: 'text/plain',
			url: 'http://169.254.169.254/x',
		};
		ann.say(ann.dm, 'and this', { fields: { attachments: [foreign] } });
		await until(() => ann.sees(ann.dm).some(({ content: text }) => text.includes('could not be read')), 'Ann is told');
		const big = { ...foreign, filename: 'film.mp4', size: 40 * 1024 * 1024 };
		ann.say(ann.dm, 'and that', { fields: { attachments: [big] } });
		await until(() => ann.sees(ann.dm).some(({ content: text }) => text.includes('film.mp4')), 'Ann is told');
		expect(host.texts).toEqual(['sum this']);
	});

	it('of strangers are refused once in a while, where nobody else reads the code', async () => {
		served = await serveDiscord();
		const { host } = served;
		const { ann, channel } = inOffice();
		const unpaired = new CoreError('unpaired', 'I do not know you yet.', { hint: 'Your code is ABCD-2345.' });
		host.refuse = () => unpaired;
		for (let turn = 0; turn < 3; turn++) ann.mention(channel, `let me in ${turn}`);
		await until(() => ann.sees(ann.dm).length > 0, 'the code comes');
		expect(ann.sees(ann.dm).map(({ content }) => content)).toEqual([expect.stringContaining('ABCD-2345')]);
		expect(ann.sees(channel)).toEqual([]);
	});

	it('that cannot be taken now are taken later, in their order, and their sender is told', async () => {
		served = await serveDiscord();
		const { discord, host } = served;
		const ann = discord.person('Ann');
		let full = true;
		host.refuse = () => (full ? new CoreError('disk-full', 'The disk is full.', { hint: 'Make room.' }) : undefined);
		ann.say(ann.dm, 'one');
		ann.say(ann.dm, 'two');
		await until(() => ann.sees(ann.dm).length === 1, 'Ann is told');
		full = false;
		await until(() => host.texts.length === 2, 'both are taken');
		expect(host.texts).toEqual(['one', 'two']);
	});
});

describe('a message that breaks something each time', () => {
	it('is let go after some attempts, which its sender is told once, and holds up nothing after that', async () => {
		const clock = new FakeClock(Date.now());
		served = await serveDiscord({ clock });
		const { discord, host, frontend, logged } = served;
		const ann = discord.person('Ann');
		let attempts = 0;
		host.refuse = ({ text }) => {
			if (text !== 'poison') return undefined;
			attempts += 1;
			return new Error('it breaks');
		};
		ann.say(ann.dm, 'one');
		ann.say(ann.dm, 'poison');
		ann.say(ann.dm, 'two');
		const isTaken = () => {
			void clock.advance(10_000);
			return host.texts.includes('two');
		};
		await until(isTaken, 'what came after it is taken', 20_000);
		const made = attempts;
		expect(made).toBeGreaterThan(2);
		expect(ann.sees(ann.dm).map(({ content }) => content)).toEqual([expect.stringContaining('could not be taken')]);
		expect(logged.some(({ event }) => event === 'discord message let go')).toBe(true);
		await frontend.stop();
		discord.gateway.forgetSessions();
		await served.again().start(host);
		ann.say(ann.dm, 'three');
		await until(() => host.texts.includes('three'), 'the next message arrives');
		await clock.advance(5 * 60_000);
		expect(host.texts).toEqual(['one', 'two', 'three']);
		expect(attempts).toBe(made);
	}, 40_000);
});

describe('threads', () => {
	it('are opened for what takes time, and need no mention of whoever began them', async () => {
		served = await serveDiscord();
		const { discord, frontend, host } = served;
		const { ann, channel, mention } = inOffice();
		const { message, conversation } = await mention('compare **three** laptops');
		await frontend.deliver(aReply(conversation, 'On it (4 steps).', { kind: 'progress', inReplyTo: message.id }));
		const thread = threadOf(message);
		expect(thread).toMatchObject({ name: 'compare three laptops', parent: channel.id });
		expect(ann.sees(thread).map(({ content }) => content)).toEqual(['On it (4 steps).']);
		ann.say(thread, 'only light ones');
		const bob = discord.person('Bob');
		bob.say(thread, 'I like big ones');
		bob.mention(thread, 'and a mouse');
		await until(() => host.texts.includes('and a mouse'), 'what was said in the thread arrives');
		expect(host.received.slice(1).map(({ message: { text, conversation: id } }) => [text, id])).toEqual([
			['only light ones', conversation],
			['and a mouse', `discord-${channel.id}-${message.id}-${bob.user.id}`],
		]);
		await frontend.deliver(aReply(conversation, 'The lightest is B.', { inReplyTo: message.id }));
		expect(ann.sees(thread)).toHaveLength(2);
		expect(ann.sees(channel)).toEqual([]);
	});

	it('are found again after a restart', async () => {
		served = await serveDiscord();
		const { frontend, host } = served;
		const { ann, mention } = inOffice();
		const { message, conversation } = await mention('compare laptops');
		const receipt = await frontend.deliver(aReply(conversation, 'On it.', { kind: 'progress' }));
		await frontend.stop();
		const again = served.again();
		await again.start(host);
		const thread = threadOf(message);
		await again.revise(receipt, aReply(conversation, 'Half way.', { kind: 'progress' }));
		await again.deliver(aReply(conversation, 'Done.'));
		expect(ann.sees(thread).map(({ content }) => content)).toEqual(['Half way.', 'Done.']);
		ann.say(thread, 'thanks');
		await until(() => host.texts.includes('thanks'), 'the starter is known');
	});

	it('that may not be opened are done without, which is said once', async () => {
		served = await serveDiscord();
		const { frontend, host } = served;
		const { ann, channel, mention } = inOffice();
		channel.denied.add('threads');
		const first = await mention('compare laptops');
		await frontend.deliver(aReply(first.conversation, 'On it.', { kind: 'progress' }));
		const second = await mention('compare phones');
		await frontend.deliver(aReply(second.conversation, 'On it, too.', { kind: 'progress' }));
		const [one, two] = ann.sees(channel);
		expect(one?.content).toBe('-# I may not open threads in this channel, so I answer here.\nOn it.');
		expect(two).toMatchObject({ content: 'On it, too.', message_reference: { message_id: second.message.id } });
		expect(last(host.states)).toMatchObject({
			status: 'degraded',
			hint: expect.stringContaining('Create Public Threads'),
		});
	});

	it('that were put away are opened again to edit in them', async () => {
		served = await serveDiscord();
		const { frontend } = served;
		const { ann, mention } = inOffice();
		const { message, conversation } = await mention('compare laptops');
		const receipt = await frontend.deliver(aReply(conversation, 'On it.', { kind: 'progress' }));
		threadOf(message).archived = true;
		await frontend.revise(receipt, aReply(conversation, 'Half way.', { kind: 'progress' }));
		expect(ann.sees(threadOf(message)).map(({ content }) => content)).toEqual(['Half way.']);
	});
});

describe('questions', () => {
	const choice = (choices: readonly string[]) =>
		({ id: 'q1', kind: 'choice', purpose: 'step', text: 'Which one?', choices }) as never;
	const asks = (kind: 'approval' | 'text' | 'secret') => ({ id: 'q1', kind, purpose: 'step', text: 'Well?' }) as never;

	it('have buttons, which only the person who is asked can press', async () => {
		served = await serveDiscord();
		const { discord, frontend, host } = served;
		const { mention, ann } = inOffice();
		const { message, conversation } = await mention('compare laptops');
		const reply = aReply(conversation, 'Which one?', { kind: 'question', question: choice(['Red', 'Blue']) });
		await frontend.deliver(reply);
		const asked = last(ann.sees(threadOf(message)));
		const bob = await answered(await discord.person('Bob').press(asked, 'Red'));
		expect(bob.response).toMatchObject({
			type: 4,
			data: { flags: 64, content: expect.stringContaining('not for you') },
		});
		const press = await answered(await ann.press(asked, 'Blue'));
		expect(press.response).toEqual({ type: 6 });
		await until(() => host.texts.includes('Blue'), 'the answer arrives');
		expect(last(host.received).message).toMatchObject({
			conversation,
			replyTo: reply.id,
			platformMessageId: press.id,
			identity: ann.identity,
		});
		await until(() => componentsOf(asked).every(({ disabled }) => disabled === true), 'the buttons are closed');
		expect(componentsOf(asked).map(({ style }) => style)).toEqual([2, 3]);
	});

	it('have a menu from six choices on, and numbers from 26 on', async () => {
		served = await serveDiscord();
		const { discord, frontend, host } = served;
		const ann = discord.person('Ann');
		const home = `discord-dm-${ann.user.id}`;
		const many = Array.from({ length: 30 }, (_, index) => `${'Choice '.repeat(20)}${index + 1}`);
		await frontend.deliver(aReply(home, 'Which?', { kind: 'question', question: choice(many.slice(0, 7)) }));
		const menu = last(ann.sees(ann.dm));
		const [{ options } = { options: [] }] = componentsOf(menu) as { options: { label: string }[] }[];
		await ann.choose(menu, options[2]?.label ?? '');
		await until(() => host.texts.length === 1, 'the choice arrives');
		expect(host.texts).toEqual(['option 3']);
		expect(menu.content).toMatch(/3\. Choice/);
		await frontend.deliver(aReply(home, 'Which?', { kind: 'question', question: choice(many) }));
		const numbered = ann.sees(ann.dm).slice(1);
		expect(numbered.flatMap(componentsOf)).toEqual([]);
		expect(numbered.map(({ content }) => content).join('\n')).toMatch(/30\. /);
	});

	it('are approved with a press', async () => {
		served = await serveDiscord();
		const { discord, frontend, host } = served;
		const ann = discord.person('Ann');
		const home = `discord-dm-${ann.user.id}`;
		await frontend.deliver(aReply(home, 'May I?', { kind: 'question', question: asks('approval') }));
		await ann.press(last(ann.sees(ann.dm)), 'Approve');
		await until(() => host.texts.includes('yes'), 'the approval arrives');
		expect(last(host.received).message).toMatchObject({ conversation: home, direct: true });
	});

	it.each(['text', 'secret'] as const)('of kind %s open a form', async (kind) => {
		served = await serveDiscord();
		const { discord, frontend, host } = served;
		const { mention, ann } = inOffice();
		const { message, conversation } = await mention('log in there');
		const reply = aReply(conversation, 'Your *name*?', { kind: 'question', question: asks(kind) });
		await frontend.deliver(reply);
		const asked = last(ann.sees(threadOf(message)));
		const opened = await answered(await ann.press(asked, kind === 'secret' ? 'Answer in confidence' : 'Answer'));
		const submitted = await answered(await ann.submit(opened, 'hunter2'));
		expect(submitted.response).toEqual({ type: 6 });
		await until(() => host.texts.includes('hunter2'), 'the answer arrives');
		expect(last(host.received).message).toMatchObject({
			conversation,
			replyTo: reply.id,
			platformMessageId: submitted.id,
		});
		expect(asked.content.includes('Do not write it here')).toBe(kind === 'secret');
		expect(discord.rest.violations).toEqual([]);
	});

	it('that were answered elsewhere lose their buttons', async () => {
		served = await serveDiscord();
		const { discord, frontend } = served;
		const ann = discord.person('Ann');
		const home = `discord-dm-${ann.user.id}`;
		const reply = aReply(home, 'May I?', { kind: 'question', question: asks('approval') });
		const receipt = await frontend.deliver(reply);
		const { question: _, ...answeredReply } = { ...reply, text: 'May I? Answered on Telegram: yes.' };
		await frontend.revise(receipt, answeredReply);
		expect(last(ann.sees(ann.dm))).toMatchObject({ content: 'May I? Answered on Telegram: yes.', components: [] });
	});

	it('of an older version, or of other bots, are refused with words', async () => {
		served = await serveDiscord();
		const { discord } = served;
		const ann = discord.person('Ann');
		const button = { type: 2, style: 1, label: 'Old', custom_id: 'something-else' };
		const message = discord.world.post(ann.dm, discord.world.bot, {
			content: 'x',
			components: [{ type: 1, components: [button] }],
		});
		const used = await answered(await ann.press(message, 'Old'));
		expect(used.response).toMatchObject({ type: 4, data: { flags: 64 } });
	});
});

describe('slash commands', () => {
	it('are registered once, with what they take', async () => {
		served = await serveDiscord();
		const { discord, host } = served;
		expect(discord.routes.commandWrites).toBe(1);
		const cancel = discord.world.commands.find(({ name }) => name === 'cancel');
		expect(cancel?.['options']).toEqual([
			expect.objectContaining({ name: 'n', type: 4, autocomplete: true, required: false }),
		]);
		await served.frontend.stop();
		await served.again().start(host);
		expect(discord.routes.commandWrites).toBe(1);
	});

	it('arrive as they would be written, and are answered to their user alone', async () => {
		served = await serveDiscord();
		const { frontend, host } = served;
		const { ann, channel } = inOffice();
		const used = await answered(await ann.command(channel, 'status', { n: 3 }));
		expect(used.response).toMatchObject({ type: 5, data: { flags: 64 } });
		await until(() => host.texts.includes('/status 3'), 'the command arrives');
		const { conversation, platformMessageId, direct } = last(host.received).message;
		expect({ conversation, platformMessageId, direct }).toEqual({
			conversation: `discord-dm-${ann.user.id}`,
			platformMessageId: used.id,
			direct: true,
		});
		const long = `It runs.\n\n${'word '.repeat(500)}`;
		await frontend.deliver(aReply(conversation, long, { kind: 'notice', inReplyTo: used.id }));
		expect(used.original?.content).toMatch(/^It runs/);
		expect(used.followUps).toHaveLength(1);
		expect(used.followUps[0]?.flags).toBe(64);
		expect(ann.sees(channel)).toEqual([]);
		expect(ann.sees(ann.dm)).toEqual([]);
		await frontend.deliver(aReply(conversation, 'The report.', { inReplyTo: used.id }));
		expect(ann.sees(ann.dm).map(({ content }) => content)).toEqual(['The report.']);
	});

	it('are told more once, and again with words where that may have arrived', async () => {
		served = await serveDiscord();
		const { discord, frontend, host } = served;
		const { ann, channel } = inOffice();
		const used = await answered(await ann.command(channel, 'status', { n: 3 }));
		await until(() => host.texts.includes('/status 3'), 'the command arrives');
		const fields = { kind: 'notice', inReplyTo: used.id } as const;
		const reply = aReply(`discord-dm-${ann.user.id}`, `It runs.\n\n${'word '.repeat(500)}`, fields);
		discord.mishaps.plan(/^POST \/webhooks\//, { kind: 'error', status: 503 });
		discord.mishaps.plan(/^POST \/webhooks\//, { kind: 'lost' });
		for (const sent of [1, 2]) {
			await expect(frontend.deliver(reply)).rejects.toMatchObject({ failure: { kind: 'unknown-outcome' } });
			expect(discord.count(/^POST \/webhooks\//)).toBe(sent);
		}
		await frontend.deliver(reply);
		const marked = expect.stringMatching(/^-# You may have this already\.\nword/);
		expect(used.followUps.map(({ content }) => content)).toEqual([marked, marked]);
		expect(used.original?.content).toMatch(/^It runs/);
	});

	it('are not left waiting when their answer takes its time', async () => {
		const clock = new FakeClock(Date.now());
		served = await serveDiscord({ clock });
		const { frontend, host } = served;
		const { ann, channel } = inOffice();
		const used = await answered(await ann.command(channel, 'retry', { n: 3 }));
		await until(() => host.texts.includes('/retry 3'), 'the command arrives');
		await frontend.deliver(aReply(`discord-dm-${ann.user.id}`, 'On it.', { kind: 'progress', inReplyTo: used.id }));
		expect(used.original?.content).toBe('Taken. The answer comes as a message.');
		expect(ann.sees(ann.dm).map(({ content }) => content)).toEqual(['On it.']);
		const silent = await answered(await ann.command(channel, 'unfollow', { n: 3 }));
		await until(() => host.texts.includes('/unfollow 3'), 'the command arrives');
		await clock.advance(5_000);
		await until(() => silent.original?.content.startsWith('Taken.'), 'it is said that it was taken');
	});

	it.each(['lost', 'dropped'] as const)(
		'are taken although the connection was %s as they were acknowledged',
		async (kind) => {
			served = await serveDiscord();
			const { discord, host } = served;
			const { ann, channel } = inOffice();
			discord.mishaps.plan(/callback$/, { kind });
			const used = await ann.command(channel, 'new', { goal: 'compare laptops' });
			await until(() => used.original?.content === '**Ann**: compare laptops', 'the goal is taken and shown');
			expect(host.received.map(({ message }) => [message.text, message.conversation])).toEqual([
				['/new compare laptops', `discord-${channel.id}-${used.original?.id}-${ann.user.id}`],
			]);
		},
	);

	it('with a goal begin a conversation in their channel', async () => {
		served = await serveDiscord();
		const { frontend, host } = served;
		const { ann, channel } = inOffice();
		const used = await answered(await ann.command(channel, 'new', { goal: 'compare laptops' }));
		await until(() => host.texts.includes('/new compare laptops'), 'the goal arrives');
		const { conversation } = last(host.received).message;
		expect(conversation).toBe(`discord-${channel.id}-${used.original?.id}-${ann.user.id}`);
		await until(() => used.original?.content === '**Ann**: compare laptops', 'the goal is shown');
		await frontend.deliver(aReply(conversation, 'On it.', { kind: 'progress', inReplyTo: used.id }));
		const thread = threadOf(used.original as WireMessage);
		expect(thread.name).toBe('compare laptops');
		expect(ann.sees(thread).map(({ content }) => content)).toEqual(['On it.']);
		ann.say(thread, 'only light ones');
		await until(() => host.texts.includes('only light ones'), 'the thread is Ann’s');
	});

	it('complete the numbers of tasks and the names of workflows', async () => {
		served = await serveDiscord();
		const { discord, host } = served;
		const ann = discord.person('Ann');
		const known: Readonly<Record<string, readonly Suggestion[]>> = {
			task: [
				{ value: '12', label: '12 · compare laptops (running)' },
				{ value: '11', label: '11 · find a train (done)' },
			],
			workflow: [{ value: 'compare-offers', label: 'compare-offers · Compare offers' }],
		};
		Object.assign(host, {
			suggestions: async (who: string, kind: string) => (who === ann.identity ? (known[kind] ?? []) : []),
		});
		expect(await ann.complete(ann.dm, 'cancel', 'n', '')).toEqual([
			{ name: '12 · compare laptops (running)', value: 12 },
			{ name: '11 · find a train (done)', value: 11 },
		]);
		expect(await ann.complete(ann.dm, 'cancel', 'n', '11')).toHaveLength(1);
		expect(await ann.complete(ann.dm, 'cancel', 'n', 'lap')).toEqual([expect.objectContaining({ value: 12 })]);
		expect(await discord.person('Bob').complete(discord.person('Bob').dm, 'cancel', 'n', '')).toEqual([]);
		expect(await ann.complete(ann.dm, 'run', 'what', 'comp')).toEqual([
			{ name: 'compare-offers · Compare offers', value: 'compare-offers' },
		]);
	});

	it('of strangers are refused to them alone', async () => {
		served = await serveDiscord();
		const { host } = served;
		const { ann, channel } = inOffice();
		host.refuse = () => new CoreError('unpaired', 'I do not know you yet.', { hint: 'Your code is ABCD-2345.' });
		const used = await answered(await ann.command(channel, 'tasks'));
		await until(() => used.original?.content.includes('ABCD-2345'), 'the code comes');
		expect(used.original?.flags).toBe(64);
	});
});

describe('commands, presses and forms', () => {
	const question = { id: 'q1', kind: 'choice', purpose: 'step', text: 'Which?', choices: ['Red', 'Blue'] } as never;
	const words = { id: 'q2', kind: 'text', purpose: 'step', text: 'Your name?' } as never;

	it.each(['gateway', 'HTTP'])('over %s are acknowledged once they are durable', async (way) => {
		served = await serveDiscord({ clock: new FakeClock(Date.now()), publicKey: true });
		const { discord, host, frontend } = served;
		if (way === 'HTTP') discord.world.interactionsUrl = `${host.address}/discord/interactions`;
		const [ann, bob, eve] = [discord.person('Ann'), discord.person('Bob'), discord.person('Eve')];
		await frontend.deliver(aReply(`discord-dm-${bob.user.id}`, 'Which?', { kind: 'question', question }));
		await frontend.deliver(aReply(`discord-dm-${eve.user.id}`, 'Name?', { kind: 'question', question: words }));
		const form = await answered(await eve.press(last(eve.sees(eve.dm)), 'Answer'));
		const { held, letThrough } = holdUp();
		const used = await Promise.all([
			ann.command(ann.dm, 'tasks'),
			bob.press(last(bob.sees(bob.dm)), 'Blue'),
			eve.submit(form, 'Eve'),
		]);
		await until(() => held.length === 3, 'all are on their way');
		await wait(100);
		expect(used.map(({ response }) => response)).toEqual([undefined, undefined, undefined]);
		letThrough();
		const responses = await Promise.all(used.map(answered));
		expect(responses.map(({ response }) => response?.['type'])).toEqual([5, 6, 6]);
		expect(host.texts.toSorted()).toEqual(['/tasks', 'Blue', 'Eve']);
	});

	it('are acknowledged in time although it takes long, and answered after that', async () => {
		const clock = new FakeClock(Date.now());
		served = await serveDiscord({ clock });
		const { host, frontend } = served;
		const { ann, channel } = inOffice();
		const { held, letThrough } = holdUp();
		const used = await ann.command(channel, 'status', { n: 3 });
		await until(() => held.length === 1, 'it is on its way');
		const reply = aReply(`discord-dm-${ann.user.id}`, 'It runs.', { kind: 'notice', inReplyTo: used.id });
		const delivered = frontend.deliver(reply);
		await wait(50);
		expect(used.response).toBeUndefined();
		await clock.advance(2_000);
		await answered(used);
		await delivered;
		expect(used.original?.content).toBe('It runs.');
		expect(host.texts).toEqual([]);
		letThrough();
		await until(() => host.texts.includes('/status 3'), 'it is taken');
	});

	it('come in the order in which they were used and said', async () => {
		served = await serveDiscord();
		const { discord, host, frontend } = served;
		const ann = discord.person('Ann');
		await frontend.deliver(aReply(`discord-dm-${ann.user.id}`, 'Which?', { kind: 'question', question }));
		const receive = host.receive.bind(host);
		let turns = 0;
		host.receive = async (message) => {
			turns += 1;
			await wait(250 - 50 * turns);
			return receive(message);
		};
		await ann.command(ann.dm, 'cancel', { n: 1 });
		await ann.press(last(ann.sees(ann.dm)), 'Blue');
		ann.say(ann.dm, 'and hurry');
		await ann.command(inOffice().channel, 'tasks');
		await until(() => host.texts.length === 4, 'everything arrives');
		expect(host.texts).toEqual(['/cancel 1', 'Blue', 'and hurry', '/tasks']);
	});

	it('with a goal in a channel are taken after a kill that came right after they were acknowledged', async () => {
		served = await serveDiscord();
		const { host, memory, discord } = served;
		const { ann, channel } = inOffice();
		const receive = host.receive.bind(host);
		const { held, letThrough } = holdUp();
		const used = await answered(await ann.command(channel, 'new', { goal: 'compare laptops' }));
		await until(() => held.length === 1, 'it is on its way');
		expect(host.texts).toEqual([]);
		host.receive = receive;
		await served.again().start(host);
		await until(() => host.texts.length === 1, 'the goal is taken up');
		expect(used.original?.content).toBe('**Ann**: compare laptops');
		const conversation = `discord-${channel.id}-${used.original?.id}-${ann.user.id}`;
		expect(host.received.map(({ message }) => [message.text, message.conversation, message.platformMessageId])).toEqual(
			[['/new compare laptops', conversation, used.id]],
		);
		letThrough();
		await until(() => !JSON.stringify(memory.text).includes(used.id), 'it is kept no longer');
		expect(discord.count(/^POST \/interactions/)).toBe(1);
	});
});

describe('what is sent', () => {
	it('is split within the limit without breaking code, and pings nobody', async () => {
		served = await serveDiscord();
		const { discord, frontend } = served;
		const ann = discord.person('Ann');
		const code = Array.from({ length: 150 }, (_, line) => `const value${line} = '${'x'.repeat(20)}';`).join('\n');
		const text = `Hello @everyone and <@${ann.user.id}>\n\n\`\`\`ts\n${code}\n\`\`\`\n\nThat is all.`;
		const receipt = await frontend.deliver(aReply(`discord-dm-${ann.user.id}`, text));
		const parts = ann.sees(ann.dm).map(({ content }) => content);
		expect(parts.length).toBeGreaterThan(2);
		expect(receipt.platformMessageIds).toHaveLength(parts.length);
		for (const part of parts) {
			expect(part.length).toBeLessThanOrEqual(2_000);
			expect((part.match(/```/g) ?? []).length % 2).toBe(0);
		}
		expect(
			discord.rest.calls.filter(({ body }) => 'content' in body).every(({ body }) => 'allowed_mentions' in body),
		).toBe(true);
	});

	it('has its files, and names those that are too large', async () => {
		served = await serveDiscord();
		const { discord, frontend, files } = served;
		const ann = discord.person('Ann');
		const content = Buffer.from('# Report');
		files.set('f1', { name: 'report.md', type: 'text/markdown', content });
		await frontend.deliver(
			aReply(`discord-dm-${ann.user.id}`, 'Here it is.', {
				artifacts: [
					{ id: 'f1', name: 'report.md', type: 'text/markdown', bytes: content.byteLength },
					{ id: 'f2', name: 'film.mp4', type: 'video/mp4', bytes: 50 * 1024 * 1024 },
					{ id: 'gone', name: 'old.txt', type: 'text/plain', bytes: 3 },
				],
			}),
		);
		const [message] = ann.sees(ann.dm);
		expect(message?.attachments.map(({ filename }) => filename)).toEqual(['report.md', 'old.txt.txt']);
		expect(message?.content).toContain('film.mp4');
		expect(message?.content).toContain('https://errand.example/#/tasks/');
		const [attached] = message?.attachments ?? [];
		expect(await (await fetch(attached?.url ?? '')).text()).toBe('# Report');
	});

	it('has no file of somebody else, whatever an answer names', async () => {
		served = await serveDiscord();
		const { discord, frontend, files } = served;
		const ann = discord.person('Ann');
		files.set('f1', { name: 'theirs.md', type: 'text/markdown', content: Buffer.from('secret') });
		const artifacts = [{ id: 'f1', name: 'theirs.md', type: 'text/markdown', bytes: 6 }];
		const home = `discord-dm-${ann.user.id}`;
		await frontend.deliver(aReply(home, 'Here.', { artifacts, to: asPersonId('another') }));
		await frontend.deliver(aReply(home, 'Yours.', { artifacts, to: asPersonId('p') }));
		const names = ann.sees(ann.dm).map(({ attachments }) => attachments.map(({ filename }) => filename));
		expect(names).toEqual([['theirs.md.txt'], ['theirs.md']]);
	});

	it('goes out without the files that Discord will not take, and names them', async () => {
		served = await serveDiscord();
		const { discord, frontend, files } = served;
		const ann = discord.person('Ann');
		files.set('f1', { name: 'report.md', type: 'text/markdown', content: Buffer.from('# Report') });
		const artifacts = [{ id: 'f1', name: 'report.md', type: 'text/markdown', bytes: 8 }];
		const refused = { kind: 'error', status: 413, code: 40_005, message: 'Request entity too large' } as const;
		discord.mishaps.plan(/POST \/channels\/\d+\/messages$/, refused);
		const receipt = await frontend.deliver(aReply(`discord-dm-${ann.user.id}`, 'Here it is.', { artifacts }));
		const [message] = ann.sees(ann.dm);
		expect(receipt.platformMessageIds).toEqual([message?.id]);
		expect(message?.content).toMatch(/^Here it is\.\n.*report\.md/);
	});

	it('is tried again when a file of it cannot be read', async () => {
		served = await serveDiscord();
		const { discord, frontend, files } = served;
		const ann = discord.person('Ann');
		files.get = () => {
			throw new Error('the disk is away');
		};
		const artifacts = [{ id: 'f1', name: 'report.md', type: 'text/markdown', bytes: 8 }];
		const delivery = frontend.deliver(aReply(`discord-dm-${ann.user.id}`, 'Here it is.', { artifacts }));
		await expect(delivery).rejects.toMatchObject({ failure: { kind: 'retryable', code: 'file-unread' } });
	});

	it('is shown once when the answer was lost after it took effect, and when it is sent again', async () => {
		served = await serveDiscord();
		const { discord, frontend } = served;
		const ann = discord.person('Ann');
		const reply = aReply(`discord-dm-${ann.user.id}`, 'Done.');
		discord.mishaps.plan(/POST \/channels\/\d+\/messages$/, { kind: 'lost' });
		const first = frontend.deliver(reply);
		await expect(first).rejects.toMatchObject({ failure: { kind: 'unknown-outcome' } });
		await frontend.deliver(reply);
		const { frontend: _, ...rest } = served;
		const again = rest.again();
		await again.start(served.host);
		await again.deliver(reply);
		expect(ann.sees(ann.dm)).toHaveLength(1);
	});

	it('goes on with what is left when a part of it failed', async () => {
		served = await serveDiscord();
		const { discord, frontend } = served;
		const ann = discord.person('Ann');
		const reply = aReply(`discord-dm-${ann.user.id}`, `first\n\n${'word '.repeat(700)}`);
		discord.mishaps.plan(/POST \/channels\/\d+\/messages$/, { kind: 'slow', ms: 1 });
		discord.mishaps.plan(/POST \/channels\/\d+\/messages$/, { kind: 'error', status: 503 }, 4);
		await expect(frontend.deliver(reply)).rejects.toMatchObject({ failure: { kind: 'retryable', code: 'http-503' } });
		const receipt = await frontend.deliver(reply);
		expect(receipt.platformMessageIds).toEqual(ann.sees(ann.dm).map(({ id }) => id));
		expect(receipt.platformMessageIds).toHaveLength(2);
	});

	it('is told to everybody who follows a task, each with messages of their own', async () => {
		served = await serveDiscord();
		const { discord, frontend } = served;
		const everybody = [discord.person('Ann'), discord.person('Bob')];
		const long = aReply('discord-dm-1', `first\n\n${'word '.repeat(700)}`);
		const receipts = await Promise.all(
			everybody.map(({ user }) => {
				const { conversation } = aReply(`discord-dm-${user.id}`, '');
				return frontend.deliver({ ...long, conversation });
			}),
		);
		const seen = everybody.map((person) => person.sees(person.dm).map(({ id }) => id));
		expect(receipts.map(({ platformMessageIds }) => platformMessageIds)).toEqual(seen);
		expect(seen.map((ids) => ids.length)).toEqual([2, 2]);
	});

	it('keeps to the limits of a channel, and waits where Discord says so', async () => {
		served = await serveDiscord({ limitScale: 1 });
		const { discord, frontend } = served;
		const ann = discord.person('Ann');
		const home = `discord-dm-${ann.user.id}`;
		const texts = Array.from({ length: 7 }, (_, index) => `part ${index}`);
		await Promise.all(texts.map((text) => frontend.deliver(aReply(home, text))));
		expect(ann.sees(ann.dm).map(({ content }) => content)).toEqual(texts);
		expect(discord.rest.calls.filter(({ status }) => status === 429)).toEqual([]);
		const second = discord.person('Bob');
		discord.mishaps.plan(/POST \/channels\/\d+\/messages$/, { kind: 'limited', retryAfterMs: 400 });
		await frontend.deliver(aReply(`discord-dm-${second.user.id}`, 'hello'));
		discord.mishaps.plan(/POST \/channels\/\d+\/messages$/, { kind: 'limited', retryAfterMs: 400, global: true });
		await frontend.deliver(aReply(`discord-dm-${second.user.id}`, 'again'));
		expect(second.sees(second.dm)).toHaveLength(2);
	});

	it('is handed back when the wait is long', async () => {
		served = await serveDiscord();
		const { discord, frontend } = served;
		const ann = discord.person('Ann');
		discord.mishaps.plan(/POST \/channels\/\d+\/messages$/, { kind: 'limited', retryAfterMs: 90_000 });
		await expect(frontend.deliver(aReply(`discord-dm-${ann.user.id}`, 'hello'))).rejects.toMatchObject({
			failure: { kind: 'retryable', code: 'rate-limited', retryAfterMs: expect.closeTo(90_000, -4) },
		});
	});

	it('fails for good where nobody can be reached', async () => {
		served = await serveDiscord();
		const { discord, frontend } = served;
		const shut = discord.person('Shut');
		Object.assign(shut.user, { closed: true });
		await expect(frontend.deliver(aReply(`discord-dm-${shut.user.id}`, 'hello'))).rejects.toMatchObject({
			failure: { kind: 'permanent', code: 'discord-50007' },
		});
		await expect(frontend.deliver(aReply('discord-1-2-3', 'hello'))).rejects.toMatchObject({
			failure: { kind: 'permanent', code: 'discord-10003' },
		});
		await expect(frontend.deliver(aReply('web-p', 'hello'))).rejects.toMatchObject({ failure: { kind: 'permanent' } });
	});

	it('names the permission that is missing in a channel, until it is there', async () => {
		served = await serveDiscord();
		const { frontend, host } = served;
		const { channel, mention } = inOffice();
		const { conversation } = await mention('what is a quark?');
		channel.denied.add('send');
		await expect(frontend.deliver(aReply(conversation, 'A particle.'))).rejects.toMatchObject({
			failure: { kind: 'permanent' },
		});
		expect(last(host.states)).toMatchObject({ status: 'degraded', hint: expect.stringContaining('Send Messages') });
		channel.denied.delete('send');
		await frontend.deliver(aReply(conversation, 'A particle.'));
		expect(last(host.states)).toEqual({ status: 'ready' });
	});

	it('is edited in place, the latest words last, and not at all once it is gone', async () => {
		served = await serveDiscord();
		const { discord, frontend } = served;
		const ann = discord.person('Ann');
		const home = `discord-dm-${ann.user.id}`;
		const receipt = await frontend.deliver(aReply(home, 'On it.', { kind: 'progress' }));
		const edits = Array.from({ length: 10 }, (_, index) => aReply(home, `step ${index}`, { kind: 'progress' }));
		await Promise.all(edits.map((reply) => frontend.revise(receipt, reply)));
		const [message] = ann.sees(ann.dm);
		expect(message?.content).toBe('step 9');
		expect(discord.count(/^PATCH \/channels/)).toBeLessThan(10);
		ann.dm.messages.length = 0;
		await frontend.revise(receipt, aReply(home, 'step 10', { kind: 'progress' }));
		expect(ann.sees(ann.dm)).toEqual([]);
	});
});

describe('the connection', () => {
	it('is resumed after it dropped, with what was said meanwhile', async () => {
		served = await serveDiscord();
		const { discord, host } = served;
		const ann = discord.person('Ann');
		ann.say(ann.dm, 'one');
		await until(() => host.texts.includes('one'), 'the first message arrives');
		discord.gateway.refuses = true;
		discord.gateway.drop();
		ann.say(ann.dm, 'two');
		ann.say(ann.dm, 'three');
		await until(() => last(host.states).status === 'degraded', 'the state says so');
		discord.gateway.refuses = false;
		await until(() => host.texts.includes('three'), 'what was missed arrives', 20_000);
		expect(host.texts).toEqual(['one', 'two', 'three']);
		expect(discord.gateway.counts).toMatchObject({ identified: 1, resumed: 1 });
		expect(last(host.states)).toEqual({ status: 'ready' });
	});

	it('is resumed when Discord asks to connect again', async () => {
		served = await serveDiscord();
		const { discord } = served;
		discord.gateway.askToReconnect();
		await until(() => discord.gateway.counts.resumed === 1, 'it is resumed');
		discord.gateway.invalidate(true);
		await until(() => discord.gateway.counts.resumed === 2, 'it is resumed again');
		expect(discord.gateway.counts.identified).toBe(1);
	});

	it('is made anew when it cannot be resumed, and what was missed is read back', async () => {
		served = await serveDiscord();
		const { discord, host, frontend } = served;
		const { ann, channel, mention } = inOffice();
		ann.say(ann.dm, 'one');
		const { message, conversation } = await mention('compare laptops');
		await frontend.deliver(aReply(conversation, 'On it.', { kind: 'progress' }));
		const thread = threadOf(message);
		ann.say(thread, 'light ones');
		await until(() => host.texts.includes('light ones'), 'the thread is served');
		discord.gateway.refuses = true;
		discord.gateway.drop();
		discord.gateway.forgetSessions();
		ann.say(ann.dm, 'two');
		ann.say(ann.dm, 'three');
		ann.say(thread, 'and cheap ones');
		ann.say(channel, 'nobody asked');
		ann.mention(channel, 'what else?');
		discord.gateway.refuses = false;
		await until(() => host.texts.length >= 7, 'what was missed arrives', 20_000);
		expect(host.texts.filter((text) => ['one', 'two', 'three'].includes(text))).toEqual(['one', 'two', 'three']);
		expect(host.texts).toEqual(expect.arrayContaining(['and cheap ones', 'what else?']));
		expect(host.texts).not.toContain('nobody asked');
		expect(discord.gateway.counts).toMatchObject({ identified: 2, resumed: 0 });
	}, 40_000);

	it('reads back after a restart what was said while the server was down', async () => {
		served = await serveDiscord();
		const { discord, host, frontend } = served;
		const ann = discord.person('Ann');
		ann.say(ann.dm, 'one');
		await until(() => host.texts.includes('one'), 'the first message arrives');
		await frontend.stop();
		discord.gateway.forgetSessions();
		const missed = Array.from({ length: 230 }, (_, index) => `missed ${index}`);
		for (const text of missed) ann.say(ann.dm, text);
		await served.again().start(host);
		ann.say(ann.dm, 'new');
		await until(() => host.texts.includes('new'), 'everything arrives');
		expect(host.texts).toEqual(['one', ...missed, 'new']);
	});

	it('reads back the first words of somebody to whom only the bot had written there', async () => {
		served = await serveDiscord();
		const { discord, host, frontend } = served;
		const { ann, mention } = inOffice();
		const bob = discord.person('Bob');
		const { message, conversation } = await mention('compare laptops');
		await frontend.deliver(aReply(conversation, 'On it.', { kind: 'progress' }));
		await frontend.deliver(aReply(`discord-dm-${bob.user.id}`, 'Ann wants to know.'));
		await frontend.stop();
		discord.gateway.forgetSessions();
		ann.say(threadOf(message), 'light ones');
		bob.say(bob.dm, 'tell her yes');
		await served.again().start(host);
		await until(() => host.texts.length === 3, 'both arrive');
		expect(host.texts.slice(1).toSorted()).toEqual(['light ones', 'tell her yes']);
	});

	it('keeps at once that a channel is served, because a kill may come right after', async () => {
		served = await serveDiscord({ clock: new FakeClock(Date.now()) });
		const { discord, memory } = served;
		const ann = discord.person('Ann');
		ann.say(ann.dm, 'one');
		await until(() => memory.text?.includes(ann.dm.id), 'the channel is kept');
	});

	it('does not read back again and again what others say in a channel', async () => {
		served = await serveDiscord();
		const { frontend, memory } = served;
		const { ann, channel, mention } = inOffice();
		await mention('book a table');
		const chatter = ann.say(channel, 'nobody asked');
		const lastRead = () => (JSON.parse(memory.text ?? '{}') as { places?: { last: string }[] }).places?.[0]?.last;
		await until(() => lastRead() === chatter.id, 'the mark passes it');
		await frontend.stop();
		expect(lastRead()).toBe(chatter.id);
	});

	it('takes later what Discord could not say the place of', async () => {
		served = await serveDiscord();
		const { discord, host, frontend } = served;
		const { ann, channel } = inOffice();
		discord.mishaps.plan(/^GET \/channels\/\d+$/, { kind: 'error', status: 500 }, 4);
		ann.mention(channel, 'book a table');
		await until(() => served.logged.some(({ event }) => event === 'discord message not taken'), 'it is left');
		await frontend.stop();
		discord.gateway.forgetSessions();
		await served.again().start(host);
		await until(() => host.texts.includes('book a table'), 'it is taken');
	});

	it('that is dead without having been closed is noticed by its heartbeats', async () => {
		served = await serveDiscord({
			prepare: ({ gateway }) => {
				gateway.heartbeatMs = 300;
			},
		});
		const { discord } = served;
		await until(() => discord.gateway.counts.heartbeats > 1, 'its heart beats');
		discord.gateway.answersHeartbeats = false;
		await until(() => discord.gateway.counts.resumed > 0, 'it is resumed');
	});

	it('delivers nothing twice that Discord tells twice', async () => {
		served = await serveDiscord();
		const { discord, host } = served;
		discord.gateway.repeatsEvents = true;
		const ann = discord.person('Ann');
		for (const text of ['one', 'two', 'three']) ann.say(ann.dm, text);
		await until(() => host.texts.includes('three'), 'they arrive');
		expect(host.texts).toEqual(['one', 'two', 'three']);
	});

	it('is refused with words for a wrong token', async () => {
		served = await serveDiscord({ start: false });
		const { discord, host, frontend } = served;
		Object.assign(discord.world, { token: 'another' });
		await expect(frontend.start(host)).rejects.toMatchObject({
			code: 'unauthorized',
			hint: expect.stringContaining('DISCORD_TOKEN'),
		});
		await expect(frontend.deliver(aReply('discord-dm-1', 'hi'))).rejects.toMatchObject({
			failure: { kind: 'retryable' },
		});
	});

	it('says so when the token is reset while it lasts, and comes back by itself', async () => {
		const clock = new FakeClock(Date.now());
		served = await serveDiscord({ clock });
		const { discord, host } = served;
		discord.gateway.closesIdentifiesWith = 4004;
		discord.gateway.forgetSessions();
		discord.gateway.close(4004);
		await until(() => last(host.states).status === 'degraded', 'the state says so');
		expect(last(host.states)).toMatchObject({ hint: expect.stringContaining('DISCORD_TOKEN') });
		discord.gateway.closesIdentifiesWith = undefined;
		const isBack = () => {
			void clock.advance(5_000);
			return last(host.states).status === 'ready';
		};
		await until(isBack, 'it is back', 30_000);
	}, 60_000);

	it.each([
		['is known to lack', true],
		['turns out to lack', false],
	])('does without the intent that it %s, and says which', async (_, honest) => {
		served = await serveDiscord({
			start: false,
			prepare: ({ world }) => {
				world.messageContent = false;
				world.claimsMessageContent = !honest;
			},
		});
		const { discord, host, frontend } = served;
		await frontend.start(host);
		expect(last(host.states)).toMatchObject({
			status: 'degraded',
			message: expect.stringContaining('Message Content Intent'),
		});
		const { ann, mention } = inOffice();
		const { message, conversation } = await mention('compare laptops');
		await frontend.deliver(aReply(conversation, 'On it.', { kind: 'progress' }));
		const thread = threadOf(message);
		ann.say(thread, 'light ones');
		await until(() => last(ann.sees(thread)).content.includes('mention'), 'Ann is told');
		ann.say(ann.dm, 'hello');
		await until(() => host.texts.includes('hello'), 'direct messages are read');
		expect(discord.gateway.counts.identified).toBe(1);
	});

	it('is made anew, with waits, when Discord is away for longer, and nothing is lost', async () => {
		const clock = new FakeClock(Date.now());
		served = await serveDiscord({ clock });
		const { discord, host, logged } = served;
		const ann = discord.person('Ann');
		ann.say(ann.dm, 'one');
		await until(() => host.texts.includes('one'), 'the first message arrives');
		discord.gateway.refuses = true;
		discord.gateway.drop();
		ann.say(ann.dm, 'two');
		const disconnects = () => logged.filter(({ event }) => event === 'discord disconnected').length;
		await until(() => disconnects() > 20, 'quick attempts are given up', 40_000);
		const { connections } = discord.gateway.counts;
		await wait(1_200);
		expect(discord.gateway.counts.connections).toBe(connections);
		discord.gateway.refuses = false;
		await clock.advance(5_000);
		await until(() => host.texts.includes('two'), 'it is back', 40_000);
		expect(discord.gateway.counts.identified).toBe(2);
		expect(last(host.states)).toEqual({ status: 'ready' });
	}, 120_000);

	it('leaves nothing to come once the frontend is stopped', async () => {
		const clock = new FakeClock(Date.now());
		served = await serveDiscord({ clock });
		const { host, frontend } = served;
		const { ann, channel } = inOffice();
		host.refuse = ({ text }) =>
			text === 'two' ? new CoreError('shutting-down', 'The server stops.', { hint: 'Wait.' }) : undefined;
		await answered(await ann.command(channel, 'unfollow', { n: 3 }));
		ann.say(ann.dm, 'one');
		await until(() => host.texts.length === 2, 'both arrive');
		ann.say(ann.dm, 'two');
		await frontend.stop();
		expect(clock.waiting).toBe(0);
		expect(ann.sees(ann.dm)).toEqual([]);
	});

	it('is not tried again once the frontend is stopped', async () => {
		served = await serveDiscord();
		const { discord, host, frontend } = served;
		discord.gateway.refuses = true;
		discord.gateway.drop();
		await until(() => discord.gateway.counts.connections > 2, 'it is tried again');
		await frontend.stop();
		const { connections } = discord.gateway.counts;
		await wait(1_500);
		expect(discord.gateway.counts.connections).toBe(connections);
		expect(last(host.states)).toEqual({ status: 'stopped' });
		await frontend.stop();
	});

	it('goes on without an intent that is taken away, and notices when it is back', async () => {
		const clock = new FakeClock(Date.now());
		served = await serveDiscord({ clock });
		const { discord, host } = served;
		discord.world.messageContent = false;
		discord.gateway.forgetSessions();
		discord.gateway.close(4_000);
		await until(() => discord.gateway.closedWith === 4_014, 'Discord closes the connection', 30_000);
		const goesOn = () => {
			void clock.advance(0);
			return JSON.stringify(last(host.states)).includes('Message Content Intent, so');
		};
		await until(goesOn, 'it goes on without', 30_000);
		const ann = discord.person('Ann');
		ann.say(ann.dm, 'hello');
		await until(() => host.texts.includes('hello'), 'direct messages are read');
		discord.world.messageContent = true;
		await clock.advance(5 * 60_000);
		const isNoticed = () => {
			void clock.advance(0);
			return last(host.states).status === 'ready';
		};
		await until(isNoticed, 'it is noticed', 30_000);
	}, 90_000);

	it('names the permissions that it lacks in a server', async () => {
		served = await serveDiscord({
			prepare: ({ world }) => {
				world.addGuild('Office').botPermissions = (1n << 10n) | (1n << 11n);
			},
		});
		expect(last(served.host.states)).toMatchObject({
			status: 'degraded',
			message: expect.stringMatching(/"Office".*Create Public Threads/),
		});
	});
});

describe('the permissions in a server', () => {
	const poor = (1n << 10n) | (1n << 11n);

	it('are looked at again, and are no trouble once they are granted', async () => {
		const clock = new FakeClock(Date.now());
		served = await serveDiscord({
			clock,
			prepare: ({ world }) => {
				world.addGuild('Office').botPermissions = poor;
			},
		});
		const { discord, host } = served;
		const [guild] = discord.world.guilds.values();
		expect(last(host.states)).toMatchObject({ status: 'degraded', message: expect.stringContaining('"Office"') });
		Object.assign(guild ?? {}, { botPermissions: (1n << 35n) | (1n << 38n) | (1n << 15n) | (1n << 16n) | poor });
		const { roles, id } = discord.world.guildPayload(guild as Guild) as { roles: Wire[]; id: string };
		discord.world.dispatch('GUILD_ROLE_UPDATE', { guild_id: id, role: roles[1] });
		const ann = discord.person('Ann');
		ann.say(ann.dm, 'hello');
		await until(() => host.texts.includes('hello'), 'the events arrived');
		await clock.advance(5 * 60_000);
		await until(() => last(host.states).status === 'ready', 'it is noticed');
	});

	it.each([
		['told at once', 'GUILD_DELETE'],
		['found when it is connected anew', undefined],
	])(
		'are no trouble once the bot is thrown out, which is %s',
		async (_, event) => {
			const clock = new FakeClock(Date.now());
			served = await serveDiscord({
				clock,
				prepare: ({ world }) => {
					world.addGuild('Office').botPermissions = poor;
				},
			});
			const { discord, host } = served;
			const [id = ''] = discord.world.guilds.keys();
			expect(last(host.states).status).toBe('degraded');
			discord.world.dispatch('GUILD_DELETE', { id, unavailable: true });
			const ann = discord.person('Ann');
			ann.say(ann.dm, 'hello');
			await until(() => host.texts.includes('hello'), 'the events arrived');
			expect(last(host.states).status).toBe('degraded');
			discord.world.guilds.delete(id);
			if (event !== undefined) {
				discord.world.dispatch(event, { id });
				await until(() => last(host.states).status === 'ready', 'it is noticed at once');
				return;
			}
			discord.gateway.forgetSessions();
			discord.gateway.drop();
			await until(() => discord.gateway.counts.identified === 2, 'it is connected anew', 30_000);
			await until(() => !JSON.stringify(last(host.states)).includes('is lost'), 'it is ready');
			await clock.advance(5 * 60_000);
			await until(() => last(host.states).status === 'ready', 'it is noticed');
		},
		60_000,
	);
});

describe('interactions over HTTP', () => {
	it('are taken when Discord signed them, and refused when forged, altered or old', async () => {
		served = await serveDiscord({ publicKey: true });
		const { discord, host } = served;
		const url = `${host.address}/discord/interactions`;
		discord.world.interactionsUrl = url;
		const post = async (body: string, headers: Record<string, string>) => {
			const response = await fetch(url, { method: 'POST', body, headers });
			return { status: response.status, text: await response.text() };
		};
		const ping = JSON.stringify({ id: '1', token: 't', type: 1, application_id: '1', version: 1 });
		expect(await post(ping, discord.desk.sign(ping))).toEqual({ status: 200, text: '{"type":1}' });
		const ann = discord.person('Ann');
		const used = await answered(await ann.command(ann.dm, 'tasks'));
		await until(() => host.texts.includes('/tasks'), 'the command arrives');
		expect(used.response).toEqual({ type: 5 });
		const { body = '', headers = {} } = discord.desk.lastCall ?? {};
		const refusals = [
			await post(body.replace('tasks', 'retry'), headers),
			await post(body, discord.desk.sign(body, Date.now() - 6 * 60_000)),
			await post(body, { ...headers, 'x-signature-ed25519': '0'.repeat(128) }),
			await post(body, { ...headers, 'x-signature-ed25519': 'zz' }),
			await post(body, { 'content-type': 'application/json' }),
		];
		expect(refusals.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
		const nonsense = '{"type":';
		expect(await post(nonsense, discord.desk.sign(nonsense))).toMatchObject({ status: 400 });
		expect(host.texts).toEqual(['/tasks']);
	});
});

it('keeps to what Discord describes', async () => {
	served = await serveDiscord();
	const { discord } = served;
	const ann = discord.person('Ann');
	await served.frontend.deliver(aReply(`discord-dm-${ann.user.id}`, 'hi'));
	if (!discord.compares)
		console.warn('Requests were not compared with Discord’s description: ERRAND_SPECS_DIR is not set.');
	expect(discord.rest.violations).toEqual([]);
});
