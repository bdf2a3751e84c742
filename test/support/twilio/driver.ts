import { setTimeout as wait } from 'node:timers/promises';
import type { Misbehaviour, PlatformDriver, PlatformPerson, Seen } from '../contract/platform-driver.ts';
import { TwilioStandIn } from './twilio-stand-in.ts';
import { RATE_LIMITED, SERVER_ERROR, type TwilioTrouble } from './twilio-trouble.ts';

const PUBLIC_URL = 'https://errand.example';
/** Somebody who answers at once this often in a row is taken for a machine. */
const HASTY_TEXTS = 8;
const HASTE_MS = 2_600;

/** openSms plays Twilio and people with phones. */
export async function openSms(): Promise<PlatformDriver> {
	const standIn = await TwilioStandIn.start({ optOut: 'off' });
	standIn.pointAt(PUBLIC_URL, 'http://127.0.0.1:9');
	let people = 0;
	const latest = new Map<string, string>();
	const person = (number = `+1555010${String(1_000 + ++people)}`): PlatformPerson => {
		const phone = standIn.person(number);
		let heard = 0;
		let hasty = 0;
		const say = async (text: string) => {
			const last = phone.received.at(-1);
			if (last !== undefined && phone.received.length > heard) {
				heard = phone.received.length;
				hasty = Date.now() - last.at < HASTE_MS ? hasty + 1 : 0;
				if (hasty >= HASTY_TEXTS) {
					await wait(HASTE_MS);
					hasty = 0;
				}
			}
			latest.set(number, await phone.text(text));
		};
		return {
			identity: `sms:${number}`,
			say,
			command: (name, argument) => say([name.toUpperCase(), argument].filter(Boolean).join(' ')),
			press: () => Promise.reject(new Error('A phone has no buttons.')),
			sees: () => phone.received.map(({ sid, text }): Seen => ({ id: sid, text, buttons: [], edits: 0, files: [] })),
		};
	};
	return {
		name: 'sms',
		traits: {
			edits: false,
			buttons: false,
			files: false,
			deduplicates: false,
			quietMs: 5_000,
			longest: 1_600,
			whole: false,
			keeps: true,
			harmful: /(?![\n\t])\p{Cc}/u,
			connected: false,
		},
		env: { ...standIn.env, ERRAND_PUBLIC_URL: PUBLIC_URL },
		attach: async (url) => {
			standIn.pointAt(PUBLIC_URL, url);
			const status = async () => (await fetch(`${url}/twilio/sms`, { method: 'POST' })).status;
			while ([404, 503].includes(await status())) await wait(50);
		},
		person: () => person(),
		otherBot: () => person(standIn.phoneNumber),
		redeliver: async ({ identity }) => {
			await standIn.redeliver(latest.get(identity.slice(4)) ?? '');
		},
		poison: async () => {
			await standIn.forge(standIn.smsUrl, { AccountSid: standIn.accountSid, Body: 'x'.repeat(10_000) });
		},
		misbehave: (how, times, to) => standIn.trouble(TROUBLES[how], 'messages', times, to?.identity.slice(4)),
		cutConnection: () => Promise.resolve(),
		complaints: () => standIn.complaints,
		stop: () => standIn.stop(),
	};
}

const TROUBLES: Readonly<Record<Misbehaviour, TwilioTrouble>> = {
	'rate-limited': RATE_LIMITED,
	error: SERVER_ERROR,
	slow: { kind: 'slow', ms: 2_000 },
	'lost-answer': { kind: 'lose-answer' },
	refused: { kind: 'refuse', status: 400, code: 21_408, message: 'Permission to send to this region is not enabled' },
};
