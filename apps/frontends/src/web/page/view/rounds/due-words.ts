/** dueWords says when something will be, as clocks of a time zone show it: `Mon, 3 Nov 2026, 07:00`. */
export function dueWords(at: number, timeZone: string): string {
	return new Date(at).toLocaleString('en-GB', {
		...{ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
		...{ hour: '2-digit', minute: '2-digit', timeZone },
	});
}
