import { formatCount } from '../../domain/amounts.ts';

/** lateText says that a reply comes late, before its text. */
export function lateText(lateMs: number, text: string): string {
	return `_(${aboutTime(lateMs)} late: I could not reach you before.)_\n\n${text}`;
}

const NAMES: Readonly<Record<string, string>> = {
	discord: 'Discord',
	telegram: 'Telegram',
	sms: 'SMS',
	web: 'the page',
};

/** frontendWords is how people call a frontend. */
export function frontendWords(name: string): string {
	return NAMES[name] ?? name;
}

/** lostText says that a reply could not be delivered where it belongs. */
export function lostText(frontend: string, text: string): string {
	return `_(I could not reach you on ${frontendWords(frontend)}.)_\n\n${text}`;
}

/** Nobody needs the seconds. */
function aboutTime(ms: number): string {
	const minutes = Math.round(ms / 60_000);
	return minutes < 120 ? formatCount(minutes, 'minute') : formatCount(Math.round(minutes / 60), 'hour');
}
