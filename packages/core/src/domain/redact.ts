import type { Json } from './json.ts';

/** REDACTED stands where a secret stood. */
export const REDACTED = '[secret]';

/** Shorter secrets are only recognised as whole texts: as parts of words they would black out half a page. */
const SHORTEST_PART = 4;

/** redactText takes secrets out of a text. */
export function redactText(text: string, secrets: readonly string[]): string {
	let redacted = text;
	for (const secret of secrets) {
		if (text === secret) return REDACTED;
		if (secret.length >= SHORTEST_PART) redacted = redacted.replaceAll(secret, REDACTED);
	}
	return redacted;
}

/** redactSecrets takes secrets out of every text of a value, keys included; the value itself is not changed. */
export function redactSecrets(value: Json, secrets: readonly string[]): Json {
	if (secrets.length === 0) return value;
	if (typeof value === 'string') return redactText(value, secrets);
	if (typeof value !== 'object' || value === null) return value;
	if (Array.isArray(value)) return value.map((part: Json) => redactSecrets(part, secrets));
	return Object.fromEntries(
		Object.entries(value).map(([key, part]) => [redactText(key, secrets), redactSecrets(part, secrets)]),
	);
}
