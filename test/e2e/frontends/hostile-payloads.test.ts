import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Besieged, besiege, PUBLIC_URL, WEBHOOK_SECRET } from '../../harness/besieged-errand.ts';
import { soon } from '../../harness/frontend-errand.ts';
import { mangled } from '../../support/mangled.ts';

let called: Besieged;
let polling: Besieged;
/** A server inside the network, which nobody outside should make Errand ask. */
let inside: Server;
const asked: string[] = [];
const insideUrl = () => `http://127.0.0.1:${(inside.address() as AddressInfo).port}`;
beforeAll(async () => {
	inside = createServer((request, response) => {
		asked.push(`${request.url} ${request.headers.authorization ?? ''}`);
		response.writeHead(200, { 'content-type': 'text/plain' }).end('the crown jewels');
	});
	await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
	[called, polling] = await Promise.all([besiege({ level: 'info' }), besiege({ level: 'info', polls: true })]);
});
afterAll(async () => {
	await Promise.all([called?.stop(), polling?.stop()]);
	await new Promise((resolve) => inside.close(resolve));
});

type Wire = Readonly<Record<string, unknown>>;

/** A dozen at a time. */
async function inTurns<One>(all: readonly One[], work: (one: One) => Promise<void>): Promise<void> {
	for (let at = 0; at < all.length; at += 12) await Promise.all(all.slice(at, at + 12).map(work));
}

let numbers = 5_000_000;
const next = () => {
	numbers += 1;
	return numbers;
};

/** What a member writes there, in every shape that is read. */
async function telegramPayloads({ telegram, letIn }: Besieged): Promise<Readonly<Record<string, Wire>>> {
	const { id, identity } = telegram.person({ name: 'Mallory' });
	await letIn(identity);
	const from = { id, is_bot: false, first_name: 'Mallory', last_name: 'M', username: 'mallory' };
	const chat = { id, type: 'private', first_name: 'Mallory' };
	const me = { id: telegram.me.id, is_bot: true, first_name: 'Errand' };
	const reply_markup = { inline_keyboard: [[{ text: 'a', callback_data: 'w1||some.reply' }]] };
	const shown = { message_id: 3, date: 1, from: me, chat, text: 'x', reply_markup };
	const file = { file_id: 'f', file_unique_id: 'u', file_name: 'a.txt', mime_type: 'text/plain', file_size: 3 };
	const message = { message_id: 0, date: 1_700_000_000, from, chat };
	const bold = { type: 'bold', offset: 0, length: 4 };
	return {
		text: {
			message: { ...message, text: 'Tell me: odd', entities: [bold], reply_to_message: shown, message_thread_id: 1 },
		},
		file: { message: { ...message, caption: 'Tell me: odd', caption_entities: [bold], document: file } },
		album: { message: { ...message, media_group_id: 'g', photo: [{ ...file, width: 1, height: 1 }] } },
		press: { callback_query: { id: '1', from, chat_instance: '1', data: 'w1||some.reply', message: shown } },
		'of no known kind': { never_heard_of: { deep: [{ id: 1 }] } },
	};
}

/** Messages are told apart by their numbers, so each has one of its own, unless it is the number that is odd. */
function numbered(update: Wire): Wire {
	const message = update['message'] as Wire | undefined;
	return message?.['message_id'] === 0 ? { ...update, message: { ...message, message_id: next() } } : update;
}

describe('updates of Telegram that are not what Telegram says', () => {
	it('are taken off its hands at the webhook, so that it does not bring them for ever', async () => {
		const answers = new Set<number>();
		for (const payload of Object.values(await telegramPayloads(called))) {
			await inTurns([...mangled(payload)], async (update) => {
				const answer = await fetch(`${called.errand.url}/telegram/webhook`, {
					method: 'POST',
					headers: { 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET },
					body: JSON.stringify({ update_id: next(), ...numbered(update as Wire) }),
				});
				answers.add(answer.status);
			});
		}
		expect([...answers]).toEqual([200]);
		await called.serves();
		expect(called.errand.output()).not.toMatch(/telegram update failed/);
	});

	it('do not hold up what is polled after them', async () => {
		const { telegram } = polling;
		for (const payload of Object.values(await telegramPayloads(polling))) {
			for (const update of mangled(payload)) {
				for (const [kind, content] of Object.entries(numbered(update as Wire))) telegram.updates.add(kind, content);
			}
		}
		await polling.serves();
		await soon(() => telegram.pendingUpdates === 0, 'all are confirmed', 30_000);
	});
});

