import type { FrontendState } from '@errand/core/ports/frontend.ts';
import type { OwnNumber } from './twilio-client.ts';
import { isUnauthorized, type TwilioTrouble } from './twilio-failure.ts';
import { SMS_PATH } from './webhook-paths.ts';

/** What was found out about our number: how it is set up, that the account has none, or why Twilio could not be asked. */
export type NumberFound = { readonly number: OwnNumber | undefined } | { readonly trouble: TwilioTrouble };

/** setupState says whether texts can come in and go out, and what to set where if they cannot. */
export function setupState(found: NumberFound, phoneNumber: string, publicUrl: string | undefined): FrontendState {
	if ('trouble' in found) return { status: 'degraded', ...wordsOn(found.trouble) };
	const { number } = found;
	if (number === undefined) {
		return {
			status: 'degraded',
			message: `The Twilio account has no number ${phoneNumber}.`,
			hint: 'Set TWILIO_PHONE_NUMBER to one of the account’s numbers.',
		};
	}
	if (publicUrl === undefined) {
		return {
			status: 'degraded',
			message: 'Texts come in late: Twilio does not know where this server is, so it is asked three times a minute.',
			hint: 'Set ERRAND_PUBLIC_URL to the address under which Twilio reaches this server, such as https://errand.example.',
		};
	}
	const wanted = `${publicUrl}${SMS_PATH}`;
	// What stands after # says how often Twilio tries again, and is not part of the address.
	const [actual = ''] = number.smsUrl.split('#');
	if (actual === wanted && number.smsMethod === 'POST') return { status: 'ready' };
	return {
		status: 'degraded',
		message: `Twilio sends the texts for ${phoneNumber} to ${actual === '' ? 'nowhere' : `${number.smsMethod} ${actual}`}.`,
		hint: `In Twilio’s console, set “A message comes in” of ${phoneNumber} to Webhook, ${wanted}#rc=3&rp=all, HTTP POST.`,
	};
}

function wordsOn(trouble: TwilioTrouble): { message: string; hint: string } {
	if (isUnauthorized(trouble)) {
		return {
			message: 'Twilio refuses the account SID or the auth token.',
			hint: 'Copy both again from Twilio’s console into TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.',
		};
	}
	return {
		message: `Twilio cannot be asked how the number is set up: ${trouble.message}.`,
		hint: 'It is asked again soon; texts that come in meanwhile are taken, those that go out are tried again.',
	};
}
