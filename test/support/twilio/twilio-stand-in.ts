import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json, readBody, refuse, wait } from './api-answer.ts';
import { type ApiDescription, openApiDescription } from './api-description.ts';
import { inboundForm, keywordType } from './inbound-form.ts';
import { MediaShelf } from './media-shelf.ts';
import { refusedMessage } from './refused-message.ts';
import { messageResource, newSid, type StoredMessage } from './stored-message.ts';
import { type SentFile, segmentsOf, TextingPerson } from './texting-person.ts';
import type { ApiPart, TwilioTrouble } from './twilio-trouble.ts';
import { twimlMessages } from './twiml-messages.ts';
import { isTaken, type WebhookCall, WebhookCaller, type WebhookOverrides } from './webhook-caller.ts';

/** TwilioStandInOptions say how the account is set up. */
export interface TwilioStandInOptions {
	/** Who answers STOP, START and HELP: Twilio as it comes, Twilio with advanced opt-out, or nobody. */
	readonly optOut?: 'default' | 'advanced' | 'off';
	readonly takesPictures?: boolean;
}

type Reports = 'in order' | 'out of order' | 'twice' | 'none' | 'before the answer';

/** TwilioStandIn is a Twilio account with one number, on loopback: its API, and the webhooks by which it tells of texts. */
export class TwilioStandIn {
	readonly accountSid = newSid('AC');
	readonly authToken = 'f00dfeed0123456789abcdef01234567';
	readonly phoneNumber = '+15550001000';
	/** Every text that came in or went out. */
	readonly messages: StoredMessage[] = [];
	/** What was wrong with requests, by Twilio's own description or because a secret went astray. */
	readonly complaints: string[] = [];
	readonly webhooks: WebhookCaller;
	/** Whether requests are checked against Twilio's description. */
	readonly description: ApiDescription | undefined = openApiDescription();
	/** The webhook of the number, as its owner set it up. */
	smsUrl = '';
	fallbackUrl = '';
	/** How status callbacks come. */
	reports: Reports = 'in order';
	/** How often texts to one number were listed. */
	listed = 0;
	/** What was sent along. */
	readonly media = new MediaShelf();
	readonly #options: Required<TwilioStandInOptions>;
	readonly #people = new Map<string, TextingPerson>();
	readonly #optedOut = new Set<string>();
	readonly #troubles: { about: ApiPart; trouble: TwilioTrouble; to: string | undefined }[] = [];
	readonly #underWay = new Set<Promise<unknown>>();
	readonly #server: Server;
	#url = '';

