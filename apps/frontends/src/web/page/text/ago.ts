/** ago says when something was, the way people do: `just now`, `5 min ago`, `14:05`, `3 Nov`. */
export function ago(at: number, now: number): string {
	const minutes = Math.floor((now - at) / 60_000);
	if (minutes < 1) return 'just now';
	if (minutes < 60) return `${minutes} min ago`;
	const then = new Date(at);
	if (then.toDateString() === new Date(now).toDateString()) return clockTime(at);
	const sameYear = then.getFullYear() === new Date(now).getFullYear();
	return then.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) });
}

/** clockTime says the time of day: `14:05`. */
export function clockTime(at: number): string {
	return new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}
