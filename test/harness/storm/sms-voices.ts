import type { TextingPerson } from '../../support/twilio/texting-person.ts';
import type { TwilioStandIn } from '../../support/twilio/twilio-stand-in.ts';
import { RATE_LIMITED, SERVER_ERROR, type TwilioTrouble } from '../../support/twilio/twilio-trouble.ts';
import type { StormFrontend } from './storm-voice.ts';

const SENDING: Readonly<Record<'limited' | 'error' | 'lost', TwilioTrouble>> = {
	limited: { ...RATE_LIMITED, headers: { 'Retry-After': '1' } } as TwilioTrouble,
	error: SERVER_ERROR,
	lost: { kind: 'lose-answer' },
};

/** smsVoices are people with phones. */
export function smsVoices(twilio: TwilioStandIn, people: readonly TextingPerson[]): StormFrontend {
	return {
		name: 'sms',
		voices: people.map((person) => ({
			conversation: `sms-${person.number}`,
			say: async ({ text }, { twice, inbound, outbound }) => {
				// Troubles of many must not pile up on the one who is answered next.
				if (outbound !== undefined) twilio.trouble(SENDING[outbound], 'messages', 1, person.number);
				const sid = await person.text(text);
				// Twilio brings it again when it did not hear the answer.
				if (twice || inbound) await twilio.redeliver(sid);
				return sid;
			},
			sees: () => person.received.map((one) => one.text),
		})),
		window: 100,
		deduplicates: false,
	};
}
