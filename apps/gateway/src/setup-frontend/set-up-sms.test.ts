import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSetUp } from './fixture/typed-set-up.ts';
import { startVendor } from './fixture/vendor-server.ts';

const SID = `AC${'0'.repeat(31)}1`;
const TOKEN = 'stand-in-auth-token-77';
const ROOT = `/2010-04-01/Accounts/${SID}`;
const number = (sid: string, phone: string, change: object = {}) => ({
	sid,
	phone_number: phone,
	capabilities: { sms: true, mms: true, voice: true },
	sms_url: 'https://demo.twilio.com/welcome',
	sms_method: 'POST',
	sms_application_sid: '',
	...change,
});
let account: object;
let numbers: ReturnType<typeof number>[];
let setUp: Awaited<ReturnType<typeof openSetUp>>;
let twilio: Awaited<ReturnType<typeof startVendor>>;
let errand: Awaited<ReturnType<typeof startVendor>>;

beforeEach(async () => {
	account = { friendly_name: 'Ann’s', status: 'active', type: 'Full' };
	numbers = [number('PN1', '+15550001111'), number('PN2', '+15550002222')];
	setUp = await openSetUp();
	errand = await startVendor({ 'GET /healthz': () => [200, { status: 'ok' }] });
	const basic = `Basic ${Buffer.from(`${SID}:${TOKEN}`).toString('base64')}`;
	twilio = await startVendor({
		[`GET ${ROOT}.json`]: ({ headers }) =>
			headers.authorization === basic ? [200, account] : [401, { code: 20003, message: 'Authenticate', status: 401 }],
		[`GET ${ROOT}/IncomingPhoneNumbers.json`]: () => [200, { incoming_phone_numbers: numbers }],
		[`POST ${ROOT}/IncomingPhoneNumbers/PN2.json`]: () => [200, { sid: 'PN2' }],
		[`POST ${ROOT}/IncomingPhoneNumbers/PN1.json`]: () => [
			400,
			{ code: 21502, message: 'SmsUrl is not valid', status: 400 },
		],
	});
});
afterEach(async () => {
	await twilio.stop();
	await errand.stop();
	await setUp.close();
});

const run = (argv: readonly string[], lines: readonly string[] = [], env: object = {}) =>
	setUp.run(['sms', ...argv], lines, { TWILIO_API_URL: twilio.url, PORT: errand.port, ...env });
const changes = () => twilio.asked.filter(({ method }) => method === 'POST');

describe('setting up SMS', () => {
	it('checks account, number and address, leads the number’s messages here when allowed, and writes all of it', async () => {
		const lines = [SID, TOKEN, '2', errand.url, 'y', '+1 (555) 123-0001'];
		const { written, shown, text } = await run([], lines);
		expect(shown).toContain('This is the account “Ann’s”, active.');
		expect(shown).toContain('+15550002222 is one of the account’s and can do SMS and MMS.');
		expect(shown).toContain('go to https://demo.twilio.com/welcome now');
		expect(shown).not.toContain(TOKEN);
		expect(changes().map(({ path, body }) => ({ path, body }))).toEqual([
			{
				path: `${ROOT}/IncomingPhoneNumbers/PN2.json`,
				body: { SmsUrl: `${errand.url}/twilio/sms#rc=3&rp=all`, SmsMethod: 'POST', SmsApplicationSid: '' },
			},
		]);
		expect(written).toBe(true);
		expect(text).toBe(
			`TWILIO_ACCOUNT_SID=${SID}\nTWILIO_AUTH_TOKEN=${TOKEN}\nTWILIO_PHONE_NUMBER=+15550002222\nERRAND_PUBLIC_URL=${errand.url}\nERRAND_OWNERS=sms:+15551230001\n`,
		);
	});

	it('asks nothing when all is said, and leaves a number alone that is led here already', async () => {
		numbers = [number('PN2', '+15550002222', { sms_url: `${errand.url}/twilio/sms#rc=3&rp=all` })];
		const argv = [
			'--yes',
			'--account',
			SID,
			'--number',
			'+15550002222',
			'--public-url',
			errand.url,
			'--owner',
			'+15551230001',
		];
		const { written, shown } = await run(argv, [], { TWILIO_AUTH_TOKEN: TOKEN });
		expect(shown).toContain('already');
		expect(changes()).toEqual([]);
		expect(written).toBe(true);
	});

	it('changes nothing at Twilio unless the address leads to Errand', async () => {
		const closed = await startVendor({});
		await closed.stop();
		const argv = ['--yes', '--account', SID, '--number', '+15550002222', '--public-url', closed.url];
		const { written, shown } = await run(argv, [], { TWILIO_AUTH_TOKEN: TOKEN });
		expect(shown).toMatch(/http:\/\/127\.0\.0\.1:\d+\/healthz cannot be reached: .*ECONNREFUSED/);
		expect(changes()).toEqual([]);
		expect(written).toBe(false);
	});

	it('says what to enter by hand when it may not change the number', async () => {
		const { written, shown } = await run([], [SID, TOKEN, '2', errand.url, 'n', 'skip', 'y']);
		expect(shown).toContain('“A message comes in”');
		expect(changes()).toEqual([]);
		expect(written).toBe(true);
	});

	it('passes on why Twilio refuses a change', async () => {
		const { shown, written } = await run([], [SID, TOKEN, '1', errand.url, 'y', 'skip', 'n']);
		expect(shown).toContain('Twilio refused: SmsUrl is not valid (error 21502).');
		expect(written).toBe(false);
	});

	it('says so on wrong credentials, a suspended account, a trial, and a number that is not there or cannot do SMS', async () => {
		const argv = ['--yes', '--account', SID, '--public-url', errand.url];
		const env = { TWILIO_AUTH_TOKEN: TOKEN };
		const wrong = await run([...argv, '--number', '+15550002222'], [], { TWILIO_AUTH_TOKEN: 'stand-in-wrong-token-1' });
		expect(wrong.shown).toContain('does not know this account SID with this token');
		const gone = await run([...argv, '--number', '+15550009999'], [], env);
		expect(gone.shown).toContain('The account has no number +15550009999.');
		account = { friendly_name: 'Ann’s', status: 'suspended', type: 'Trial' };
		numbers = [number('PN2', '+15550002222', { capabilities: { sms: false } })];
		const suspended = await run(argv, [], env);
		expect(suspended.shown).toMatch(
			/✗ This is the account “Ann’s”, suspended.*cannot send.*It is a trial.*cannot do SMS/s,
		);
		expect([wrong, gone, suspended].map(({ written }) => written)).toEqual([false, false, false]);
	});
});
