import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { DeliveryFailure } from '@errand/core/domain/conversation/delivery-failure.ts';
import type { Receipt } from '@errand/core/domain/conversation/reply.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import { asPersonId, asQuestionId, asReplyId, asTaskId } from '@errand/core/domain/ids.ts';
import type { Reply } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { smsConversation } from '@errand/frontends/sms/sms-address.ts';
import { SmsFrontend } from '@errand/frontends/sms/sms-frontend.ts';
import { TWILIO_VARIABLES, twilioAccount } from '@errand/frontends/sms/variables.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RecordingHost } from '../../support/twilio/recording-host.ts';
import { TwilioStandIn, type TwilioStandInOptions } from '../../support/twilio/twilio-stand-in.ts';
import { RATE_LIMITED, SERVER_ERROR, UNAUTHORIZED, UNAVAILABLE } from '../../support/twilio/twilio-trouble.ts';

const PUBLIC_URL = 'https://errand.example';
const ANN = '+15551230001';

interface Line {
	readonly twilio: TwilioStandIn;
	readonly host: RecordingHost;
	readonly frontend: SmsFrontend;
	readonly logged: string[];
	readonly memory: { text: string | undefined; fails: boolean };
}

const open: { stop(): Promise<void> }[] = [];

afterEach(async () => {
	const errors: unknown[] = [];
	for (const one of open.splice(0).toReversed()) await one.stop().catch((error: unknown) => errors.push(error));
	if (errors.length > 0) throw errors[0];
});

async function openLine(
	options: TwilioStandInOptions & { publicUrl?: string | undefined; memory?: Line['memory']; linked?: boolean } = {},
): Promise<Line> {
	const twilio = await TwilioStandIn.start(options);
	const host = await RecordingHost.start();
	twilio.pointAt(PUBLIC_URL, host.address);
	const { frontend, logged, memory } = await startFrontend(twilio, host, options);
	// Whatever a test is about, each request was as Twilio wants it.
	const blameless = { stop: async () => expect(twilio.complaints).toEqual([]) };
	open.push(twilio, blameless, host);
	return { twilio, host, frontend, logged, memory };
}

async function startFrontend(
	twilio: TwilioStandIn,
	host: RecordingHost,
	options: { publicUrl?: string | undefined; memory?: Line['memory']; linked?: boolean } = {},
) {
	const logged: string[] = [];
	const note = (event: string, fields?: object) => void logged.push(`${event} ${JSON.stringify(fields ?? {})}`);
	const log: ILogger = { debug: () => {}, info: note, warn: note, error: note };
	const memory = options.memory ?? { text: undefined, fails: false };
	const account = twilioAccount(z.object(TWILIO_VARIABLES).parse(twilio.env));
	if (account === undefined) throw new Error('the stand-in names no account');
	const frontend = new SmsFrontend({
		account,
		publicUrl: 'publicUrl' in options ? options.publicUrl : PUBLIC_URL,
		linkTo: (task) => (options.linked === false ? undefined : `${PUBLIC_URL}/s/${task}`),
		memory: {
			load: async () => memory.text,
			save: async (text) => {
				if (memory.fails) throw new CoreError('disk-full', 'There is no room.', { hint: 'Make some.' });
				memory.text = text;
			},
		},
		clock: new SystemClock(),
		log,
	});
	await frontend.start(host);
	open.push(frontend);
	return { frontend, logged, memory };
}

let replies = 0;

function replyTo(number: string, text: string, more: Partial<Reply> = {}): Reply {
	replies += 1;
	const conversation = smsConversation(number);
	return { id: asReplyId(`r${replies}`), kind: 'answer', text, conversation, seq: replies, ...more };
}

async function failureOf(delivery: Promise<Receipt>) {
	const error = await delivery.then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	if (!(error instanceof DeliveryFailure)) throw new Error(`No failure of a delivery: ${String(error)}`);
	return error.failure;
}

