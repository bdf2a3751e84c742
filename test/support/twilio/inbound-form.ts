import type { StoredMessage } from './stored-message.ts';
import { segmentsOf } from './texting-person.ts';

/** inboundForm is what Twilio sends about a text that came in. */
export function inboundForm(
	{ sid, from, body, mediaUrls }: Pick<StoredMessage, 'sid' | 'from' | 'body' | 'mediaUrls'>,
	about: {
		readonly to: string;
		readonly accountSid: string;
		/** Set where advanced opt-out took it for a keyword. */
		readonly optOutType: string | undefined;
		mediaType(url: string): string;
	},
): Record<string, string> {
	return {
		ToCountry: 'US',
		ToState: '',
		SmsMessageSid: sid,
		NumMedia: String(mediaUrls.length),
		ToCity: '',
		FromZip: '',
		SmsSid: sid,
		FromState: '',
		SmsStatus: 'received',
		FromCity: '',
		Body: body,
		FromCountry: 'US',
		To: about.to,
		ToZip: '',
		NumSegments: String(segmentsOf(body)),
		MessageSid: sid,
		AccountSid: about.accountSid,
		From: from,
		ApiVersion: '2010-04-01',
		...(about.optOutType === undefined ? {} : { OptOutType: about.optOutType }),
		...Object.fromEntries(
			mediaUrls.flatMap((url, index) => [
				[`MediaUrl${index}`, url],
				[`MediaContentType${index}`, about.mediaType(url)],
			]),
		),
	};
}

/** keywordType is what Twilio takes a text for when it stands alone. */
export function keywordType(body: string): 'STOP' | 'START' | 'HELP' | undefined {
	const word = body.trim().toUpperCase();
	if (/^(?:STOP|STOPALL|UNSUBSCRIBE|CANCEL|END|QUIT|REVOKE|OPTOUT)$/.test(word)) return 'STOP';
	if (/^(?:START|UNSTOP|YES)$/.test(word)) return 'START';
	return /^(?:HELP|INFO)$/.test(word) ? 'HELP' : undefined;
}
