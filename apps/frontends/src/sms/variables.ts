import { CoreError } from '@errand/core/domain/errors.ts';
import { z } from 'zod';
import { isApiAddress } from '../chat/api-address.ts';

/** TWILIO_VARIABLES are those that connect a phone number; an app spreads them into the schema of its environment. */
export const TWILIO_VARIABLES = {
	TWILIO_ACCOUNT_SID: z
		.string()
		.regex(/^AC[0-9a-fA-F]{32}$/, 'must be an account SID: AC and 32 hexadecimal digits')
		.optional(),
	TWILIO_AUTH_TOKEN: z
		.string()
		.regex(/^[\x21-\x7e]{16,200}$/, 'must be the account’s token: at least 16 characters without spaces')
		.optional(),
	TWILIO_PHONE_NUMBER: z
		.string()
		.transform((text) => text.replace(/[\s().-]/g, ''))
		.refine((text) => /^\+[1-9]\d{6,14}$/.test(text), 'must be a number with its country code, such as +15551230001')
		.optional(),
	TWILIO_API_URL: z
		.string()
		.refine(isApiAddress, 'must be the http or https address of an API, such as http://127.0.0.1:8081')
		.transform((text) => text.replace(/\/+$/, ''))
		.optional(),
} as const;

/** TwilioVariables are the variables as parsed. */
export type TwilioVariables = Readonly<z.output<z.ZodObject<typeof TWILIO_VARIABLES>>>;

/** TwilioAccount is the account and the number that Errand writes from. */
export interface TwilioAccount {
	readonly accountSid: string;
	readonly authToken: string;
	/** In E.164: `+15551230001`. */
	readonly phoneNumber: string;
	/** Where the API is, without a slash at its end. */
	readonly apiUrl: string;
}

const TWILIO_API = 'https://api.twilio.com';

/** twilioAccount is the account the variables name; undefined if they name none, `invalid-config` if only half of one. */
export function twilioAccount(variables: TwilioVariables): TwilioAccount | undefined {
	const {
		TWILIO_ACCOUNT_SID: accountSid,
		TWILIO_AUTH_TOKEN: authToken,
		TWILIO_PHONE_NUMBER: phoneNumber,
		TWILIO_API_URL: apiUrl = TWILIO_API,
	} = variables;
	if (accountSid !== undefined && authToken !== undefined && phoneNumber !== undefined) {
		return { accountSid, authToken, phoneNumber, apiUrl };
	}
	const parts = { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, TWILIO_PHONE_NUMBER: phoneNumber };
	const missing = Object.entries(parts).flatMap(([name, value]) => (value === undefined ? [name] : []));
	if (missing.length === 3) return undefined;
	throw new CoreError('invalid-config', `SMS needs ${missing.join(' and ')} as well.`, {
		hint: 'Set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER, or none of them.',
	});
}
