import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { signWebhook } from './sign-webhook.ts';

/** WebhookCall is a call that was made, with what came back. */
export interface WebhookCall {
	/** As Twilio was told. */
	readonly url: string;
	readonly form: Readonly<Record<string, string>>;
	readonly status: number | undefined;
	readonly body: string;
	readonly ms: number;
}

/** WebhookOverrides forge a call: what is signed, or with which signature it is sent. */
export interface WebhookOverrides {
	readonly signature?: string | undefined;
	/** The URL that is signed instead of the one that is called. */
	readonly signedUrl?: string | undefined;
	/** The form that is signed instead of the one that is sent. */
	readonly signedForm?: Readonly<Record<string, string>> | undefined;
	readonly headers?: Readonly<Record<string, string>> | undefined;
	readonly contentType?: string | undefined;
}

/** WebhookCaller calls webhooks as Twilio does: a form, signed for the public URL, brought by a proxy to where the server really is. */
export class WebhookCaller {
	readonly calls: WebhookCall[] = [];
	readonly #authToken: string;
	/** Where a public origin really leads: `http://127.0.0.1:3000`. */
	#proxies = new Map<string, string>();

	constructor(authToken: string) {
		this.#authToken = authToken;
	}

	proxy(publicOrigin: string, address: string): void {
		this.#proxies.set(publicOrigin, address);
	}

	/** Calls once; an unreachable server is status `undefined`. */
	async call(
		address: string,
		form: Readonly<Record<string, string>>,
		overrides: WebhookOverrides = {},
		token: string = randomUUID(),
	): Promise<WebhookCall> {
		const [url = ''] = address.split('#');
		const { origin, host, pathname, search } = new URL(url);
		const target = new URL(`${pathname}${search}`, this.#proxies.get(origin) ?? origin);
		const signed = signWebhook(this.#authToken, overrides.signedUrl ?? url, overrides.signedForm ?? form);
		const started = performance.now();
		const answer = await post(target, new URLSearchParams(form).toString(), {
			'Content-Type': overrides.contentType ?? 'application/x-www-form-urlencoded; charset=UTF-8',
			'User-Agent': 'TwilioProxy/1.1',
			'X-Forwarded-Host': host,
			'X-Twilio-Signature': overrides.signature ?? signed,
			'I-Twilio-Idempotency-Token': token,
			...overrides.headers,
		});
		const call = { url, form, ...answer, ms: performance.now() - started };
		this.calls.push(call);
		return call;
	}

	/** Calls, and again as the URL's fragment says (`#rc=3`), until it is taken; the same token tells that it is the same call. */
	async callUntilTaken(address: string, form: Readonly<Record<string, string>>): Promise<WebhookCall> {
		const retries = Number(/[#&]rc=(\d)/.exec(address)?.[1] ?? 0);
		const token = randomUUID();
		let call = await this.call(address, form, {}, token);
		for (let again = 0; again < retries && !isTaken(call); again += 1) {
			await new Promise((resolve) => setTimeout(resolve, 50));
			call = await this.call(address, form, {}, token);
		}
		return call;
	}
}

/** isTaken says whether Twilio is content with an answer. */
export function isTaken({ status }: WebhookCall): boolean {
	return status !== undefined && status >= 200 && status < 300;
}

function post(target: URL, body: string, headers: Readonly<Record<string, string>>) {
	return new Promise<{ status: number | undefined; body: string }>((resolve) => {
		const failed = () => resolve({ status: undefined, body: '' });
		const sent = request(target, { method: 'POST', headers, timeout: 15_000 }, (response) => {
			const parts: Buffer[] = [];
			response.on('data', (part: Buffer) => parts.push(part));
			response.on('error', failed);
			response.on('end', () => resolve({ status: response.statusCode, body: Buffer.concat(parts).toString() }));
		});
		sent.on('error', failed);
		sent.on('timeout', () => sent.destroy());
		sent.end(body);
	});
}
