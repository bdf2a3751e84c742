import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { checkErrand, checkGitHub, checkStandard } from './check-signature.ts';

const NOW = 1_700_000_000_000;
const TIME = String(NOW / 1_000);
const body = Buffer.from('{"a":"\u00e9"}');
const hmac = (secret: string, text: string) => createHmac('sha256', secret).update(text).update(body).digest('hex');

describe('a call as GitHub makes it', () => {
	// The example of https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries.
	it('is recognised by GitHub’s own example', () => {
		const headers = {
			'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
			'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
			'x-github-event': 'issues',
		};
		const call = { headers, body: Buffer.from('Hello, World!'), now: NOW };
		const id = '72d3162e-cc78-11e3-81ab-4c9367dc0958';
		expect(checkGitHub(call, ["It's a Secret to Everybody"])).toEqual({ ok: true, id, event: 'issues' });
		expect(checkGitHub(call, ['another', "It's a Secret to Everybody"])).toMatchObject({ ok: true });
		expect(checkGitHub(call, ['another'])).toEqual({ ok: false, why: 'wrong-signature' });
		expect(checkGitHub({ ...call, body: Buffer.from('Hello, World?') }, ["It's a Secret to Everybody"])).toMatchObject({
			ok: false,
		});
	});

	it.each([undefined, '', 'sha256=', 'sha256=zz', `sha1=${'a'.repeat(40)}`, 'a'.repeat(64)])(
		'is refused with the signature %j',
		(shown) => {
			const headers = shown === undefined ? {} : { 'x-hub-signature-256': shown };
			expect(checkGitHub({ headers, body, now: NOW }, ['secret'])).toEqual({ ok: false, why: 'no-signature' });
		},
	);

	it('is known by its body where it has no id of its own', () => {
		const headers = { 'x-hub-signature-256': `sha256=${hmac('secret', '')}`, 'x-github-delivery': '../../etc' };
		expect(checkGitHub({ headers, body, now: NOW }, ['secret'])).toMatchObject({
			ok: true,
			id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
		});
	});
});

describe('a call in the Standard Webhooks format', () => {
	const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
	const headers = {
		'webhook-id': 'msg_1',
		'webhook-timestamp': TIME,
		'webhook-signature': new Webhook(secret).sign('msg_1', new Date(NOW), body),
	};

	it('is recognised when the vendor’s own library signed it', () => {
		expect(checkStandard({ headers, body, now: NOW }, [secret])).toEqual({ ok: true, id: 'msg_1' });
		const rotated = { ...headers, 'webhook-signature': `v1,AAAA v1a,BBBB ${headers['webhook-signature']}` };
		expect(checkStandard({ headers: rotated, body, now: NOW }, ['whsec_b3RoZXI=', secret])).toMatchObject({ ok: true });
	});

	it('is refused with another id, time, body or secret', () => {
		const wrong = { ok: false, why: 'wrong-signature' };
		const check = (change: Record<string, string>, sent: Uint8Array = body, by = secret) =>
			checkStandard({ headers: { ...headers, ...change }, body: sent, now: NOW }, [by]);
		expect(check({ 'webhook-id': 'msg_2' })).toEqual(wrong);
		expect(check({ 'webhook-timestamp': String(NOW / 1_000 + 1) })).toEqual(wrong);
		expect(check({}, Buffer.from('{}'))).toEqual(wrong);
		expect(check({}, body, 'whsec_b3RoZXI=')).toEqual(wrong);
		expect(check({ 'webhook-signature': 'v1,' })).toEqual(wrong);
		expect(check({ 'webhook-signature': 'v2,abc' })).toEqual({ ok: false, why: 'no-signature' });
		expect(check({ 'webhook-id': '' })).toEqual({ ok: false, why: 'no-signature' });
	});

	it('is refused when its time is more than five minutes off, either way', () => {
		const at = (now: number) => checkStandard({ headers, body, now }, [secret]);
		expect(at(NOW + 300_000)).toMatchObject({ ok: true });
		expect(at(NOW + 301_000)).toEqual({ ok: false, why: 'old' });
		expect(at(NOW - 301_000)).toEqual({ ok: false, why: 'old' });
	});
});

describe('a call with Errand’s own signature', () => {
	const signature = (time = TIME, secret = 'secret') => `t=${time},v1=${hmac(secret, `${time}.`)}`;
	const check = (shown: string | undefined, now = NOW, secrets = ['secret']) =>
		checkErrand({ headers: { 'x-errand-signature': shown }, body, now }, secrets);

	it('is recognised, and known by its time and body', () => {
		const first = check(signature());
		expect(first).toMatchObject({
			ok: true,
			id: expect.stringMatching(new RegExp(`^${TIME}-[0-9a-f]{32}$`)) as string,
		});
		expect(check(` ${signature().replace(',', ' , ')}`)).toEqual(first);
		expect(check(signature(TIME, 'old'), NOW, ['new', 'old'])).toEqual(first);
	});

	it('is refused when it is old, of the future, or signed for another time', () => {
		expect(check(signature(), NOW + 301_000)).toEqual({ ok: false, why: 'old' });
		expect(check(signature(), NOW - 301_000)).toEqual({ ok: false, why: 'old' });
		expect(check(signature().replace(TIME, String(NOW / 1_000 + 1)))).toEqual({ ok: false, why: 'wrong-signature' });
		expect(check(signature('12e9'))).toEqual({ ok: false, why: 'old' });
	});

	it.each([undefined, '', 't=1', 'v1=ab', `v1=${'0'.repeat(64)}`, 't=,v1=', 'x'.repeat(10_000)])(
		'is refused as %j',
		(shown) => {
			expect(check(shown)).toEqual({ ok: false, why: 'no-signature' });
		},
	);

	it('is never right where there is no secret, not even for a key of nothing', () => {
		const empty = `t=${TIME},v1=${createHmac('sha256', Buffer.alloc(32)).update(`${TIME}.`).update(body).digest('hex')}`;
		expect(check(empty, NOW, [])).toEqual({ ok: false, why: 'wrong-signature' });
	});
});