describe('a text that comes in', () => {
	it('is taken once, durably, before Twilio hears that it was', async () => {
		const { twilio, host } = await openLine();
		const sid = await twilio.person(ANN).text('Compare three heat pumps');
		expect(host.received).toHaveLength(1);
		expect(host.received[0]?.message).toMatchObject({
			frontend: 'sms',
			conversation: `sms-${ANN}`,
			identity: `sms:${ANN}`,
			direct: true,
			platformMessageId: sid,
			text: 'Compare three heat pumps',
		});
		expect(twilio.webhooks.calls[0]?.body).toBe('<?xml version="1.0" encoding="UTF-8"?><Response></Response>');
		const again = await twilio.redeliver(sid);
		expect(again.status).toBe(200);
		expect(host.received).toHaveLength(1);
	});

	it('is brought again by Twilio while the store refuses, and only then lost to nobody', async () => {
		const { twilio, host } = await openLine();
		let full = 2;
		host.refuse = () => {
			full -= 1;
			return full >= 0 ? new CoreError('disk-full', 'The disk is full.', { hint: 'Make room.' }) : undefined;
		};
		await twilio.person(ANN).text('remember the milk');
		expect(twilio.webhooks.calls.map(({ status }) => status)).toEqual([503, 503, 200]);
		expect(host.texts).toEqual(['remember the milk']);
		expect(twilio.person(ANN).received).toEqual([]);
	});

	it('goes to the fallback address when the first one is given up', async () => {
		const { twilio, host } = await openLine();
		twilio.pointAt(PUBLIC_URL, host.address, { retries: 0 });
		twilio.fallbackUrl = `${PUBLIC_URL}/twilio/sms?fallback=1`;
		let once = true;
		host.refuse = () => {
			if (!once) return undefined;
			once = false;
			return new CoreError('shutting-down', 'Stopping.', { hint: 'Again.' });
		};
		await twilio.person(ANN).text('still there?');
		expect(twilio.webhooks.calls.map(({ status }) => status)).toEqual([503, 200]);
		expect(host.texts).toEqual(['still there?']);
	});

	it('keeps its order among those of one sender, even when the first one has a slow file', async () => {
		const { twilio, host } = await openLine();
		twilio.media.delayMs = 400;
		const ann = twilio.person(ANN);
		const first = ann.text('first', [{ type: 'image/png', content: Buffer.from('slow') }]);
		await expect.poll(() => twilio.webhooks.calls.length + twilio.media.asked.length).toBeGreaterThan(0);
		const second = ann.text('second');
		await Promise.all([first, second]);
		expect(host.texts).toEqual(['first', 'second']);
	});

	it('needs no slash for commands, and passes answers as they are', async () => {
		const { twilio, host } = await openLine();
		for (const words of ['TASKS', 'status 3', 'Cancel #3', 'RETRY 2', 'YES', 'no', '2', 'Status of my order?']) {
			await twilio.person(ANN).text(words);
		}
		expect(host.texts).toEqual([
			'/tasks',
			'/status 3',
			'/cancel 3',
			'/retry 2',
			'YES',
			'no',
			'2',
			'Status of my order?',
		]);
	});

	it('of a stranger is answered at once with the code, and not for each text', async () => {
		const { twilio, host } = await openLine({ optOut: 'off' });
		const hint = 'Tell the owner this code: 4711-ABC.';
		host.refuse = () => new CoreError('unpaired', 'This number is not known here.', { hint });
		const eve = twilio.person('+15559990000');
		await eve.text('hi');
		await eve.text('hi?');
		await eve.text('HELLO');
		expect(eve.received.map(({ text }) => text)).toEqual([`This number is not known here.\n\n${hint}`]);
		expect(eve.received[0]?.segments).toBe(1);
	});

	it('with hostile characters comes through whole, and a refusal that repeats them stays good TwiML', async () => {
		const { twilio, host } = await openLine();
		const words = `Z\u0351\u034a\u0347 \u202eevil\u202c <Message>&amp; "'\u0000\u0007 @everyone ${'\ud83d\udc69\u200d\ud83d\ude80'.repeat(20)}`;
		await twilio.person(ANN).text(words);
		expect(host.texts).toEqual([words]);
		host.refuse = () => new CoreError('too-large', `Too much: ${words}`, { hint: '' });
		await twilio.person(ANN).text('again');
		expect(twilio.complaints).toEqual([]);
		expect(twilio.person(ANN).received[0]?.text).toContain('<Message>& "\'');
	});

	it('from another channel, a name or our own number is ignored and logged', async () => {
		const { twilio, host, logged } = await openLine();
		for (const from of [`whatsapp:${ANN}`, 'Twilio', twilio.phoneNumber]) {
			const form = twilio.inboundForm({ sid: `SM${'a'.repeat(32)}`, from, body: 'hi', mediaUrls: [] });
			const call = await twilio.forge(`${PUBLIC_URL}/twilio/sms`, form);
			expect(call).toMatchObject({ status: 200 });
		}
		expect(host.received).toEqual([]);
		expect(logged.filter((line) => line.startsWith('sms of an unfit sender ignored'))).toHaveLength(3);
	});
});