describe('events of Discord that are not what Discord says', () => {
	const message = async ({ discord, letIn }: Besieged): Promise<Wire> => {
		const { world } = discord;
		const { user, identity, dm: channel } = discord.person('Mallory');
		await letIn(identity);
		const attachments = [world.addFile('a.txt', 'text/plain', Buffer.from('abc'))];
		const before = { id: '1', channel_id: channel.id, author: world.bot, content: 'x', message_reference: {} };
		return {
			id: 'new',
			channel_id: channel.id,
			author: user,
			content: 'Tell me: odd',
			type: 0,
			attachments,
			mentions: [user],
			mention_roles: ['1'],
			embeds: [],
			components: [],
			timestamp: new Date().toISOString(),
			message_reference: { type: 0, message_id: '1', channel_id: channel.id },
			referenced_message: before,
			message_snapshots: [{ message: { content: 'x', attachments } }],
		};
	};
	const interactions = async (town: Besieged): Promise<Wire[]> => {
		const { author: user, channel_id } = await message(town);
		const { world } = town.discord;
		const about = {
			id: 'new',
			token: 'not-a-real-one',
			application_id: world.application,
			version: 1,
			channel_id,
			user,
		};
		const channel = { id: channel_id, type: 1 };
		const option = { name: 'n', type: 4, value: 1, focused: true };
		const command = { id: '1', name: 'status', type: 1, options: [option] };
		const field = { type: 18, component: { custom_id: 'answer', value: 'x' } };
		const pressed = { component_type: 2, custom_id: 'errand1|s|1|||yes', values: ['x'] };
		return [
			{ ...about, channel, type: 2, data: command },
			{ ...about, channel, type: 3, data: pressed, message: { id: '3', components: [{ type: 1, components: [{}] }] } },
			{ ...about, channel, type: 4, data: command },
			{ ...about, channel, type: 5, data: { custom_id: 'errand1|w|1|||', components: [field] } },
		];
	};
	const renewed = (payload: Wire, { discord }: Besieged): Wire =>
		payload['id'] === 'new' ? { ...payload, id: discord.world.snowflakes.next() } : payload;

	it('neither end the process nor hold up those after them', async () => {
		const { world } = polling.discord;
		const guild = world.guilds.get('') ?? world.addGuild('Hall');
		const thread = { id: '9', type: 11, parent_id: '8', owner_id: '7', guild_id: guild.id };
		const events: [string, Wire][] = [
			['MESSAGE_CREATE', await message(polling)],
			...(await interactions(polling)).map((one): [string, Wire] => ['INTERACTION_CREATE', one]),
			['CHANNEL_CREATE', world.channelPayload(world.addChannel(guild, 'hall'))],
			['THREAD_CREATE', thread],
			['THREAD_DELETE', thread],
			['CHANNEL_DELETE', { id: '9', type: 0, guild_id: guild.id }],
			['NEVER_HEARD_OF', { id: '1' }],
			['GUILD_CREATE', { ...world.guildPayload(guild), emojis: [], stickers: [] }],
		];
		for (const [event, payload] of events) {
			for (const odd of mangled(payload)) world.dispatch(event, renewed(odd as Wire, polling));
			await polling.serves();
		}
		expect(polling.discord.rest.violations).toEqual([]);
	});

	it('nor do they over HTTP, where each is answered', async () => {
		const url = `${called.errand.url}/discord/interactions`;
		const answers = new Set<number>();
		for (const payload of await interactions(called)) {
			await inTurns([...mangled(payload)], async (odd) => {
				const body = JSON.stringify(renewed(odd as Wire, called));
				const answer = await fetch(url, { method: 'POST', headers: called.discord.desk.sign(body), body });
				answers.add(answer.status);
			});
		}
		expect([...answers].filter((status) => ![200, 202, 400].includes(status))).toEqual([]);
		await called.serves();
	});
});

