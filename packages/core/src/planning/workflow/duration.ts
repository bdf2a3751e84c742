const UNITS: Readonly<Record<string, number>> = {
	ms: 1,
	s: 1_000,
	m: 60_000,
	h: 3_600_000,
	d: 86_400_000,
	w: 604_800_000,
};
const PARTS = /(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)\s*/gy;

/** parseDuration reads milliseconds, or words like `30s`, `1h30m` and `2d`; undefined for anything else. */
export function parseDuration(value: unknown): number | undefined {
	if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? Math.round(value) : undefined;
	if (typeof value !== 'string' || value.length > 200) return undefined;
	const words = value.trim();
	if (/^\d+$/.test(words)) return Number(words);
	let total = 0;
	let end = 0;
	for (const [part, amount = '', unit = ''] of words.matchAll(PARTS)) {
		total += Number(amount) * (UNITS[unit] ?? 0);
		end += part.length;
	}
	return end === words.length && end > 0 ? Math.round(total) : undefined;
}
