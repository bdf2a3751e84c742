import { CoreError } from '@errand/core/domain/errors.ts';
import type { Json } from '@errand/core/domain/json.ts';
import type { WebhookRequest } from '@errand/core/ports/frontend.ts';

/** ReadPayload is a payload and the JSON it was read from. */
export interface ReadPayload {
	readonly payload: Json;
	readonly body: Uint8Array;
}

/** readPayload reads JSON, or the form with a `payload` field that GitHub sends unless told otherwise. Throws `invalid-input`. */
export function readPayload({ headers, body }: WebhookRequest): ReadPayload {
	const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');
	try {
		const sent = new TextDecoder('utf-8', { fatal: true }).decode(body);
		const text = isForm ? (new URLSearchParams(sent).get('payload') ?? '') : sent;
		return { payload: JSON.parse(text) as Json, body: isForm ? new TextEncoder().encode(text) : body };
	} catch {
		throw new CoreError('invalid-input', 'The body is not valid JSON in UTF-8.', { hint: 'Send the payload as JSON.' });
	}
}
