import type { IClock } from '@errand/core/ports/clock.ts';
import type { FrontendHost, WebhookHandler, WebhookRequest, WebhookResponse } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { readForm, readInboundSms, readSmsStatus, type SmsStatus, type TwilioForm } from './inbound-sms.ts';
import type { MissedTexts } from './missed-texts.ts';
import { isPhoneNumber, smsConversation } from './sms-address.ts';
import type { SmsInbox } from './sms-inbox.ts';
import type { SmsNotes } from './sms-notes.ts';
import type { SmsOutbox } from './sms-outbox.ts';
import type { TwilioClient } from './twilio-client.ts';
import { twiml } from './twiml.ts';
import { undeliveredReason } from './undelivered-reason.ts';
import type { TwilioAccount } from './variables.ts';

/** WebhooksParts is who is told what Twilio calls about. */
export interface WebhooksParts {
	readonly account: TwilioAccount;
	readonly publicUrl: string | undefined;
	readonly client: Pick<TwilioClient, 'isSigned'>;
	readonly inbox: Pick<SmsInbox, 'take'>;
	readonly missed: Pick<MissedTexts, 'caughtUp' | 'heard'>;
	readonly outbox: Pick<SmsOutbox, 'noted'>;
	readonly notes: SmsNotes;
	readonly host: Pick<FrontendHost, 'reportDelivery'>;
	readonly clock: IClock;
	readonly log: ILogger;
}

const FORBIDDEN: WebhookResponse = { status: 403 };
const TAKEN: WebhookResponse = { status: 204 };
const TRY_AGAIN: WebhookResponse = { status: 503, headers: { 'Retry-After': '5' } };

/** TwilioWebhooks answers Twilio's calls, and refuses those of anybody else. */
export class TwilioWebhooks {
	readonly #parts: WebhooksParts;
	/** A text came in. */
	readonly sms: WebhookHandler = this.#signed((form) => this.#takeSms(form));
	/** Something became of a text that went out. */
	readonly status: WebhookHandler = this.#signed((form) => this.#takeStatus(form));

	constructor(parts: WebhooksParts) {
		this.#parts = parts;
	}

	/** Lets through only what Twilio signed for this very address; what a proxy or a caller says about the host counts for nothing. */
	#signed(handle: (form: TwilioForm) => Promise<WebhookResponse>): WebhookHandler {
		return async (request) => {
			const form = this.#genuineForm(request);
			if (form !== undefined) return handle(form);
			const { publicUrl, log } = this.#parts;
			const path = request.url.slice(0, 200);
			log.warn('twilio webhook refused', {
				path,
				why: publicUrl === undefined ? 'ERRAND_PUBLIC_URL is not set' : 'the signature is not good for this address',
				signedFor: publicUrl === undefined ? undefined : `${publicUrl}${path}`,
			});
			return FORBIDDEN;
		};
	}

	#genuineForm({ url, headers, body }: WebhookRequest): TwilioForm | undefined {
		const { publicUrl } = this.#parts;
		const signature = headers['x-twilio-signature'];
		const type = headers['content-type'] ?? '';
		if (publicUrl === undefined || signature === undefined) return undefined;
		if (!type.toLowerCase().startsWith('application/x-www-form-urlencoded')) return undefined;
		const form = readForm(body);
		return this.#parts.client.isSigned({ form, url: `${publicUrl}${url}`, signature }) ? form : undefined;
	}

	async #takeSms(form: TwilioForm): Promise<WebhookResponse> {
		const { account, log } = this.#parts;
		const sms = readInboundSms(form);
		if (sms === undefined) {
			log.warn('twilio webhook is no text message', { names: Object.keys(form).slice(0, 40) });
			return { status: 400 };
		}
		if (sms.accountSid !== account.accountSid || sms.to !== account.phoneNumber) {
			log.warn('sms for another account or number refused', { accountSid: sms.accountSid, to: sms.to });
			return FORBIDDEN;
		}
		const { inbox, missed } = this.#parts;
		await missed.caughtUp();
		const { taken, said } = await inbox.take(sms);
		missed.heard(sms.messageSid, taken);
		return taken ? twiml(said) : TRY_AGAIN;
	}

	async #takeStatus(form: TwilioForm): Promise<WebhookResponse> {
		const { account, log } = this.#parts;
		const status = readSmsStatus(form);
		if (status === undefined) return { status: 400 };
		if (status.accountSid !== account.accountSid || !isPhoneNumber(status.to)) return FORBIDDEN;
		try {
			await this.#passOn(status);
			return TAKEN;
		} catch (error) {
			log.warn('sms report not taken', { messageSid: status.messageSid, error });
			return { status: 503 };
		}
	}

	async #passOn({ to, messageSid, status, errorCode }: SmsStatus): Promise<void> {
		const { clock, log } = this.#parts;
		const arrived = status === 'delivered' || status === 'read';
		if (!arrived && status !== 'undelivered' && status !== 'failed') return;
		await this.#parts.outbox.noted(to, messageSid);
		const about = { conversation: smsConversation(to), platformMessageId: messageSid };
		if (arrived) return this.#parts.host.reportDelivery({ ...about, status: 'delivered' });
		log.info('sms undelivered', { messageSid, errorCode });
		if (errorCode === '21610') await this.#parts.notes.optOut(to, clock.now());
		await this.#parts.host.reportDelivery({
			...about,
			status: 'undelivered',
			code: errorCode === undefined ? status : `twilio-${errorCode}`,
			message: undeliveredReason(errorCode),
		});
	}
}
