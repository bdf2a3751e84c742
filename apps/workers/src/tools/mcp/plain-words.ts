/** plainWords makes one line of what a stranger wrote, without characters that cannot be seen, and no longer than that. */
export function plainWords(text: string, maxLength: number): string {
	// Cut first: what was written may be endless.
	const line = text
		.slice(0, maxLength * 4)
		.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\s]+/gu, ' ')
		.trim();
	if (line.length <= maxLength) return line;
	return `${line.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** withoutSecrets puts `[secret]` wherever one of them stands. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
	let clean = text;
	for (const secret of secrets) clean = clean.replaceAll(secret, '[secret]');
	return clean;
}
