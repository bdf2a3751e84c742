/** dueWords says when something will be: `Mon 3 Nov 2026, 07:00`. */
export function dueWords(at: number): string {
	return new Date(at).toLocaleString('en-GB', {
		...{ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
		...{ hour: '2-digit', minute: '2-digit' },
	});
}
