import { createServer } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { run } from '@grammyjs/runner';
import { Client, Events, GatewayIntentBits, type Message, Partials } from 'discord.js';
import express from 'express';
import { Bot, webhookCallback } from 'grammy';
import { Server } from 'socket.io';
import twilio from 'twilio';

// Bots that are nothing but the platforms' own libraries: `bare-bots.ts <database> <port> <environment>`. Each message is a
// row, all rows of one turn of the event loop in one commit on disk; then it is acknowledged, and echoed if ECHO is set.
const [path = '', port = '', given = '{}'] = process.argv.slice(2);
const env = JSON.parse(given) as Record<string, string>;
const echoes = env['ECHO'] !== undefined;
const publicUrl = env['ERRAND_PUBLIC_URL'] ?? '';
const NOTHING_SAID = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>';
const append = openRows(path);
const app = express();
const http = createServer(app);

if (env['DISCORD_TOKEN'] !== undefined) await connectDiscord(env['DISCORD_TOKEN'], env['DISCORD_API_URL'] ?? '');
if (env['TELEGRAM_BOT_TOKEN'] !== undefined) await connectTelegram(env['TELEGRAM_BOT_TOKEN']);
serveWebhooks();
servePage();
http.listen(Number(port), '127.0.0.1', () => process.stdout.write('listening\n'));

async function connectDiscord(token: string, api: string): Promise<void> {
	const client = new Client({
		intents: [GatewayIntentBits.DirectMessages, GatewayIntentBits.MessageContent],
		partials: [Partials.Channel],
		allowedMentions: { parse: [] },
		rest: { api },
	});
	const take = async (message: Message) => {
		if (message.author.bot) return;
		await append('discord', message.id, message.content);
		if (echoes && message.channel.isSendable()) await message.channel.send(message.content);
	};
	client.on(Events.MessageCreate, (message) => void take(message));
	const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
	await client.login(token);
	await ready;
}

async function connectTelegram(token: string): Promise<void> {
	const bot = new Bot(token, { client: { apiRoot: env['TELEGRAM_API_URL'] ?? '' } });
	bot.on('message:text', async (context) => {
		await append('telegram', `${context.chat.id}.${context.message.message_id}`, context.message.text);
		if (echoes) await context.reply(context.message.text);
	});
	const secretToken = env['TELEGRAM_WEBHOOK_SECRET'];
	if (secretToken === undefined) {
		await bot.init();
		run(bot);
		return;
	}
	app.post('/telegram/webhook', express.json(), webhookCallback(bot, 'express', { secretToken }));
	await bot.api.setWebhook(`${publicUrl}/telegram/webhook`, { secret_token: secretToken });
}

function serveWebhooks(): void {
	app.post('/twilio/sms', express.urlencoded({ extended: false }), async ({ body, headers, originalUrl }, response) => {
		const signature = String(headers['x-twilio-signature']);
		if (!twilio.validateRequest(env['TWILIO_AUTH_TOKEN'] ?? '', signature, `${publicUrl}${originalUrl}`, body)) {
			response.status(403).end();
			return;
		}
		await append('sms', body.MessageSid, body.Body);
		const answer = new twilio.twiml.MessagingResponse();
		if (echoes) answer.message(body.Body);
		response.type('text/xml').send(echoes ? answer.toString() : NOTHING_SAID);
	});
	let calls = 0;
	app.post(['/hooks/:name', '/discord/interactions'], express.raw({ type: () => true }), async (request, response) => {
		await append('hook', String(++calls), request.body.toString());
		response.status(202).end();
	});
}

function servePage(): void {
	app.post('/v1/conversations/:id/messages', express.json(), async ({ body, params }, response) => {
		await append(params.id, body.clientId, body.text);
		response.status(202).json({ id: body.clientId });
	});
	const io = new Server(http, { serveClient: false, perMessageDeflate: false });
	io.on('connection', (socket) => {
		socket.on('message', async ({ text, clientId }, acknowledge) => {
			await append(socket.id, clientId, text);
			acknowledge({ id: clientId });
			if (echoes) socket.emit('reply', { reply: { text } });
		});
	});
}

function openRows(file: string) {
	const db = new DatabaseSync(file);
	db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
	db.exec('CREATE TABLE messages (position INTEGER PRIMARY KEY, place TEXT, id TEXT, text TEXT, UNIQUE (place, id))');
	const insert = db.prepare('INSERT INTO messages (place, id, text) VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
	let queued: { row: [string, string, string]; done: () => void }[] = [];
	const flush = () => {
		const batch = queued;
		queued = [];
		db.exec('BEGIN');
		for (const { row } of batch) insert.run(...row);
		db.exec('COMMIT');
		for (const { done } of batch) done();
	};
	return (...row: [place: string, id: string, text: string]) =>
		new Promise<void>((done) => {
			if (queued.length === 0) setImmediate(flush);
			queued.push({ row, done });
		});
}
