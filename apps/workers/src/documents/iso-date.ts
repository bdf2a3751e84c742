/** isoDate reads a date as documents write it in their metadata; undefined if it is none. A bare day stays a bare day. */
export function isoDate(text: string | undefined): string | undefined {
	const trimmed = text?.trim().slice(0, 100) ?? '';
	const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(trimmed)?.[0];
	if (day !== undefined) return Number.isNaN(Date.parse(day)) ? undefined : day;
	if (!/\d{4}/.test(trimmed) || !/^(?:\d{4}-\d{2}-\d{2}[T ]|[A-Za-z]{3,9},? |\d{1,2} [A-Za-z]{3})/.test(trimmed))
		return undefined;
	const zoned = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/.test(trimmed)
		? `${trimmed.replace(' ', 'T')}Z`
		: trimmed;
	const at = new Date(zoned);
	return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