describe('forms of Twilio that are not what Twilio says', () => {
	it('are refused or let go, and those after them are taken', async () => {
		const { twilio } = called;
		const texts = [
			'',
			' ',
			'\0',
			'\ud800',
			'-1',
			'1e9',
			'999',
			'x'.repeat(50_000),
			'{"a":1}',
			'whatsapp:+15550001',
			'%',
		];
		const form = {
			...twilio.inboundForm({ sid: `SM${'a'.repeat(32)}`, from: '+15550101234', body: 'Tell me: odd', mediaUrls: [] }),
			MediaUrl0: 'x',
			MediaContentType0: 'x/y',
			MessageStatus: 'undelivered',
			ErrorCode: '30007',
			OptOutType: 'HELP',
		};
		const answers = new Map<number | undefined, number>();
		for (const path of ['sms', 'status']) {
			for (const name of Object.keys(form)) {
				for (const text of texts) {
					const odd: Record<string, string> = { ...form, [name]: text, NumMedia: name === 'NumMedia' ? text : '1' };
					const { status } = await twilio.forge(`${PUBLIC_URL}/twilio/${path}`, odd);
					answers.set(status, (answers.get(status) ?? 0) + 1);
				}
			}
		}
		expect([...answers.keys()].filter((status) => ![200, 204, 400, 403].includes(status ?? 0))).toEqual([]);
		await called.serves();
	});
});

describe('files that lie elsewhere than at their platform', () => {
	const places = () => [
		insideUrl(),
		`${insideUrl()}/x?y#z`,
		'http://169.254.169.254/latest/meta-data/',
		'file:///etc/passwd',
		'data:text/plain,x',
		'//127.0.0.1/x',
		`${insideUrl().replace('127.0.0.1', 'api.twilio.com@127.0.0.1')}`,
		'https://api.twilio.com.evil.example/x',
		'https://cdn.discordapp.com.evil.example/x',
		'',
	];

	it('are not fetched for a text', async () => {
		const { twilio } = called;
		const from = '+15550109999';
		await called.letIn(`sms:${from}`);
		for (const [at, url] of places().entries()) {
			const sid = `MM${at.toString(16).padStart(32, '0')}`;
			const form = twilio.inboundForm({ sid, from, body: 'Show what came along', mediaUrls: [] });
			const { status } = await twilio.forge(`${PUBLIC_URL}/twilio/sms`, { ...form, NumMedia: '1', MediaUrl0: url });
			expect(status).toBe(200);
		}
		expect(asked).toEqual([]);
	});

	it('are not fetched for a message on Discord', async () => {
		const { world } = polling.discord;
		const dora = polling.discord.person('Dora');
		await polling.letIn(dora.identity);
		for (const url of places()) {
			const file = { id: '1', filename: 'a.txt', size: 3, content_type: 'text/plain', url, proxy_url: url };
			world.post(dora.dm, dora.user, { content: 'Show what came along', attachments: [file] });
		}
		await polling.serves();
		await soon(() => dora.sees(dora.dm).length > 0, 'they are told');
		expect(asked).toEqual([]);
	});

	it('are not fetched for a message on Telegram, whatever path it names', async () => {
		const { telegram } = called;
		const tom = telegram.person({ name: 'Tom' });
		await called.letIn(tom.identity);
		const content = Buffer.from('x');
		const paths = [...places(), '../../../x', '/etc/passwd', `..\\..\\${insideUrl()}`];
		for (const path of paths) {
			tom.sendFile({ name: 'a.txt', type: 'text/plain', content }, { caption: 'Show what came along' });
			const [id = ''] = [...telegram.files.keys()].slice(-1);
			telegram.files.set(id, { path, content });
			await wait(20);
		}
		await called.serves();
		expect(asked).toEqual([]);
	});
});

it('has kept what platforms were sent within what they describe', () => {
	for (const { telegram, discord, twilio } of [called, polling]) {
		expect(telegram.violations).toEqual([]);
		expect(discord.rest.violations).toEqual([]);
		expect(twilio.complaints).toEqual([]);
	}
});