	private constructor(options: TwilioStandInOptions) {
		this.#options = { optOut: 'default', takesPictures: true, ...options };
		this.webhooks = new WebhookCaller(this.authToken);
		this.#server = createServer((request, response) => {
			this.#serve(request, response).catch((error: unknown) => {
				this.complaints.push(String(error));
				response.destroy();
			});
		});
	}

	static async start(options: TwilioStandInOptions = {}): Promise<TwilioStandIn> {
		const standIn = new TwilioStandIn(options);
		await new Promise<void>((resolve) => standIn.#server.listen(0, '127.0.0.1', resolve));
		standIn.#url = `http://127.0.0.1:${(standIn.#server.address() as AddressInfo).port}`;
		return standIn;
	}

	get url(): string {
		return this.#url;
	}

	/** What tells an Errand to use it. */
	get env(): Readonly<Record<string, string>> {
		return {
			TWILIO_ACCOUNT_SID: this.accountSid,
			TWILIO_AUTH_TOKEN: this.authToken,
			TWILIO_PHONE_NUMBER: this.phoneNumber,
			TWILIO_API_URL: this.url,
		};
	}

	/** Sets the number's webhook up for a server that is known by a public URL and stands at an address. */
	pointAt(publicUrl: string, address: string, { retries = 3 } = {}): void {
		this.webhooks.proxy(publicUrl, address);
		this.smsUrl = `${publicUrl}/twilio/sms#rc=${retries}&rp=all`;
	}

	person(number: string): TextingPerson {
		const known = this.#people.get(number);
		if (known) return known;
		const person = new TextingPerson(number, { send: (from, words, media) => this.#incoming(from, words, media) });
		this.#people.set(number, person);
		return person;
	}

	/** The next call of this kind, or with a text to this number, goes wrong like this; several are taken in order. */
	trouble(trouble: TwilioTrouble, about: ApiPart = 'messages', times = 1, to?: string): void {
		for (let time = 0; time < times; time += 1) this.#troubles.push({ about, trouble, to });
	}

	/** Brings a text once more, as Twilio does when the first answer was lost on its way. */
	redeliver(sid: string): Promise<WebhookCall> {
		const message = this.messages.find((one) => one.sid === sid);
		if (message === undefined) throw new Error(`There is no text ${sid}.`);
		return this.webhooks.call(this.smsUrl, this.inboundForm(message));
	}

	/** Calls a webhook with whatever a forger likes. */
	forge(url: string, form: Readonly<Record<string, string>>, overrides: WebhookOverrides = {}): Promise<WebhookCall> {
		return this.webhooks.call(url, form, overrides);
	}

	/** What Twilio sends about a text that came in. */
	inboundForm(message: Pick<StoredMessage, 'sid' | 'from' | 'body' | 'mediaUrls'>): Record<string, string> {
		return inboundForm(message, {
			to: this.phoneNumber,
			accountSid: this.accountSid,
			optOutType: this.#options.optOut === 'advanced' ? keywordType(message.body) : undefined,
			mediaType: (url) => this.media.typeOf(url),
		});
	}

	/** Resolves once every text and every report under way has been dealt with. */
	async settled(): Promise<void> {
		while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
	}

	async stop(): Promise<void> {
		await this.settled();
		this.#server.closeAllConnections();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	async #incoming(from: string, body: string, files: readonly SentFile[]): Promise<string> {
		const sid = newSid(files.length === 0 ? 'SM' : 'MM');
		const mediaUrls = files.map((file) => {
			const id = this.media.add(file);
			return `${this.url}/2010-04-01/Accounts/${this.accountSid}/Messages/${sid}/Media/${id}`;
		});
		const message: StoredMessage = {
			sid,
			from,
			to: this.phoneNumber,
			body,
			mediaUrls,
			direction: 'inbound',
			createdAt: Date.now(),
			status: 'received',
		};
		this.messages.push(message);
		this.#answerKeyword(from, body);
		await this.#track(this.#bring(message));
		return sid;
	}

	async #bring(message: StoredMessage): Promise<void> {
		if (this.smsUrl === '') return;
		let call = await this.webhooks.callUntilTaken(this.smsUrl, this.inboundForm(message));
		if (!isTaken(call) && this.fallbackUrl !== '') {
			const form = { ...this.inboundForm(message), ErrorCode: '11200', ErrorUrl: this.smsUrl };
			call = await this.webhooks.callUntilTaken(this.fallbackUrl, form);
		}
		if (!isTaken(call)) return;
		for (const body of twimlMessages(call.body)) {
			if (this.#optedOut.has(message.from)) continue;
			const sid = newSid('SM');
			const reply = { sid, from: this.phoneNumber, to: message.from, body, mediaUrls: [] };
			this.messages.push({ ...reply, direction: 'outbound-reply', createdAt: Date.now(), status: 'delivered' });
			this.#hand(reply);
		}
	}

	#answerKeyword(from: string, body: string): void {
		if (this.#options.optOut === 'off') return;
		const type = keywordType(body);
		const say = (words: string) => this.#hand({ sid: newSid('SM'), to: from, body: words, mediaUrls: [] });
		if (type === 'HELP') say('Reply STOP to unsubscribe. Msg&Data Rates May Apply.');
		if (type === 'STOP' && !this.#optedOut.has(from)) {
			say('You have successfully been unsubscribed. Reply START to resubscribe.');
			this.#optedOut.add(from);
		}
		if (type === 'START' && this.#optedOut.delete(from)) say('You have successfully been re-subscribed.');
	}

	#hand({ sid, to, body, mediaUrls }: Pick<StoredMessage, 'sid' | 'to' | 'body' | 'mediaUrls'>): void {
		this.person(to).receive({ sid, text: body, segments: segmentsOf(body), mediaUrls, at: Date.now() });
	}

	async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const body = await readBody(request);
		const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
		if (pathname.startsWith('/cdn/')) return this.#serveFile(request, pathname, response);
		const root = `/2010-04-01/Accounts/${this.accountSid}`;
		if (!this.#isAuthorized(request)) return refuse(response, 401, 20003, 'Authenticate');
		if (!pathname.startsWith(`${root}/`)) return refuse(response, 404, 20404, `The resource ${pathname} was not found`);
		const path = pathname.slice(root.length);
		if (request.method === 'POST' && path === '/Messages.json')
			return this.#create(new URLSearchParams(body), response);
		if (path === '/Messages.json') return this.#list(searchParams, response);
		if (path === '/IncomingPhoneNumbers.json') return this.#listNumbers(searchParams, response);
		const holder = this.messages.find(({ sid }) => path === `/Messages/${sid}/Media.json`);
		if (holder !== undefined) return this.media.list(holder, response);
		const media = /^\/Messages\/\w+\/Media\/(\w+)$/.exec(path)?.[1];
		if (media !== undefined) return this.#leadToFile(request, media, response);
		const message = this.messages.find(({ sid }) => path === `/Messages/${sid}.json`);
		if (message !== undefined) return json(response, 200, messageResource(this.accountSid, message));
		refuse(response, 404, 20404, `The requested resource ${pathname} was not found`);
	}

	async #create(form: URLSearchParams, response: ServerResponse): Promise<void> {
		this.complaints.push(...(this.description?.complaintsAboutMessage(form) ?? []));
		const trouble = this.#nextTrouble('messages', form.get('To'));
		if (trouble?.kind === 'refuse')
			return refuse(response, trouble.status, trouble.code, trouble.message, trouble.headers);
		if (trouble?.kind === 'disconnect') return void response.destroy();
		const to = form.get('To') ?? '';
		const body = form.get('Body') ?? '';
		const mediaUrls = form.getAll('MediaUrl');
		const text = { to, from: form.get('From') ?? '', body, mediaUrls };
		const wrong = refusedMessage(text, { number: this.phoneNumber, hasOptedOut: this.#optedOut.has(to) });
		if (wrong !== undefined) return refuse(response, 400, wrong[0], wrong[1]);
		const message: StoredMessage = {
			sid: newSid(mediaUrls.length === 0 ? 'SM' : 'MM'),
			from: this.phoneNumber,
			to,
			body,
			mediaUrls,
			direction: 'outbound-api',
			createdAt: Date.now(),
			statusCallback: form.get('StatusCallback') ?? undefined,
			status: 'queued',
		};
		this.messages.push(message);
		const sending = this.#track(this.#carry(message));
		if (trouble?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, trouble.ms));
		if (this.reports === 'before the answer') await Promise.race([sending, wait(500)]);
		if (trouble?.kind === 'lose-answer') return void response.destroy();
		if (trouble?.kind === 'fail-after') return refuse(response, 500, 20500, 'An internal server error has occurred');
		json(response, 201, messageResource(this.accountSid, { ...message, status: 'queued' }));
	}

	/** Hands a text to the carrier and tells what becomes of it. */
	async #carry(message: StoredMessage): Promise<void> {
		const person = this.person(message.to);
		const { failing } = person;
		if (failing === undefined) this.#hand(message);
		else message.errorCode = failing;
		const last = failing === undefined ? 'delivered' : 'undelivered';
		message.status = last;
		const usual = ['queued', 'sent', last];
		const order = {
			'in order': usual,
			'before the answer': usual,
			'out of order': usual.toReversed(),
			twice: [...usual, ...usual],
			none: [],
		};
		for (const status of order[this.reports]) await this.report(message, status);
	}

	/** Calls the status callback of a text. */
	async report(message: StoredMessage, status: string): Promise<WebhookCall | undefined> {
		if (message.statusCallback === undefined) return undefined;
		const failed = status === 'undelivered' || status === 'failed';
		return this.webhooks.call(message.statusCallback, {
			SmsSid: message.sid,
			SmsStatus: status,
			MessageStatus: status,
			To: message.to,
			MessageSid: message.sid,
			AccountSid: this.accountSid,
			From: message.from,
			ApiVersion: '2010-04-01',
			...(failed && message.errorCode !== undefined ? { ErrorCode: String(message.errorCode) } : {}),
		});
	}

	async #list(query: URLSearchParams, response: ServerResponse): Promise<void> {
		const [to, from] = [query.get('To'), query.get('From')];
		if (to !== null) this.listed += 1;
		const trouble = to === null ? undefined : this.#nextTrouble('list');
		if (trouble?.kind === 'slow') await wait(trouble.ms);
		if (trouble?.kind === 'refuse') return refuse(response, trouble.status, trouble.code, trouble.message);
		const after = Date.parse(query.get('DateSent>') ?? '') || 0;
		const messages = this.messages
			.filter((message) => (to === null || message.to === to) && (from === null || message.from === from))
			.filter(({ createdAt }) => createdAt >= after)
			.toReversed();
		const [size, page] = [Number(query.get('PageSize') ?? 50), Number(query.get('Page') ?? 0)];
		const next = new URLSearchParams(query);
		next.set('Page', String(page + 1));
		json(response, 200, {
			messages: messages.slice(page * size, (page + 1) * size).map((one) => messageResource(this.accountSid, one)),
			next_page_uri:
				(page + 1) * size < messages.length ? `/2010-04-01/Accounts/${this.accountSid}/Messages.json?${next}` : null,
		});
	}

	#listNumbers(query: URLSearchParams, response: ServerResponse): void {
		const trouble = this.#nextTrouble('number');
		if (trouble?.kind === 'refuse') return refuse(response, trouble.status, trouble.code, trouble.message);
		const number = {
			account_sid: this.accountSid,
			capabilities: { voice: true, sms: true, mms: this.#options.takesPictures, fax: false },
			phone_number: this.phoneNumber,
			sid: newSid('PN'),
			sms_method: 'POST',
			sms_url: this.smsUrl,
			sms_fallback_url: this.fallbackUrl,
		};
		const wanted = query.get('PhoneNumber');
		const numbers = wanted === null || wanted === this.phoneNumber ? [number] : [];
		json(response, 200, { incoming_phone_numbers: numbers, next_page_uri: null });
	}

	#leadToFile(request: IncomingMessage, id: string, response: ServerResponse): void {
		const trouble = this.#nextTrouble('media');
		if (trouble?.kind === 'refuse') return refuse(response, trouble.status, trouble.code, trouble.message);
		this.media.lead(request, id, this.url, response);
	}

	#serveFile(request: IncomingMessage, pathname: string, response: ServerResponse): Promise<void> {
		if (request.headers.authorization !== undefined) {
			this.complaints.push('The account’s credentials were shown to the store of files.');
		}
		return this.media.serve(request, pathname, response);
	}

	#isAuthorized({ headers }: IncomingMessage): boolean {
		const expected = Buffer.from(`${this.accountSid}:${this.authToken}`).toString('base64');
		return headers.authorization === `Basic ${expected}`;
	}

	#nextTrouble(about: ApiPart, to?: string | null): TwilioTrouble | undefined {
		const index = this.#troubles.findIndex((one) => one.about === about && (one.to === undefined || one.to === to));
		return index === -1 ? undefined : this.#troubles.splice(index, 1)[0]?.trouble;
	}

	#track<T>(work: Promise<T>): Promise<T> {
		const tracked = work.catch((error: unknown) => this.complaints.push(String(error)));
		this.#underWay.add(tracked);
		void tracked.then(() => this.#underWay.delete(tracked));
		return work;
	}
}
