import { createHmac, randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Besieged, besiege, PUBLIC_URL, WEBHOOK_SECRET } from '../../harness/besieged-errand.ts';
import { soon } from '../../harness/frontend-errand.ts';
import { callRaw, drip, type RawCall } from '../../support/raw-http.ts';
import { signWebhook } from '../../support/twilio/sign-webhook.ts';

type Headers = readonly (readonly [string, string])[];

/** Door is a webhook and how its platform calls it. */
interface Door {
	readonly path: string;
	/** What proves that a call is the platform's. */
	readonly proofs: readonly string[];
	/** A call that would be taken; `words` are what a person says in it. */
	genuine(words: string, more?: { readonly url?: string; readonly at?: number }): RawCall;
}

const WORDS = 'Tell me: forged and never seen';
const MARK = 'forged and never seen';
const HOOK = 'alarm';

let town: Besieged;
let hookSecret = '';
beforeAll(async () => {
	town = await besiege();
	const made = await town.errand.call('POST', '/v1/hooks', { name: HOOK, kind: 'generic', goal: 'Tell me: {{said}}' });
	hookSecret = ((await made.json()) as { secret: string }).secret;
	await town.serves();
});
afterAll(() => town.stop());

const utf8 = (text: string) => Buffer.from(text, 'utf8');
const JSON_TYPE = ['Content-Type', 'application/json'] as const;
const FORM_TYPE = ['Content-Type', 'application/x-www-form-urlencoded'] as const;

function post(target: string, headers: Headers, body: string): RawCall {
	return { method: 'POST', target, headers, body: utf8(body) };
}

function signedForm(path: string, form: Record<string, string>, url = `${PUBLIC_URL}${path}`): RawCall {
	const signature = signWebhook(town.twilio.authToken, url, form);
	return post(path, [FORM_TYPE, ['X-Twilio-Signature', signature]], new URLSearchParams(form).toString());
}

const sid = () => `SM${randomBytes(16).toString('hex')}`;

const DOORS: readonly Door[] = [
	{
		path: '/twilio/sms',
		proofs: ['X-Twilio-Signature'],
		genuine: (words, { url } = {}) => {
			const from = '+15550107001';
			const form = town.twilio.inboundForm({ sid: sid(), from, body: words, mediaUrls: [] });
			return signedForm('/twilio/sms', form, url);
		},
	},
	{
		path: '/twilio/status',
		proofs: ['X-Twilio-Signature'],
		genuine: (words, { url } = {}) => {
			const { accountSid, phoneNumber } = town.twilio;
			const form = {
				MessageSid: sid(),
				AccountSid: accountSid,
				From: phoneNumber,
				To: '+15550107001',
				MessageStatus: 'undelivered',
				ErrorCode: '21610',
				Extra: words,
			};
			return signedForm('/twilio/status', form, url);
		},
	},
	{
		path: '/telegram/webhook',
		proofs: ['X-Telegram-Bot-Api-Secret-Token'],
		genuine: (words) => {
			const from = { id: town.owner.id, is_bot: false, first_name: 'Olga' };
			const chat = { id: town.owner.id, type: 'private' };
			const message = { message_id: 900_000 + Math.floor(Math.random() * 1e6), date: 1, from, chat, text: words };
			const update = JSON.stringify({ update_id: 10_000 + message.message_id, message });
			return post('/telegram/webhook', [JSON_TYPE, ['X-Telegram-Bot-Api-Secret-Token', WEBHOOK_SECRET]], update);
		},
	},
	{
		path: '/discord/interactions',
		proofs: ['X-Signature-Ed25519', 'X-Signature-Timestamp'],
		genuine: (words, { at = Date.now() } = {}) => {
			const { world, desk } = town.discord;
			const user = [...world.users.values()].find(({ username }) => username === 'carol');
			const channel = world.channelPayload(world.directChannel(user?.id ?? ''));
			const body = JSON.stringify({
				id: world.snowflakes.next(),
				token: 'not-a-real-token',
				application_id: world.application,
				type: 2,
				version: 1,
				data: { id: '1', name: 'new', type: 1, options: [{ name: 'goal', type: 3, value: words }] },
				channel_id: channel['id'],
				channel,
				user,
			});
			const signed = desk.sign(body, at);
			return post('/discord/interactions', Object.entries(signed), body);
		},
	},
	{
		path: `/hooks/${HOOK}`,
		proofs: ['X-Errand-Signature'],
		genuine: (words, { at = Date.now() } = {}) => {
			const body = JSON.stringify({ said: words, id: randomBytes(4).toString('hex') });
			const time = Math.floor(at / 1_000);
			const mac = createHmac('sha256', hookSecret).update(`${time}.${body}`).digest('hex');
			return post(`/hooks/${HOOK}`, [JSON_TYPE, ['X-Errand-Signature', `t=${time},v1=${mac}`]], body);
		},
	},
];

