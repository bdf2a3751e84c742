import { CoreError } from '@errand/core/domain/errors.ts';
import { z } from 'zod';
import { callVendor, unexpected, type Vendor } from './vendor-call.ts';

/** TwilioAccount is whose numbers they are. */
export interface TwilioAccount {
	readonly name: string;
	readonly status: string;
	/** A trial writes to numbers only that were verified in the console. */
	readonly trial: boolean;
}

/** TwilioNumber is a number of the account, and who hears of what is written to it. */
export interface TwilioNumber {
	readonly sid: string;
	readonly number: string;
	readonly sms: boolean;
	readonly mms: boolean;
	readonly smsUrl: string;
	readonly smsMethod: string;
	/** An application that takes messages in place of the address. */
	readonly smsApplication: string;
}

/** ITwilioApi is what the set-up asks of Twilio. */
export interface ITwilioApi {
	account(): Promise<TwilioAccount>;
	numbers(): Promise<readonly TwilioNumber[]>;
	/** From now on messages to a number are posted to this address. */
	sendMessagesTo(sid: string, url: string): Promise<void>;
}

/** twilioApi calls Twilio's REST API, or a stand-in of it. */
export function twilioApi(
	apiUrl: string | undefined,
	{ accountSid, authToken, signal }: { accountSid: string; authToken: string; signal: AbortSignal },
): ITwilioApi {
	const url = (apiUrl ?? 'https://api.twilio.com').replace(/\/+$/, '');
	const vendor: Vendor = { name: 'Twilio', url, variable: 'TWILIO_API_URL' };
	const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
	const call = async <T>(path: string, schema: z.ZodType<T>, form?: Readonly<Record<string, string>>): Promise<T> => {
		const init = form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) };
		const answer = await callVendor(vendor, `/2010-04-01/Accounts/${accountSid}${path}`, {
			...init,
			headers: { authorization },
			signal,
		});
		if ([401, 403, 404].includes(answer.status)) throw wrongAccount(answer.status);
		const parsed = schema.safeParse(answer.body);
		if (answer.status >= 200 && answer.status < 300 && parsed.success) return parsed.data;
		const refused = Refusal.safeParse(answer.body);
		if (!refused.success) throw unexpected(vendor, answer);
		throw new CoreError('fetch-failed', `Twilio refused: ${refused.data.message} (error ${refused.data.code}).`, {
			hint: `https://www.twilio.com/docs/api/errors/${refused.data.code} says more.`,
		});
	};
	return {
		account: async () => {
			const { friendly_name: name, status, type } = await call('.json', Account);
			return { name: name ?? accountSid, status, trial: type === 'Trial' };
		},
		numbers: async () => {
			const page = await call('/IncomingPhoneNumbers.json?PageSize=100', Numbers);
			return page.incoming_phone_numbers.map((each) => ({
				sid: each.sid,
				number: each.phone_number ?? '',
				// Where Twilio does not say, sending is what will tell.
				sms: each.capabilities?.sms ?? true,
				mms: each.capabilities?.mms ?? false,
				smsUrl: each.sms_url ?? '',
				smsMethod: each.sms_method ?? 'POST',
				smsApplication: each.sms_application_sid ?? '',
			}));
		},
		sendMessagesTo: async (sid, smsUrl) => {
			const form = { SmsUrl: smsUrl, SmsMethod: 'POST', SmsApplicationSid: '' };
			await call(`/IncomingPhoneNumbers/${sid}.json`, z.object({ sid: z.string() }), form);
		},
	};
}

const Account = z.object({ friendly_name: z.string().nullish(), status: z.string(), type: z.string().optional() });
const Capabilities = z.object({ sms: z.boolean().default(false), mms: z.boolean().default(false) });
const Numbers = z.object({
	incoming_phone_numbers: z.array(
		z.object({
			sid: z.string(),
			phone_number: z.string().nullish(),
			capabilities: Capabilities.nullish(),
			sms_url: z.string().nullish(),
			sms_method: z.string().nullish(),
			sms_application_sid: z.string().nullish(),
		}),
	),
});
const Refusal = z.object({ code: z.int(), message: z.string() });

function wrongAccount(status: number): CoreError {
	return new CoreError('unauthorized', `Twilio does not know this account SID with this token (status ${status}).`, {
		hint: 'Copy both anew from https://console.twilio.com (“Account Info”): of the live credentials, not of the test ones, nor of an API key.',
	});
}
