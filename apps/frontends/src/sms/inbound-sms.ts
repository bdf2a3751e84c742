import { z } from 'zod';

/** TwilioForm is the body of a webhook: a name that stands in it more than once has several values. */
export type TwilioForm = Readonly<Record<string, string | string[]>>;

/** InboundSms is a text that somebody sent to our number. */
export interface InboundSms {
	readonly messageSid: string;
	readonly accountSid: string;
	readonly from: string;
	readonly to: string;
	readonly body: string;
	/** What Twilio's advanced opt-out took it for: STOP, START or HELP. */
	readonly optOutType?: string | undefined;
	readonly media: readonly { readonly url: string; readonly type: string }[];
}

/** SmsStatus is what became of a text that we sent. */
export interface SmsStatus {
	readonly messageSid: string;
	readonly accountSid: string;
	readonly to: string;
	readonly status: string;
	readonly errorCode?: string | undefined;
}

const MessageSid = z.string().regex(/^(?:SM|MM)[0-9a-fA-F]{32}$/);
const Words = z.string().max(100_000);

const InboundForm = z.looseObject({
	MessageSid,
	AccountSid: Words,
	From: Words,
	To: Words,
	Body: Words.default(''),
	NumMedia: z
		.string()
		.regex(/^\d{1,3}$/)
		.default('0'),
	OptOutType: Words.optional(),
});

const StatusForm = z.looseObject({
	MessageSid,
	AccountSid: Words,
	To: Words,
	MessageStatus: Words,
	ErrorCode: Words.optional(),
});

/** readForm decodes a form as Twilio encodes it. */
export function readForm(body: Uint8Array): TwilioForm {
	const form: Record<string, string | string[]> = Object.create(null);
	for (const [name, value] of new URLSearchParams(new TextDecoder().decode(body))) {
		const before = form[name];
		form[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
	}
	return form;
}

/** readInboundSms reads a webhook of an incoming text; undefined if it is not one. */
export function readInboundSms(form: TwilioForm): InboundSms | undefined {
	const { success, data } = InboundForm.safeParse({ ...form });
	if (!success) return undefined;
	const media = Array.from({ length: Number(data.NumMedia) }, (_, index) => ({
		url: oneOf(data[`MediaUrl${index}`]),
		type: oneOf(data[`MediaContentType${index}`]) || 'application/octet-stream',
	})).filter(({ url }) => url !== '');
	return {
		messageSid: data.MessageSid,
		accountSid: data.AccountSid,
		from: data.From,
		to: data.To,
		body: data.Body,
		optOutType: data.OptOutType,
		media,
	};
}

/** readSmsStatus reads a status callback; undefined if it is not one. */
export function readSmsStatus(form: TwilioForm): SmsStatus | undefined {
	const { success, data } = StatusForm.safeParse({ ...form });
	if (!success) return undefined;
	return {
		messageSid: data.MessageSid,
		accountSid: data.AccountSid,
		to: data.To,
		status: data.MessageStatus,
		errorCode: data.ErrorCode,
	};
}

function oneOf(value: unknown): string {
	return typeof value === 'string' ? value : '';
}
