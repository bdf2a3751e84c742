import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** IncomingCall is a call as it arrived; `now` is when, ms since 1970. */
export interface IncomingCall {
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string | undefined>>;
	readonly body: Uint8Array;
	readonly now: number;
}

/** CheckedCall is the caller's own id of a call whose signature is right, or why it is not: for the log, never for the caller. */
export type CheckedCall =
	| { readonly ok: true; readonly id: string; readonly event?: string | undefined }
	| { readonly ok: false; readonly why: 'no-signature' | 'old' | 'wrong-signature' };

const TOLERANCE_S = 5 * 60;
const MAX_ID = 200;

/** checkGitHub checks `X-Hub-Signature-256` over the raw body; GitHub's id of the delivery makes it unique. */
export function checkGitHub({ headers, body }: IncomingCall, secrets: readonly string[]): CheckedCall {
	const shown = /^sha256=([0-9a-f]{64})$/i.exec(headers['x-hub-signature-256'] ?? '')?.[1];
	if (shown === undefined) return refused('no-signature');
	if (!isSignedBy(secrets, body, (hmac) => [hmac.digest(), Buffer.from(shown, 'hex')]))
		return refused('wrong-signature');
	const delivery = headers['x-github-delivery'] ?? '';
	const id = /^[\w-]{1,100}$/.test(delivery) ? delivery : digestOf(body);
	return { ok: true, id, event: headers['x-github-event']?.slice(0, 100) };
}

/** checkStandard checks the headers of Standard Webhooks: id, time and body are signed together. */
export function checkStandard({ headers, body, now }: IncomingCall, secrets: readonly string[]): CheckedCall {
	const id = headers['webhook-id'] ?? '';
	const shown = (headers['webhook-signature'] ?? '')
		.split(' ')
		.slice(0, 10)
		.flatMap((one) => (one.startsWith('v1,') ? [Buffer.from(one.slice(3), 'base64')] : []));
	const time = headers['webhook-timestamp'] ?? '';
	if (id === '' || id.length > MAX_ID || shown.length === 0) return refused('no-signature');
	const keys = secrets.map((secret) => Buffer.from(secret.replace(/^whsec_/, ''), 'base64'));
	const signed = Buffer.concat([Buffer.from(`${id}.${time}.`), body]);
	if (!shown.some((one) => isSignedBy(keys, signed, (hmac) => [hmac.digest(), one]))) return refused('wrong-signature');
	return isRecent(time, now) ? { ok: true, id } : refused('old');
}

/** checkErrand checks `X-Errand-Signature: t=<unix>,v1=<hex>` over `t.body`; the same time and body are the same call. */
export function checkErrand({ headers, body, now }: IncomingCall, secrets: readonly string[]): CheckedCall {
	const parts = (headers['x-errand-signature'] ?? '').slice(0, 2_000).split(',');
	const time = valuesOf(parts, 't')[0] ?? '';
	const shown = valuesOf(parts, 'v1').filter((one) => /^[0-9a-f]{64}$/i.test(one));
	if (time === '' || shown.length === 0) return refused('no-signature');
	const signed = Buffer.concat([Buffer.from(`${time}.`), body]);
	const right = shown.some((one) => isSignedBy(secrets, signed, (hmac) => [hmac.digest(), Buffer.from(one, 'hex')]));
	if (!right) return refused('wrong-signature');
	return isRecent(time, now) ? { ok: true, id: `${time}-${digestOf(body)}` } : refused('old');
}

/** Every key is tried and compared in constant time; without one, a key that nobody has takes as long. */
function isSignedBy(
	keys: readonly (string | Buffer)[],
	signed: Uint8Array,
	compare: (hmac: ReturnType<typeof createHmac>) => readonly [Buffer, Buffer],
): boolean {
	let right = false;
	for (const key of keys.length === 0 ? [NOBODY] : keys) {
		const [own, shown] = compare(createHmac('sha256', key).update(signed));
		const same = own.length === shown.length && timingSafeEqual(own, shown);
		right ||= same && key !== NOBODY;
	}
	return right;
}

const NOBODY = Buffer.alloc(32);

function valuesOf(parts: readonly string[], name: string): string[] {
	const prefix = `${name}=`;
	return parts.flatMap((part) => (part.trim().startsWith(prefix) ? [part.trim().slice(prefix.length)] : []));
}

function isRecent(time: string, now: number): boolean {
	return /^\d{1,12}$/.test(time) && Math.abs(now / 1_000 - Number(time)) <= TOLERANCE_S;
}

function digestOf(body: Uint8Array): string {
	return createHash('sha256').update(body).digest('hex').slice(0, 32);
}

function refused(why: 'no-signature' | 'old' | 'wrong-signature'): CheckedCall {
	return { ok: false, why };
}
