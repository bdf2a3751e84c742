import { randomBytes } from 'node:crypto';

/** StoredMessage is a text as the stand-in keeps it. */
export interface StoredMessage {
	readonly sid: string;
	readonly from: string;
	readonly to: string;
	readonly body: string;
	readonly mediaUrls: readonly string[];
	readonly direction: 'inbound' | 'outbound-api' | 'outbound-reply';
	readonly createdAt: number;
	readonly statusCallback?: string | undefined;
	status: string;
	errorCode?: number | undefined;
}

/** newSid makes an id as Twilio does: two letters and 32 hexadecimal digits. */
export function newSid(prefix: 'SM' | 'MM' | 'ME' | 'AC' | 'PN'): string {
	return `${prefix}${randomBytes(16).toString('hex')}`;
}

/** messageResource is a text as the API shows it. */
export function messageResource(accountSid: string, message: StoredMessage): Readonly<Record<string, unknown>> {
	const uri = `/2010-04-01/Accounts/${accountSid}/Messages/${message.sid}`;
	const date = new Date(message.createdAt).toUTCString().replace('GMT', '+0000');
	return {
		account_sid: accountSid,
		api_version: '2010-04-01',
		body: message.body,
		date_created: date,
		date_sent: message.status === 'queued' ? null : date,
		date_updated: date,
		direction: message.direction,
		error_code: message.errorCode ?? null,
		error_message: null,
		from: message.from,
		messaging_service_sid: null,
		num_media: String(message.mediaUrls.length),
		num_segments: '1',
		price: null,
		price_unit: 'USD',
		sid: message.sid,
		status: message.status,
		subresource_uris: { media: `${uri}/Media.json` },
		to: message.to,
		uri: `${uri}.json`,
	};
}
