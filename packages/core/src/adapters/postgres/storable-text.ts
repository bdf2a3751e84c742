/** storableText is a text as Postgres takes it. A zero character, and in JSON half a character, would fail the whole statement. */
export function storableText(text: string): string {
	return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

/** storableJson is JSON in which all texts are storable. */
export function storableJson(value: unknown): string {
	return JSON.stringify(value, (_name, one: unknown) => (typeof one === 'string' ? storableText(one) : one));
}
