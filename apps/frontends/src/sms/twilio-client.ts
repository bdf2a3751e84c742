import type { Twilio } from 'twilio';
import type { InboundSms, TwilioForm } from './inbound-sms.ts';
import { type TwilioTrouble, troubleOf } from './twilio-failure.ts';
import type { TwilioAccount } from './variables.ts';

/** OutboundSms is a text on its way out. */
export interface OutboundSms {
	readonly to: string;
	readonly body: string;
	readonly mediaUrls: readonly string[];
	/** Where Twilio tells what became of it. */
	readonly statusCallback?: string | undefined;
}

/** OwnNumber is how our number is set up at Twilio. */
export interface OwnNumber {
	readonly smsUrl: string;
	readonly smsMethod: string;
	readonly takesPictures: boolean;
}

const TIMEOUT_MS = 15_000;
const MOST_MISSED = 5_000;
const PAGE_SIZE = 1_000;
const MOST_FILES = 20;
/** Pages of texts that are looked through; a short code sends a hundred texts a second. */
const MOST_PAGES = 20;
// Clocks differ a little, and Twilio dates messages by the second.
const CLOCK_SLACK_MS = 60_000;

/** TwilioClient is the account at Twilio, through Twilio's own library. */
export class TwilioClient {
	readonly #account: TwilioAccount;
	readonly #client: Twilio;
	readonly #isSigned: (form: TwilioForm, url: string, signature: string) => boolean;

	private constructor(
		account: TwilioAccount,
		client: Twilio,
		isSigned: (form: TwilioForm, url: string, signature: string) => boolean,
	) {
		this.#account = account;
		this.#client = client;
		this.#isSigned = isSigned;
	}

	/** The library takes a tenth of a second and some 40 MB to load, so it is loaded only here. */
	static async open(account: TwilioAccount): Promise<TwilioClient> {
		const { default: twilio } = await import('twilio');
		const client = new twilio.Twilio(account.accountSid, account.authToken, { timeout: TIMEOUT_MS });
		client.api.baseUrl = account.apiUrl;
		return new TwilioClient(account, client, (form, url, signature) =>
			twilio.validateRequest(account.authToken, signature, url, { ...form }),
		);
	}

	/** Whether Twilio itself called this address with this form, and nobody changed either. */
	isSigned(call: { form: TwilioForm; url: string; signature: string }): boolean {
		return this.#isSigned(call.form, call.url, call.signature);
	}

	/** Rejects with what the library throws; `trouble` reads it. */
	async send({ to, body, mediaUrls, statusCallback }: OutboundSms): Promise<string> {
		const message = await this.#client.messages.create({
			to,
			from: this.#account.phoneNumber,
			body,
			...(mediaUrls.length === 0 ? {} : { mediaUrl: [...mediaUrls] }),
			...(statusCallback === undefined ? {} : { statusCallback }),
		});
		return message.sid;
	}

	/** The id of a text with these words that went to this number since then, if Twilio has one that is not among the known ones. */
	async findSent({ to, body, since, known }: { to: string; body: string; since: number; known: ReadonlySet<string> }) {
		const latest = await this.#client.messages.list({ to, from: this.#account.phoneNumber, limit: 20 });
		return latest.find(
			(message) =>
				message.body === body && !known.has(message.sid) && message.dateCreated.getTime() >= since - CLOCK_SLACK_MS,
		)?.sid;
	}

	/** The ids of all texts that went out since then, newest first, by clocks that differ, and some before. */
	async sentSince(since: number): Promise<string[]> {
		const sids: string[] = [];
		let page = await this.#client.messages.page({ from: this.#account.phoneNumber, pageSize: PAGE_SIZE });
		for (let pages = 1; ; pages++) {
			sids.push(...page.instances.map(({ sid }) => sid));
			const oldest = page.instances.at(-1);
			const next = page.nextPageUrl;
			if (next === undefined || oldest === undefined || oldest.dateCreated.getTime() < since - 2 * CLOCK_SLACK_MS)
				return sids;
			if (pages === MOST_PAGES) throw new Error(`More than ${sids.length} texts went out in two minutes.`);
			page = await this.#client.messages.getPage(next);
		}
	}

	/** The texts that came to our number since then, but for the known ones, oldest first, as its webhook should have brought them. */
	async receivedSince(since: number, known: ReadonlySet<string>): Promise<InboundSms[]> {
		const { accountSid, phoneNumber: to } = this.#account;
		const latest = await this.#client.messages.list({
			to,
			dateSentAfter: new Date(since),
			limit: MOST_MISSED,
			pageSize: PAGE_SIZE,
		});
		const inbound = latest.filter(({ direction, sid }) => direction === 'inbound' && !known.has(sid)).toReversed();
		return Promise.all(
			inbound.map(async ({ sid: messageSid, from, body, numMedia }) => {
				const media = numMedia === '0' ? [] : await this.#mediaOf(messageSid);
				return { messageSid, accountSid, from, to, body: body ?? '', media };
			}),
		);
	}

	async #mediaOf(messageSid: string) {
		const files = await this.#client.messages(messageSid).media.list({ limit: MOST_FILES });
		return files.map(({ uri, contentType }) => ({
			url: `${this.#account.apiUrl}${uri.replace(/\.json$/, '')}`,
			type: contentType,
		}));
	}

	/** How our number is set up; undefined if the account has no such number. */
	async ownNumber(): Promise<OwnNumber | undefined> {
		const [number] = await this.#client.incomingPhoneNumbers.list({
			phoneNumber: this.#account.phoneNumber,
			limit: 1,
		});
		if (number === undefined) return undefined;
		return {
			smsUrl: number.smsUrl ?? '',
			smsMethod: number.smsMethod ?? 'POST',
			takesPictures: number.capabilities.mms,
		};
	}

	/** What an error of `send`, `findSent` or `ownNumber` means, with the wait that the answer asked for. */
	trouble(error: unknown): TwilioTrouble {
		const trouble = troubleOf(error);
		// The library's error leaves the headers out; the answer it is about was the latest one.
		const { statusCode, headers } = this.#client.httpClient.lastResponse ?? {};
		if (trouble.status === undefined || trouble.status !== statusCode) return trouble;
		const seconds = Number((headers as Record<string, unknown> | undefined)?.['retry-after']);
		return Number.isFinite(seconds) && seconds > 0
			? { ...trouble, retryAfterMs: Math.min(seconds, 3_600) * 1_000 }
			: trouble;
	}
}
