/** formatDuration says how long something took, as a person would: `0.4 s`, `12 s`, `3 min 04 s`, `2 h 05 min`. */
export function formatDuration(ms: number): string {
	const whole = Math.max(0, ms);
	if (whole < 9_950) return `${(whole / 1_000).toFixed(1)} s`;
	const seconds = Math.round(whole / 1_000);
	if (seconds < 60) return `${seconds} s`;
	if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${twoDigits(seconds % 60)} s`;
	const minutes = Math.floor(seconds / 60);
	return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`;
}

/** formatBytes says how large a file is: `812 bytes`, `14 KB`, `3.2 MB`. */
export function formatBytes(bytes: number): string {
	if (bytes < 1_000) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
	const units = ['KB', 'MB', 'GB', 'TB'];
	let amount = bytes / 1_000;
	let unit = 0;
	while (amount >= 999.5 && unit < units.length - 1) {
		amount /= 1_000;
		unit++;
	}
	return `${amount < 9.95 ? amount.toFixed(1).replace(/\.0$/, '') : Math.round(amount)} ${units[unit]}`;
}

/** formatCount puts a number before its noun: `1 step`, `3 steps`. */
export function formatCount(count: number, noun: string): string {
	return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** formatCost says what was used: `1,240 tokens, $0.0031`; empty when nothing was. */
export function formatCost({ tokens, microUsd }: { readonly tokens: number; readonly microUsd: number }): string {
	const parts: string[] = [];
	if (tokens > 0) parts.push(`${tokens.toLocaleString('en-US')} ${tokens === 1 ? 'token' : 'tokens'}`);
	if (microUsd > 0) parts.push(dollars(microUsd / 1_000_000));
	return parts.join(', ');
}

/** Small sums keep two digits that say something. */
function dollars(amount: number): string {
	if (amount < 0.0001) return 'under $0.0001';
	return `$${amount.toFixed(amount < 0.01 ? 4 : amount < 1 ? 3 : 2)}`;
}

const twoDigits = (value: number) => String(value).padStart(2, '0');
