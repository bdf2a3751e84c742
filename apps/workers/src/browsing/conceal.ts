import { redactText } from '@errand/core/domain/redact.ts';

/** concealer takes what was filled in in confidence out of texts, also where a page or an error wrote it in another form. */
export function concealer(secrets: readonly string[]): (text: string) => string {
	const forms = [...new Set(secrets.flatMap(formsOf))];
	// The longest first, so that none is cut up by a shorter one within it.
	forms.sort((one, other) => other.length - one.length);
	return (text) => redactText(text, forms);
}

/** As it is, in an address, in a form's query, in JSON or YAML, and in HTML. */
function formsOf(secret: string): string[] {
	const wellFormed = secret.toWellFormed();
	const html = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
	return [
		secret,
		secret.trim(),
		encodeURIComponent(wellFormed),
		new URLSearchParams({ s: wellFormed }).toString().slice(2),
		JSON.stringify(secret).slice(1, -1),
		secret.replaceAll("'", "''"),
		html,
		html.replaceAll('"', '&quot;'),
	].filter((form) => form !== '');
}
