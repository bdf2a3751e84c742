/** counted says how many: `1 step`, `3 steps`. */
export function counted(count: number, what: string): string {
	return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** lasting says how long something takes, roughly: `under 1 s`, `40 s`, `5 min`, `3 h`, `2 days`. */
export function lasting(ms: number): string {
	if (ms < 1_000) return 'under 1 s';
	const seconds = Math.round(ms / 1_000);
	if (seconds < 120) return `${seconds} s`;
	const minutes = Math.round(seconds / 60);
	if (minutes < 120) return `${minutes} min`;
	const hours = Math.round(minutes / 60);
	return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

/** megabytes says how much memory: `140 MB`. */
export function megabytes(bytes: number): string {
	return `${Math.round(bytes / 1_000_000)} MB`;
}
