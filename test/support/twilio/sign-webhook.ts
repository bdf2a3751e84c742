import { createHmac } from 'node:crypto';

/** signWebhook is the `X-Twilio-Signature` of a form sent to a URL: each parameter's name and value in order of names, after the URL. */
export function signWebhook(authToken: string, url: string, form: Readonly<Record<string, string>>): string {
	const signed = Object.keys(form)
		.toSorted()
		.reduce((text, name) => `${text}${name}${form[name]}`, url);
	return createHmac('sha1', authToken).update(signed, 'utf8').digest('base64');
}
