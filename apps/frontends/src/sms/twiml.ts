import type { WebhookResponse } from '@errand/core/ports/frontend.ts';

const SIGNS: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&apos;',
};

/** twiml answers Twilio's webhook: nothing to say, or one text that goes out at once. */
export function twiml(text?: string): WebhookResponse {
	const message = text === undefined ? '' : `<Message>${escaped(text)}</Message>`;
	return {
		status: 200,
		headers: { 'Content-Type': 'text/xml; charset=utf-8' },
		body: `<?xml version="1.0" encoding="UTF-8"?><Response>${message}</Response>`,
	};
}

/** XML 1.0 cannot carry controls, lone surrogates and two more characters at all, not even escaped. */
function escaped(text: string): string {
	return text
		.toWellFormed()
		.replace(/(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu, '')
		.replace(/[&<>"']/g, (sign) => SIGNS[sign] ?? sign);
}
