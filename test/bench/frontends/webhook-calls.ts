import { createHmac } from 'node:crypto';
import { signWebhook } from '../../support/twilio/sign-webhook.ts';
import { type Bed, PUBLIC_URL, WEBHOOK_SECRET } from './bed.ts';
import { openPoster } from './poster.ts';
import type { Receiver } from './receiver.ts';

/** WebhookCalls is one platform's calls, each by the next person in turn and ready to go out, so that making it is not timed. */
export interface WebhookCalls {
	readonly name: string;
	/** A call that resolves once it was answered well. */
	prepare(): () => Promise<unknown>;
}

/** Most texts in a row that a phone can send within two seconds before it is taken for a machine is nine. */
export const TEXTS_OF_A_PHONE = 7;
const JSON_TYPE = { 'Content-Type': 'application/json' };

/** twilioCalls are texts, signed as Twilio signs them. */
export function twilioCalls({ receiver, twilio, phones }: Bed): WebhookCalls {
	const { post } = openPoster(receiver.url);
	let next = 0;
	return {
		name: 'Twilio',
		prepare: () => {
			const { number = '' } = phones[next++ % phones.length] ?? {};
			const sid = `SM${String(next).padStart(32, '0')}`;
			const form = twilio.inboundForm({ sid, from: number, body: 'hello', mediaUrls: [] });
			const headers = {
				'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8',
				'X-Twilio-Signature': signWebhook(twilio.authToken, `${PUBLIC_URL}/twilio/sms`, form),
			};
			const body = new URLSearchParams(form).toString();
			return () => post('/twilio/sms', headers, body);
		},
	};
}

/** telegramCalls are updates with a message each. */
export function telegramCalls({ receiver, telegram, onTelegram }: Bed): WebhookCalls {
	const { post } = openPoster(receiver.url);
	const headers = { ...JSON_TYPE, 'X-Telegram-Bot-Api-Secret-Token': WEBHOOK_SECRET };
	let next = 0;
	return {
		name: 'Telegram',
		prepare: () => {
			const from = onTelegram[next++ % onTelegram.length]?.account;
			if (from === undefined) throw new Error('Nobody is on Telegram.');
			const { id, first_name } = from;
			const chat = telegram.chats.open({ id, type: 'private', first_name });
			const message = {
				message_id: chat.nextId++,
				from,
				chat: { id, type: 'private', first_name },
				date: Math.floor(Date.now() / 1_000),
				text: 'hello',
			};
			const body = JSON.stringify({ update_id: 800_000_000 + next, message });
			return () => post('/telegram/webhook', headers, body);
		},
	};
}

/** discordCalls are uses of `/new`, signed as Discord signs them. */
export function discordCalls({ receiver, discord, onDiscord }: Bed): WebhookCalls {
	const { world, desk } = discord;
	let next = 0;
	return {
		name: 'Discord, interactions',
		prepare: () => {
			const { person, dm } = onDiscord[next++ % onDiscord.length] ?? {};
			if (person === undefined || dm === undefined) throw new Error('Nobody is on Discord.');
			const options = [{ name: 'goal', type: 3, value: 'hello' }];
			const data = { id: '1', name: 'new', type: 1, options };
			world.interactionsUrl = `${receiver.url}/discord/interactions`;
			return () => desk.use('command', { user: person.user, channel: dm, data });
		},
	};
}

/** openHookCalls has everybody on the page make a hook, and returns signed calls of them with payloads of so many bytes. */
export async function openHookCalls({ receiver }: Bed, bytes: number): Promise<WebhookCalls> {
	const { post } = openPoster(receiver.url);
	const hooks = await Promise.all(
		receiver.people.map((person, at) => makeHook(receiver, person, `hook-${bytes}-${at}`)),
	);
	let next = 0;
	return {
		name: `\`/hooks/:name\`, ${bytes / 1_000} KB`,
		prepare: () => {
			const { name = '', secret = '' } = hooks[next++ % hooks.length] ?? {};
			const body = JSON.stringify({ call: next, filler: 'x'.repeat(bytes) })
				.slice(0, bytes - 2)
				.concat('"}');
			const time = Math.floor(Date.now() / 1_000);
			const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
			const headers = { ...JSON_TYPE, 'X-Errand-Signature': `t=${time},v1=${signature}` };
			return () => post(`/hooks/${name}`, headers, body);
		},
	};
}

async function makeHook({ url, errand }: Receiver, { token }: Receiver['people'][number], name: string) {
	// A bare bot takes any call.
	if (errand === undefined) return { name, secret: 'none' };
	const answer = await fetch(`${url}/v1/hooks`, {
		method: 'POST',
		headers: { ...JSON_TYPE, Authorization: `Bearer ${token}` },
		body: JSON.stringify({ name, kind: 'generic', goal: 'hello' }),
	});
	if (!answer.ok) throw new Error(`The hook ${name} was not made: ${await answer.text()}`);
	return { name, secret: ((await answer.json()) as { secret: string }).secret };
}