describe('texts that no webhook could bring', () => {
	it('are fetched at the next start, in order, with their files, and before newer ones', async () => {
		const { twilio, host, frontend, memory } = await openLine({ optOut: 'off' });
		await twilio.person(ANN).text('before');
		await frontend.stop();
		twilio.webhooks.proxy(PUBLIC_URL, 'http://127.0.0.1:9');
		await twilio.person(ANN).text('STATUS 3');
		await twilio.person(ANN).text('look', [{ type: 'image/png', content: Buffer.from('picture') }]);
		twilio.webhooks.proxy(PUBLIC_URL, host.address);
		twilio.trouble({ kind: 'slow', ms: 300 }, 'list');
		const starting = startFrontend(twilio, host, { memory });
		await expect.poll(() => twilio.listed).toBe(1);
		await twilio.person(ANN).text('after');
		await starting;
		expect(host.texts).toEqual(['before', '/status 3', 'look', 'after']);
		expect(host.received[2]?.files[0]?.name).toBe('picture-1.png');
	});

	it('are none at the very first start, whatever the number was used for before', async () => {
		const { twilio, host, frontend } = await openLine();
		await frontend.stop();
		twilio.webhooks.proxy(PUBLIC_URL, 'http://127.0.0.1:9');
		await twilio.person(ANN).text('for somebody else');
		await startFrontend(twilio, host);
		expect(host.received).toEqual([]);
	});

	it('stay refused when their sender was let in meanwhile', async () => {
		const { twilio, host, frontend, memory } = await openLine();
		host.refuse = () => new CoreError('unpaired', 'Who are you?', { hint: 'Code 1.' });
		await twilio.person(ANN).text('delete everything');
		host.refuse = () => undefined;
		await frontend.stop();
		await startFrontend(twilio, host, { memory });
		expect(host.received).toEqual([]);
	});

	it('are looked for again when Twilio cannot be asked, and nothing newer waits for that', async () => {
		const { twilio, host, frontend, memory } = await openLine();
		await frontend.stop();
		twilio.trouble(UNAVAILABLE, 'list');
		const { logged } = await startFrontend(twilio, host, { memory });
		expect(logged.some((line) => line.startsWith('missed sms not looked for'))).toBe(true);
		await twilio.person(ANN).text('hello');
		expect(host.texts).toEqual(['hello']);
	});
});

describe('a webhook that Twilio did not send', () => {
	it.each<[string, (twilio: TwilioStandIn) => Parameters<TwilioStandIn['forge']>[2]]>([
		['without a good signature', () => ({ signature: 'bm90IGEgc2lnbmF0dXJl' })],
		['with an empty signature', () => ({ signature: '' })],
		['whose words were altered', (twilio) => ({ signedForm: { ...formOf(twilio), Body: 'pay Bob' } })],
		['with a parameter added', (twilio) => ({ signedForm: without(formOf(twilio), 'ToCity') })],
		['signed for another address', () => ({ signedUrl: 'https://elsewhere.example/twilio/sms' })],
		['signed for another path', () => ({ signedUrl: `${PUBLIC_URL}/twilio/status` })],
		['signed for http', () => ({ signedUrl: 'http://errand.example/twilio/sms' })],
		['sent as JSON', () => ({ contentType: 'application/json' })],
		[
			'whose Host was made to fit',
			() => ({ signedUrl: 'https://elsewhere.example/twilio/sms', headers: { Host: 'elsewhere.example' } }),
		],
	])('is refused and logged: %s', async (_, overrides) => {
		const { twilio, host, logged } = await openLine();
		const call = await twilio.forge(`${PUBLIC_URL}/twilio/sms`, formOf(twilio), overrides(twilio));
		expect(call).toMatchObject({ status: 403, body: '' });
		expect(host.received).toEqual([]);
		expect(logged.some((line) => line.startsWith('twilio webhook refused'))).toBe(true);
	});

	it('is refused when it is about another account or another number', async () => {
		const { twilio, host } = await openLine();
		for (const change of [{ AccountSid: `AC${'0'.repeat(32)}` }, { To: '+15550009999' }]) {
			const call = await twilio.forge(`${PUBLIC_URL}/twilio/sms`, { ...formOf(twilio), ...change });
			expect(call).toMatchObject({ status: 403, body: '' });
		}
		expect(host.received).toEqual([]);
	});

	it('is refused as long as nobody said which address Twilio signs for', async () => {
		const { twilio, host, logged } = await openLine({ publicUrl: undefined });
		await twilio.person(ANN).text('hi');
		expect(new Set(twilio.webhooks.calls.map(({ status }) => status))).toEqual(new Set([403]));
		expect(host.states.at(-1)).toMatchObject({
			status: 'degraded',
			hint: expect.stringContaining('ERRAND_PUBLIC_URL'),
		});
		expect(logged.join('\n')).toContain('ERRAND_PUBLIC_URL is not set');
	});

	it('changes nothing when a genuine one is replayed', async () => {
		const { twilio, host } = await openLine();
		const sid = await twilio.person(ANN).text('once');
		for (let time = 0; time < 3; time += 1) await twilio.redeliver(sid);
		expect(host.texts).toEqual(['once']);
	});

	it('with a malformed or oversize form is refused and the process lives', async () => {
		const { twilio, host } = await openLine();
		const url = `${PUBLIC_URL}/twilio/sms`;
		expect(await twilio.forge(url, { nothing: 'here' })).toMatchObject({ status: 400 });
		expect(await twilio.forge(url, { ...formOf(twilio), NumMedia: '-1' })).toMatchObject({ status: 400 });
		expect(await twilio.forge(url, { ...formOf(twilio), Body: 'x'.repeat(200_000) })).toMatchObject({ status: 400 });
		expect(await twilio.forge(`${url}?%zz=%`, formOf(twilio), { signature: '%' })).toMatchObject({ status: 403 });
		expect(host.received).toEqual([]);
		await twilio.person(ANN).text('still alive');
		expect(host.texts).toEqual(['still alive']);
	});
});