const isProof = ({ proofs }: Door, name: string) => proofs.some((one) => one.toLowerCase() === name.toLowerCase());
const without = (door: Door, { headers }: RawCall): Headers => headers.filter(([name]) => !isProof(door, name));
const badProofs = ({ proofs }: Door): Headers =>
	proofs.map((name) => [name, name.endsWith('Timestamp') ? String(Math.floor(Date.now() / 1_000)) : '0'.repeat(128)]);

/** Calls that no platform made, each by its name. */
function forgeries(door: Door): Record<string, RawCall> {
	const real = door.genuine(WORDS);
	const bare = { ...real, headers: without(door, real) };
	const wrong = { ...bare, headers: [...bare.headers, ...badProofs(door)] };
	const proofs = real.headers.filter(([name]) => isProof(door, name));
	const text = Buffer.from(real.body).toString();
	const isSigned = door.path !== '/telegram/webhook';
	const isTwilio = door.path.startsWith('/twilio/');
	const isTimed = isSigned && !isTwilio;
	const evil = 'https://evil.example';
	return {
		'without a proof': bare,
		'with a wrong proof': wrong,
		'with an empty proof': { ...bare, headers: [...bare.headers, ...proofs.map(([name]) => [name, ''] as const)] },
		'with a proof of 10,000 bytes': {
			...bare,
			headers: [...bare.headers, ...proofs.map(([name]) => [name, 'A'.repeat(9_000)] as const)],
		},
		'with the proof in the address': { ...bare, target: `${real.target}?${encodeURIComponent(String(proofs[0]))}` },
		// Errand's own signatures may be several, of an old and a new secret.
		...(door.path.startsWith('/hooks/')
			? {}
			: {
					'with a wrong and a good proof': { ...bare, headers: [...wrong.headers, ...proofs] },
					'with a good and a wrong proof': { ...bare, headers: [...real.headers, ...badProofs(door)] },
				}),
		'with the owner’s cookie and token': {
			...bare,
			headers: [...bare.headers, ['Authorization', `Bearer ${town.errand.token}`], ['Cookie', 'errand=1']],
		},
		'packed, with a wrong proof': {
			...wrong,
			headers: [...wrong.headers, ['Content-Encoding', 'gzip']],
			body: gzipSync(real.body),
		},
		'in an unknown packing': { ...real, headers: [...real.headers, ['Content-Encoding', 'zstd, x-evil']] },
		'in pieces, with a wrong proof': {
			...wrong,
			headers: [...wrong.headers, ['Transfer-Encoding', 'chunked']],
			body: chunked(real.body),
		},
		'of two lengths': {
			...real,
			headers: [...real.headers, ['Transfer-Encoding', 'chunked'], ['Content-Length', '4']],
			body: chunked(real.body),
		},
		'cut short': { ...real, headers: [...real.headers, ['Content-Length', '20']] },
		'with a body of 2 MB': { ...wrong, body: Buffer.alloc(2_000_000, 'x') },
		'that unpacks to 200 MB': {
			...wrong,
			headers: [...wrong.headers, ['Content-Encoding', 'gzip']],
			body: gzipSync(Buffer.alloc(200_000_000)),
		},
		'with 64 KB of headers': { ...wrong, headers: [...wrong.headers, ['X-Filler', 'x'.repeat(65_536)]] },
		...(isSigned
			? {
					'with a changed word': { ...real, body: utf8(text.replace('never', 'often')) },
					'with something behind it': { ...real, body: utf8(`${text}${isTwilio ? '&Body=more' : ' '}`) },
					'with another proof’s body': { ...door.genuine(`${WORDS}!`), body: real.body },
				}
			: {}),
		...(isTimed
			? {
					'of ten minutes ago': door.genuine(WORDS, { at: Date.now() - 600_000 }),
					'of ten minutes from now': door.genuine(WORDS, { at: Date.now() + 600_000 }),
				}
			: {}),
		...(isTwilio
			? {
					'signed for another host': door.genuine(WORDS, { url: `${evil}${door.path}` }),
					'signed for the host it names': {
						...door.genuine(WORDS, { url: `${evil}${door.path}` }),
						headers: [
							...door.genuine(WORDS, { url: `${evil}${door.path}` }).headers,
							['Host', 'evil.example'],
							['X-Forwarded-Host', 'evil.example'],
							['X-Forwarded-Proto', 'https'],
							['Forwarded', 'host=evil.example;proto=https'],
							['X-Original-URL', `${evil}${door.path}`],
						],
					},
					'signed for where the server stands': door.genuine(WORDS, { url: `${town.errand.url}${door.path}` }),
					'signed without TLS': door.genuine(WORDS, { url: `http://errand.example${door.path}` }),
					'with a query that was not signed': { ...real, target: `${real.target}?x=1` },
					'with its address in full': { ...real, target: `${PUBLIC_URL}${door.path}` },
					'as JSON': { ...real, headers: [JSON_TYPE, ...real.headers.slice(1)] },
					'of two kinds': { ...real, headers: [['Content-Type', 'text/plain'], ...real.headers] },
					'with a field twice': { ...real, body: utf8(`${text}&AccountSid=AC1`) },
				}
			: {}),
		...Object.fromEntries(
			[
				`${door.path}/`,
				`/${door.path}`,
				door.path.toUpperCase(),
				door.path.replace(/(?<=\/)\w/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
				`${door.path}%00`,
				`${door.path}%2f`,
				`${door.path};x=1`,
				`/x/..${door.path}`,
				`${door.path}?${'x'.repeat(6_000)}`,
			].map((target) => [`to ${target.slice(0, 60)}`, { ...wrong, target }]),
		),
		...Object.fromEntries(
			['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'].map((method) => [
				`by ${method}`,
				{ ...real, method, headers: [...real.headers, ['X-HTTP-Method-Override', 'POST'], ['X-Method', 'POST']] },
			]),
		),
	};
}

function chunked(body: Uint8Array): Buffer {
	return Buffer.concat([utf8(`${body.byteLength.toString(16)}\r\n`), body, utf8('\r\n0\r\n\r\n')]);
}

/** What platforms were asked to tell anybody. */
function sent(): number {
	const { telegram, discord, twilio } = town;
	const outgoing = twilio.messages.filter(({ direction }) => direction !== 'inbound');
	const tells = /^(?:send|edit|answer)/;
	return (
		outgoing.length +
		discord.count(/^(?:POST|PATCH|PUT) /) +
		telegram.calls.filter(({ method }) => tells.test(method)).length
	);
}

describe('a call that no platform made', () => {
	for (const door of DOORS) {
		it(`is refused at ${door.path}, whatever is wrong with it, and nobody hears of it`, async () => {
			const before = sent();
			const taken: string[] = [];
			for (const [name, call] of Object.entries(forgeries(door))) {
				const status = await callRaw(town.errand.url, call);
				if (status < 400 && status !== 0) taken.push(`${name}: ${status}`);
				if (status >= 500) taken.push(`${name}: ${status}`);
			}
			expect(taken).toEqual([]);
			expect(town.planned(MARK)).toBe(0);
			await wait(50);
			expect(sent()).toBe(before);
		});
	}

	it('leaves a trace without its words and without secrets, and the platforms are served', async () => {
		await town.serves();
		const { errand, telegram, discord, twilio } = town;
		expect(errand.output()).toMatch(/twilio webhook refused/);
		expect(errand.output()).toMatch(/telegram webhook refused/);
		expect(errand.output()).toMatch(/discord interaction forged or old/);
		expect(errand.output()).toMatch(/hook refused/);
		const secrets = [telegram.token, WEBHOOK_SECRET, discord.world.token, twilio.authToken, hookSecret];
		expect(await town.traces(MARK, ...secrets)).toEqual([]);
		expect(errand.output().includes(errand.token)).toBe(false);
	});
});

describe('a genuine call', () => {
	const GAMES: Readonly<Record<string, (call: RawCall) => RawCall>> = {
		renamed: (call) => ({
			...call,
			headers: [...call.headers, ['Host', 'evil.example'], ['X-Forwarded-Proto', 'http']],
		}),
		'in pieces': (call) => ({
			...call,
			headers: [...call.headers, ['Transfer-Encoding', 'chunked']],
			body: chunked(call.body),
		}),
		packed: (call) => ({
			...call,
			headers: [...call.headers, ['Content-Encoding', 'gzip']],
			body: gzipSync(call.body),
		}),
	};
	/** The status callback says nothing that is planned; a command on Discord needs Discord to know of it. */
	const spoken = DOORS.filter(({ path }) => path !== '/twilio/status' && path !== '/discord/interactions');

	it('is taken however it was carried, and once however often it is replayed', async () => {
		const { url } = town.errand;
		const calls = spoken.flatMap((door) =>
			Object.entries(GAMES).map(([name, change]) => {
				const words = `${name} at ${door.path}`;
				return { words, call: change(door.genuine(`Tell me: ${words}`)) };
			}),
		);
		for (const { words, call } of calls) expect(await callRaw(url, call), words).toBeLessThan(300);
		for (const { words } of calls) await soon(() => town.planned(words) > 0, `${words} is taken`);
		await town.serves();
		const before = calls.map(({ words }) => town.planned(words));
		for (const { call } of calls) await Promise.all(Array.from({ length: 5 }, () => callRaw(url, call)));
		await town.serves();
		expect(calls.map(({ words }) => town.planned(words))).toEqual(before);
	});

	it('of Discord is taken once, too', async () => {
		const { discord, errand } = town;
		const dan = discord.person('Dan');
		await town.letIn(dan.identity);
		await dan.command(dan.dm, 'new', { goal: 'Tell me: a command replayed' });
		await soon(() => town.planned('a command replayed') === 1, 'it is taken');
		const { headers = {}, body = '' } = discord.desk.lastCall ?? {};
		const again = post('/discord/interactions', Object.entries(headers), body);
		await Promise.all(Array.from({ length: 5 }, () => callRaw(errand.url, again)));
		await town.serves();
		expect(town.planned('a command replayed')).toBe(1);
	});
});

describe('many calls that never end', () => {
	it('keep nobody waiting', async () => {
		const host = ['Host', 'errand.example'] as const;
		const drips = DOORS.flatMap((door) =>
			Array.from({ length: 60 }, (_, at) => {
				const headers: Headers = [host, ['Content-Length', '900000']];
				const part = at % 2 === 0 ? 'headers' : 'body';
				return drip(town.errand.url, { method: 'POST', target: door.path, headers, part }, 100);
			}),
		);
		await wait(500);
		await town.serves();
		expect((await town.errand.call('GET', '/readyz')).status).toBe(200);
		await Promise.all(drips.map((one) => one.stop()));
	});
});