describe('a reply', () => {
	it('goes out as a short plain text, and its arrival is reported', async () => {
		const { twilio, host, frontend } = await openLine();
		const receipt = await frontend.deliver(replyTo(ANN, '**Done.** See [the report](https://x.example/a)'));
		expect(receipt).toMatchObject({ awaitsReport: true, platformMessageIds: [twilio.messages[0]?.sid] });
		expect(twilio.person(ANN).received.map(({ text }) => text)).toEqual(['Done. See the report: https://x.example/a']);
		await twilio.settled();
		const [platformMessageId] = receipt.platformMessageIds;
		expect(host.reports).toEqual([{ conversation: `sms-${ANN}`, platformMessageId, status: 'delivered' }]);
		expect(twilio.complaints).toEqual([]);
	});

	it('is said to be on its way right before it leaves, and does not leave when that cannot be said', async () => {
		const { twilio, frontend } = await openLine();
		const sentBy: number[] = [];
		await frontend.deliver(replyTo(ANN, 'one'), async () => {
			sentBy.push(twilio.messages.length);
		});
		expect([sentBy, twilio.messages.length]).toEqual([[0], 1]);
		const full = new CoreError('disk-full', 'There is no room.', { hint: 'Make some.' });
		await expect(frontend.deliver(replyTo(ANN, 'two'), () => Promise.reject(full))).rejects.toBe(full);
		expect(twilio.messages).toHaveLength(1);
	});

	it('that is long is cut after a sentence, with a link to the rest', async () => {
		const { twilio, frontend } = await openLine();
		const text = Array.from({ length: 60 }, (_, n) => `Sentence number ${n} says something.`).join(' ');
		await frontend.deliver(replyTo(ANN, text, { taskId: asTaskId('t1') }));
		const [got] = twilio.person(ANN).received;
		expect(got?.segments).toBe(3);
		expect(got?.text).toMatch(/says something\. \.\.\. more: https:\/\/errand\.example\/s\/t1$/);
	});

	it('says where the rest is when there is no link', async () => {
		const { twilio, frontend } = await openLine({ linked: false, publicUrl: undefined });
		const receipt = await frontend.deliver(replyTo(ANN, 'word '.repeat(500), { taskId: asTaskId('t1') }));
		expect(receipt.awaitsReport).toBeUndefined();
		expect(twilio.person(ANN).received[0]?.text).toMatch(/word \.\.\. \(the rest is on Errand's page\)$/);
	});

	it('that asks says how to answer', async () => {
		const { twilio, frontend } = await openLine();
		const ask = (kind: 'choice' | 'approval', text: string, choices?: string[]) =>
			frontend.deliver(
				replyTo(ANN, text, {
					kind: 'question',
					question: { id: asQuestionId('q'), kind, purpose: 'step', text, choices },
				}),
			);
		await ask('choice', 'Which one?', ['The red', 'The blue', 'Neither']);
		await ask('approval', 'Send it?');
		expect(twilio.person(ANN).received.map(({ text }) => text)).toEqual([
			'Which one?\n1) The red\n2) The blue\n3) Neither\nReply 1, 2 or 3.',
			'Send it?\nReply YES or NO.',
		]);
	});

	it('takes its pictures along, and links to other files', async () => {
		const { twilio, frontend } = await openLine();
		const file = (id: string, type: string) => ({ id, name: id, type, bytes: 1_000 });
		const artifacts = [file('a1', 'image/png'), file('a2', 'application/pdf')];
		await frontend.deliver(replyTo(ANN, 'Here.', { taskId: asTaskId('t1'), to: asPersonId('p'), artifacts }));
		const [got] = twilio.person(ANN).received;
		expect(got?.mediaUrls).toEqual(['https://errand.example/s/t1/files/a1']);
		expect(got?.text).toBe('Here.\n1 file: https://errand.example/s/t1');
		expect(twilio.complaints).toEqual([]);
	});

	it('sends no pictures from a number that cannot', async () => {
		const { twilio, frontend } = await openLine({ takesPictures: false });
		const artifacts = [{ id: 'a1', name: 'a1', type: 'image/png', bytes: 1_000 }];
		await frontend.deliver(replyTo(ANN, 'Here.', { taskId: asTaskId('t1'), artifacts }));
		const [got] = twilio.person(ANN).received;
		expect(got).toMatchObject({ mediaUrls: [], text: 'Here.\n1 file: https://errand.example/s/t1' });
	});

	it('is to be tried again later when Twilio has too much to do', async () => {
		const { twilio, frontend } = await openLine();
		twilio.trouble(RATE_LIMITED);
		expect(await failureOf(frontend.deliver(replyTo(ANN, 'x')))).toMatchObject({
			kind: 'retryable',
			code: 'twilio-20429',
			retryAfterMs: 2_000,
		});
		twilio.trouble(UNAVAILABLE);
		expect(await failureOf(frontend.deliver(replyTo(ANN, 'x')))).toMatchObject({ kind: 'retryable' });
		expect(twilio.person(ANN).received).toEqual([]);
	});

	it('is to be tried again after an error of Twilio’s when Twilio knows nothing of it', async () => {
		const { twilio, frontend } = await openLine();
		twilio.trouble(SERVER_ERROR);
		expect(await failureOf(frontend.deliver(replyTo(ANN, 'x')))).toMatchObject({ kind: 'retryable' });
	});

	it('whose answer was lost is found at Twilio, so that nobody gets it twice', async () => {
		const { twilio, frontend } = await openLine();
		for (const kind of ['lose-answer', 'fail-after'] as const) {
			twilio.trouble({ kind });
			const receipt = await frontend.deliver(replyTo(ANN, `said with ${kind}`));
			expect(receipt.platformMessageIds).toEqual([twilio.messages.at(-1)?.sid]);
		}
		expect(twilio.person(ANN).received).toHaveLength(2);
	});

	it('with the words of an earlier one is not taken for it', async () => {
		const { twilio, frontend } = await openLine();
		await frontend.deliver(replyTo(ANN, 'Done.'));
		twilio.trouble({ kind: 'disconnect' });
		expect(await failureOf(frontend.deliver(replyTo(ANN, 'Done.')))).toMatchObject({ kind: 'unknown-outcome' });
	});

	it('with the words of one that went out before a restart is not taken for it', async () => {
		const { twilio, host, frontend: first } = await openLine();
		await first.deliver(replyTo(ANN, 'Done.'));
		await first.stop();
		const { frontend } = await startFrontend(twilio, host);
		twilio.trouble(SERVER_ERROR);
		expect(await failureOf(frontend.deliver(replyTo(ANN, 'Done.')))).toMatchObject({ kind: 'retryable' });
		twilio.trouble({ kind: 'lose-answer' });
		const receipt = await frontend.deliver(replyTo(ANN, 'Done.'));
		expect(receipt.platformMessageIds).toEqual([twilio.messages.at(-1)?.sid]);
		expect(twilio.person(ANN).received).toHaveLength(2);
	});

	it('with the words of one of the thousands before a restart is not taken for it', async () => {
		const { twilio, host, frontend: first } = await openLine();
		await first.deliver(replyTo(ANN, 'Done.'));
		await first.stop();
		const [done] = twilio.messages;
		if (done === undefined) throw new Error('nothing went out');
		for (let sent = 0; sent < 2_500; sent++)
			twilio.messages.push({ ...done, sid: `SM${sent}`, to: '+15551239999', body: `Text ${sent}` });
		const { frontend } = await startFrontend(twilio, host);
		twilio.trouble(SERVER_ERROR);
		expect(await failureOf(frontend.deliver(replyTo(ANN, 'Done.')))).toMatchObject({ kind: 'retryable' });
	});

	it('with the words of one that is under way is not taken for it', async () => {
		const { twilio, frontend } = await openLine();
		twilio.trouble({ kind: 'slow', ms: 300 });
		const slow = frontend.deliver(replyTo(ANN, 'Done.'));
		twilio.trouble(SERVER_ERROR);
		expect(await failureOf(frontend.deliver(replyTo(ANN, 'Done.')))).toMatchObject({ kind: 'retryable' });
		expect((await slow).platformMessageIds).toHaveLength(1);
	});

	it('may have arrived when neither an answer came nor Twilio can be asked', async () => {
		const { twilio, frontend } = await openLine();
		twilio.trouble({ kind: 'lose-answer' });
		twilio.trouble(SERVER_ERROR, 'list');
		expect(await failureOf(frontend.deliver(replyTo(ANN, 'x')))).toMatchObject({ kind: 'unknown-outcome' });
	});

	it('waits for a slow Twilio', async () => {
		const { twilio, frontend } = await openLine();
		twilio.trouble({ kind: 'slow', ms: 700 });
		await frontend.deliver(replyTo(ANN, 'slow but sure'));
		expect(twilio.person(ANN).received).toHaveLength(1);
	});

	it('surely did not arrive when nobody answers at Twilio’s address', async () => {
		const { twilio, host, frontend: first } = await openLine();
		await first.stop();
		open.splice(open.indexOf(twilio), 1);
		await twilio.stop();
		const { frontend } = await startFrontend(twilio, host);
		expect(host.states.at(-1)).toMatchObject({ status: 'degraded' });
		expect(await failureOf(frontend.deliver(replyTo(ANN, 'x')))).toMatchObject({
			kind: 'retryable',
			code: 'twilio-econnrefused',
		});
	});

	it('to a number that does not exist is given up', async () => {
		const { twilio, frontend } = await openLine();
		twilio.trouble({ kind: 'refuse', status: 400, code: 21211, message: "Invalid 'To' Phone Number" });
		expect(await failureOf(frontend.deliver(replyTo(ANN, 'x')))).toMatchObject({
			kind: 'permanent',
			code: 'twilio-21211',
		});
	});
});

describe('what became of a text', () => {
	it('is reported with the reason when the carrier did not bring it', async () => {
		const { twilio, host, frontend } = await openLine();
		twilio.person(ANN).carrierFails(30007);
		const receipt = await frontend.deliver(replyTo(ANN, 'Buy now!'));
		await twilio.settled();
		expect(host.reports).toEqual([
			{
				conversation: `sms-${ANN}`,
				platformMessageId: receipt.platformMessageIds[0],
				status: 'undelivered',
				code: 'twilio-30007',
				message: 'The text did not arrive: the carrier filtered it.',
			},
		]);
	});

	it.each(['out of order', 'twice', 'before the answer'] as const)(
		'is reported though reports come %s',
		async (how) => {
			const { twilio, host, frontend } = await openLine();
			twilio.reports = how;
			let noted = 0;
			const delivery = frontend.deliver(replyTo(ANN, 'x')).then(() => {
				noted = host.reports.length;
			});
			await delivery;
			expect(noted).toBe(0);
			await twilio.settled();
			expect(new Set(host.reports.map(({ status }) => status))).toEqual(new Set(['delivered']));
		},
	);

	it('is not taken while it cannot be kept', async () => {
		const { twilio, host, frontend } = await openLine();
		twilio.reports = 'none';
		await frontend.deliver(replyTo(ANN, 'x'));
		host.refuseReports = new CoreError('disk-full', 'Full.', { hint: '' });
		const [message] = twilio.messages;
		if (message === undefined) throw new Error('no text went out');
		expect(await twilio.report(message, 'delivered')).toMatchObject({ status: 503 });
	});

	it('is believed from Twilio only', async () => {
		const { twilio, host } = await openLine();
		const form = { MessageSid: `SM${'a'.repeat(32)}`, AccountSid: twilio.accountSid, To: ANN, MessageStatus: 'failed' };
		const call = await twilio.forge(`${PUBLIC_URL}/twilio/status`, form, { signature: 'x' });
		expect(call.status).toBe(403);
		expect(host.reports).toEqual([]);
	});
});

describe('STOP, START and HELP', () => {
	it('ends all texts until START, also over a restart', async () => {
		const { twilio, host, frontend, memory } = await openLine({ optOut: 'off' });
		const ann = twilio.person(ANN);
		await ann.text('Stop');
		expect(ann.received.map(({ text }) => text)).toEqual([
			'You will get no more texts from Errand. Reply START to get them again.',
		]);
		expect(await failureOf(frontend.deliver(replyTo(ANN, 'x')))).toMatchObject({
			kind: 'permanent',
			code: 'opted-out',
		});
		await frontend.stop();
		const again = await startFrontend(twilio, host, { memory });
		expect(await failureOf(again.frontend.deliver(replyTo(ANN, 'x')))).toMatchObject({ code: 'opted-out' });
		await ann.text('yes');
		await again.frontend.deliver(replyTo(ANN, 'welcome back'));
		expect(ann.received.at(-1)?.text).toBe('welcome back');
		expect(host.received).toEqual([]);
	});

	it('are not undone by an old one that comes again', async () => {
		const { twilio, frontend } = await openLine({ optOut: 'off' });
		const ann = twilio.person(ANN);
		await ann.text('STOP');
		const start = await ann.text('START');
		await ann.text('STOP');
		await twilio.redeliver(start);
		expect(await failureOf(frontend.deliver(replyTo(ANN, 'x')))).toMatchObject({ code: 'opted-out' });
	});

	it('takes CANCEL alone for STOP, and CANCEL 3 for a command', async () => {
		const { twilio, host, frontend } = await openLine();
		await twilio.person(ANN).text('cancel 3');
		await twilio.person(ANN).text('CANCEL');
		expect(host.texts).toEqual(['/cancel 3']);
		expect(await failureOf(frontend.deliver(replyTo(ANN, 'x')))).toMatchObject({ code: 'opted-out' });
	});

	it('says nothing where Twilio’s advanced opt-out has answered, but keeps to it', async () => {
		const { twilio, host, frontend } = await openLine({ optOut: 'advanced' });
		const ann = twilio.person(ANN);
		await ann.text('HELP');
		await ann.text('YES');
		await ann.text('STOP');
		expect(twilio.webhooks.calls.every(({ body }) => !body.includes('<Message>'))).toBe(true);
		expect(host.texts).toEqual(['YES']);
		expect(await failureOf(frontend.deliver(replyTo(ANN, 'x')))).toMatchObject({ code: 'opted-out' });
	});

	it('learns from Twilio that somebody said STOP', async () => {
		const { twilio, frontend, memory } = await openLine();
		twilio.trouble({ kind: 'refuse', status: 400, code: 21610, message: 'Attempt to send to unsubscribed recipient' });
		expect(await failureOf(frontend.deliver(replyTo(ANN, 'x')))).toMatchObject({
			kind: 'permanent',
			code: 'opted-out',
		});
		expect(memory.text).toContain(ANN);
		expect(await failureOf(frontend.deliver(replyTo(ANN, 'y')))).toMatchObject({ code: 'opted-out' });
		expect(twilio.messages).toEqual([]);
	});

	it('is not acknowledged before it is kept', async () => {
		const { twilio, memory, frontend } = await openLine({ optOut: 'off' });
		memory.fails = true;
		await twilio.person(ANN).text('STOP');
		expect(new Set(twilio.webhooks.calls.map(({ status }) => status))).toEqual(new Set([503]));
		expect(await failureOf(frontend.deliver(replyTo(ANN, 'x')))).toMatchObject({ code: 'opted-out' });
	});

	it('explains itself to anybody who texts HELP', async () => {
		const { twilio, host } = await openLine({ optOut: 'off' });
		await twilio.person(ANN).text('Help');
		const [help] = twilio.person(ANN).received;
		expect(help?.text).toContain('CANCEL alone');
		expect(help?.segments).toBeLessThanOrEqual(2);
		expect(host.received).toEqual([]);
	});
});

describe('files that come along', () => {
	const PNG = { type: 'image/png', content: Buffer.from('not really a picture') };

	it('are fetched with the account’s credentials, which the store of files never sees', async () => {
		const { twilio, host } = await openLine();
		await twilio.person(ANN).text('look', [PNG, { type: 'application/pdf', content: Buffer.from('%PDF') }]);
		expect(
			host.received[0]?.files.map(({ name, type, content }) => [name, type, Buffer.from(content).toString()]),
		).toEqual([
			['picture-1.png', 'image/png', 'not really a picture'],
			['file-2.pdf', 'application/pdf', '%PDF'],
		]);
		expect(twilio.complaints).toEqual([]);
	});

	it('may come without words', async () => {
		const { twilio, host } = await openLine();
		await twilio.person(ANN).text('', [PNG]);
		expect(host.received[0]).toMatchObject({ message: { text: '' }, files: [{ name: 'picture-1.png' }] });
	});

	it('are fetched again after an error, and left out with a word to the sender after two', async () => {
		const { twilio, host } = await openLine();
		const ann = twilio.person(ANN);
		twilio.trouble(SERVER_ERROR, 'media');
		await ann.text('one', [PNG]);
		expect(host.received[0]?.files).toHaveLength(1);
		twilio.trouble(SERVER_ERROR, 'media', 2);
		await ann.text('two', [PNG]);
		expect(host.received[1]).toMatchObject({ message: { text: 'two' }, files: [] });
		expect(ann.received.at(-1)?.text).toContain('1 file of your text could not be fetched');
	});

	it('that are too large or too many are left out', async () => {
		const { twilio, host } = await openLine();
		const large = { type: 'video/mp4', content: Buffer.alloc(5 * 1024 * 1024 + 1) };
		await twilio.person(ANN).text('large', [large, PNG]);
		expect(host.received[0]?.files.map(({ name }) => name)).toEqual(['picture-2.png']);
		await twilio.person(ANN).text(
			'many',
			Array.from({ length: 12 }, () => PNG),
		);
		expect(host.received[1]?.files).toHaveLength(10);
		expect(twilio.person(ANN).received.at(-1)?.text).toContain('2 files');
	});

	it('elsewhere than at Twilio’s API are not fetched', async () => {
		const { twilio, host } = await openLine();
		const form = {
			...formOf(twilio),
			NumMedia: '2',
			MediaUrl0: 'http://169.254.169.254/latest/meta-data',
			MediaContentType0: 'image/png',
			MediaUrl1: 'https://api.twilio.com.evil.example/x',
			MediaContentType1: 'image/png',
		};
		expect(await twilio.forge(`${PUBLIC_URL}/twilio/sms`, form)).toMatchObject({ status: 200 });
		expect(host.received[0]).toMatchObject({ message: { text: 'hello' }, files: [] });
	});

	it('of strangers are not fetched at all', async () => {
		const { twilio, host } = await openLine();
		host.refuse = () => new CoreError('unpaired', 'Who are you?', { hint: 'Code 1.' });
		await twilio.person(ANN).text('look', [PNG]);
		expect(twilio.media.asked).toEqual([]);
	});
});

describe('the line itself', () => {
	it('is ready when the number’s webhook is ours', async () => {
		const { host } = await openLine();
		expect(host.states).toEqual([{ status: 'ready' }]);
	});

	it('says what to set where when Twilio sends texts elsewhere', async () => {
		const { twilio, host, frontend } = await openLine();
		await frontend.stop();
		twilio.smsUrl = 'https://demo.twilio.com/welcome/sms/reply';
		await startFrontend(twilio, host);
		expect(host.states.at(-1)).toMatchObject({
			status: 'degraded',
			message: expect.stringContaining('https://demo.twilio.com/welcome/sms/reply'),
			hint: expect.stringContaining(`${PUBLIC_URL}/twilio/sms#rc=3&rp=all, HTTP POST`),
		});
	});

	it('says that the token is wrong, and takes texts that Twilio cannot be asked about', async () => {
		const { twilio, host, frontend } = await openLine();
		await frontend.stop();
		twilio.trouble(UNAUTHORIZED, 'number');
		await startFrontend(twilio, host);
		expect(host.states.at(-1)).toMatchObject({
			status: 'degraded',
			hint: expect.stringContaining('TWILIO_AUTH_TOKEN'),
		});
		await twilio.person(ANN).text('hello');
		expect(host.texts).toEqual(['hello']);
	});

	it('says that Twilio does not answer, and a few seconds after it does again that it does', async () => {
		const { twilio, frontend, host } = await openLine();
		twilio.trouble(UNAVAILABLE);
		twilio.trouble(UNAVAILABLE, 'number');
		expect(await failureOf(frontend.deliver(replyTo(ANN, 'x')))).toMatchObject({ kind: 'retryable' });
		await expect.poll(() => host.states.at(-1)?.status).toBe('degraded');
		await expect.poll(() => host.states.at(-1)?.status).toBe('ready');
	});

	it('makes nothing of one text that Twilio stumbles over', async () => {
		const { twilio, frontend, host } = await openLine();
		twilio.trouble(UNAVAILABLE);
		expect(await failureOf(frontend.deliver(replyTo(ANN, 'x')))).toMatchObject({ kind: 'retryable' });
		await frontend.deliver(replyTo(ANN, 'y'));
		expect(host.states.map(({ status }) => status)).not.toContain('degraded');
	});

	it('does not start when it cannot know who said STOP', async () => {
		const { twilio, host } = await openLine();
		await expect(startFrontend(twilio, host, { memory: { text: '{broken', fails: false } })).rejects.toThrow(
			/want no texts/,
		);
	});

	it('mutes a machine that answers each text at once', async () => {
		const { twilio, host, frontend, logged } = await openLine();
		const machine = twilio.person('+15558880000');
		for (let turn = 0; turn < 14; turn += 1) {
			await frontend.deliver(replyTo(machine.number, `turn ${turn}`));
			await machine.text('Thank you for your message.');
		}
		expect(host.received).toHaveLength(9);
		expect(machine.received.filter(({ text }) => text.includes('as from a machine'))).toHaveLength(1);
		expect(logged.filter((line) => line.startsWith('sms sender muted'))).toHaveLength(1);
	});

	it('takes nobody for a machine because Twilio brings their texts again', async () => {
		const { twilio, host, frontend, logged } = await openLine();
		const person = twilio.person('+15558880001');
		for (let turn = 0; turn < 6; turn += 1) {
			const sid = await person.text(`Text ${turn}.`);
			await frontend.deliver(replyTo(person.number, `turn ${turn}`));
			await twilio.redeliver(sid);
			await frontend.deliver(replyTo(person.number, `turn ${turn} again`));
		}
		await person.text('The last one.');
		expect(host.texts).toContain('The last one.');
		expect(logged.filter((line) => line.startsWith('sms sender muted'))).toEqual([]);
	});

	it('does not read after a restart what it muted', async () => {
		const { twilio, host, frontend, memory } = await openLine();
		const machine = twilio.person('+15558880000');
		for (let turn = 0; turn < 12; turn += 1) {
			await frontend.deliver(replyTo(machine.number, `turn ${turn}`));
			await machine.text(`Thank you ${turn}.`);
		}
		expect(host.texts).toHaveLength(9);
		await frontend.stop();
		await startFrontend(twilio, host, { memory });
		expect(twilio.listed).toBeGreaterThan(0);
		expect(host.texts).toHaveLength(9);
	});

	it('is stopped twice without harm, and delivers no more', async () => {
		const { frontend, host } = await openLine();
		await frontend.stop();
		await frontend.stop();
		expect(host.states.at(-1)).toEqual({ status: 'stopped' });
		expect(await failureOf(frontend.deliver(replyTo(ANN, 'x')))).toMatchObject({ kind: 'retryable' });
	});
});

it('checks requests against Twilio’s own description where there is one', async ({ skip }) => {
	const { twilio } = await openLine();
	if (twilio.description === undefined) return skip('ERRAND_SPECS_DIR names no folder with twilio_api_v2010.json');
	expect(twilio.description.complaintsAboutMessage(new URLSearchParams({ To: ANN, Body: 'x' }))).toEqual([]);
	expect(twilio.description.complaintsAboutMessage(new URLSearchParams({ Body: 'x', Bodi: 'y' }))).toHaveLength(2);
});

function formOf(twilio: TwilioStandIn): Record<string, string> {
	return twilio.inboundForm({ sid: `SM${'b'.repeat(32)}`, from: ANN, body: 'hello', mediaUrls: [] });
}

function without(form: Record<string, string>, name: string): Record<string, string> {
	return Object.fromEntries(Object.entries(form).filter(([other]) => other !== name));
}
